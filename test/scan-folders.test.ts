import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cordon, makeLab, makeToken } from './support/lab.ts';

const leak = (): string => `TOKEN = "${makeToken()}"\n`;

/** The exit code of a scan and the number of files that it looked at. */
async function scanned(repo: ReturnType<typeof makeLab>, folder: string) {
  const { code, stdout } = await cordon(repo, ['scan', folder, '--format', 'json']);
  const report = JSON.parse(stdout) as { readonly coverage: { readonly objects: number } };
  return { code, objects: report.coverage.objects };
}

test('a folder outside of the repository is looked at, not called clean unseen', async () => {
  using repo = makeLab();
  repo.commit({ 'a.py': 'x = 1\n' });
  const outside = join(dirname(repo.dir), 'outside');
  mkdirSync(join(outside, 'deep'), { recursive: true });
  writeFileSync(join(outside, 'deep/b.py'), leak());
  expect(await scanned(repo, outside)).toEqual({ code: 1, objects: 1 });
  rmSync(outside, { recursive: true });
});

test('an ignored folder that is named is looked at, and left out where it is not', async () => {
  using repo = makeLab();
  repo.commit({ '.gitignore': 'out/\n[odd]/\n', 'a.py': 'x = 1\n' });
  repo.write('out/deep/b.py', leak());
  expect(await scanned(repo, 'out')).toEqual({ code: 1, objects: 1 });
  expect(await scanned(repo, 'out/deep')).toEqual({ code: 1, objects: 1 });
  expect(await scanned(repo, '.')).toEqual({ code: 0, objects: 2 });
});

test('a folder below the top is listed as git lists it, whatever its name', async () => {
  using repo = makeLab();
  repo.commit({ '.gitignore': '*.log\n', ':(top)x/a.py': 'x = 1\n' });
  repo.write(':(top)x/b.log', leak());
  expect(await scanned(repo, ':(top)x')).toEqual({ code: 0, objects: 1 });
});

test('a work tree that is reached over a link is still git’s', async () => {
  using repo = makeLab();
  repo.commit({ '.gitignore': 'out/\n', 'src/a.py': 'x = 1\n' });
  repo.write('src/out/b.py', leak());
  const link = join(dirname(repo.dir), 'link');
  symlinkSync(repo.dir, link);
  expect(await scanned(repo, join(link, 'src'))).toEqual({ code: 0, objects: 1 });
});
