import { statSync } from 'node:fs';
import { join } from 'node:path';
import { stubMark } from './dispatcher.ts';
import { gateHooks } from './hook-names.ts';
import { readManifest } from './manifest.ts';
import { readFileAt } from './write-file.ts';

/** A part of the guard that is not as `cordon init` left it, as the record names it. */
export type Gap =
  | 'hooks-path-moved'
  | `hook-${'missing' | 'replaced' | 'not-executable'}:${string}`
  | 'dispatcher-missing';

/**
 * What of an installed guard is missing, by a handful of small reads and no process: cheap enough for every
 * commit. Whether git runs our hooks in every other work tree, and whether their bytes are whole, is
 * `inspectInstall`'s to ask. Undefined where `cordon init` was not run in this clone; `hooksPath`: `core.hooksPath`
 * as git has it here.
 */
export function findGaps(commonDir: string, hooksPath: string | undefined): Gap[] | undefined {
  const manifest = readManifest(commonDir);
  if (manifest?.kind !== 'client') return undefined;
  const gaps: Gap[] = [];
  const isThere = (path: string) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const folder = join(commonDir, 'cordon');
  if (!/(?:^|\/)cordon\/hooks\/?$/.test(hooksPath ?? '')) gaps.push('hooks-path-moved');
  if (!['dispatch.sh', 'run.sh'].every((name) => isThere(join(folder, name)))) {
    gaps.push('dispatcher-missing');
  }
  for (const name of gateHooks) {
    const hook = readFileAt(join(folder, 'hooks', name));
    if (hook === undefined) gaps.push(`hook-missing:${name}`);
    else if (hook.bytes.toString('latin1').split('\n')[1] !== stubMark) {
      gaps.push(`hook-replaced:${name}`);
    } else if ((hook.mode & 0o111) === 0) gaps.push(`hook-not-executable:${name}`);
  }
  return gaps;
}
