import { lstatSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 24 * 3600 * 1000;
const OLD_MS = 30 * DAY_MS;
/** Each registration begins a new folder of facts about copies; the last few may still be of use. */
const MOST_OF_COPIES = 3;

/**
 * Notes that the folders of `used` keys are in use, once a day, and then drops those that were not for 30
 * days, and all but the last few of facts about copies. It is a cache: what is dropped is looked at again.
 */
export function sweepFacts(dir: string, used: readonly string[], now = Date.now()): void {
  try {
    const isNoted = used.every((key) => {
      const stat = statSync(join(dir, key), { throwIfNoEntry: false });
      return stat === undefined || now - stat.mtimeMs < DAY_MS;
    });
    const names = readdirSync(dir);
    const ofCopies = names.filter((name) => name.includes('-copies'));
    if (isNoted && ofCopies.length <= MOST_OF_COPIES + 1) return;
    for (const key of used)
      if (names.includes(key)) utimesSync(join(dir, key), now / 1000, now / 1000);
    const ages = names
      .filter((name) => !used.includes(name))
      .map((name) => ({ name, stat: lstatSync(join(dir, name)) }))
      .filter(({ stat }) => stat.isDirectory())
      .map(({ name, stat }) => ({ name, age: now - stat.mtimeMs }))
      .sort((a, b) => a.age - b.age);
    const late = ages.filter(({ name }) => name.includes('-copies')).slice(MOST_OF_COPIES);
    for (const one of ages) {
      if (one.age > OLD_MS || late.includes(one)) {
        rmSync(join(dir, one.name), { recursive: true, force: true });
      }
    }
  } catch {
    // Not there yet, read-only, or swept by another process meanwhile: it is only room on the disk.
  }
}
