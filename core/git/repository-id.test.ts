import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../../test/support/repo.ts';
import { openRepository } from './repository.ts';
import { repositoryId } from './repository-id.ts';

let repo: TestRepo;
beforeEach(() => {
  repo = makeRepo();
});
afterEach(() => {
  repo.cleanup();
});

const fileIn = (dir: string) => join(dir, '.git', 'cordon', 'repository-id');
const idAt = (dir: string) => repositoryId({ commonDir: join(dir, '.git') });

test('is made once, for its owner alone, and kept when the repository moves', async () => {
  repo.commit({ a: 'a' });
  const opened = await openRepository(repo.dir, { env: repo.env });
  const id = repositoryId(opened);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(repositoryId(opened)).toBe(id);
  expect(statSync(fileIn(repo.dir)).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(repo.dir, '.git', 'cordon'))).toEqual(['repository-id']);
  renameSync(repo.dir, `${repo.dir}-moved`);
  expect(idAt(`${repo.dir}-moved`)).toBe(id);
});

test('a linked worktree has the id of its repository', async () => {
  repo.commit({ a: 'a' });
  const id = idAt(repo.dir);
  repo.git('worktree', 'add', '-q', `${repo.dir}-linked`);
  const linked = await openRepository(`${repo.dir}-linked`, { env: repo.env });
  expect(repositoryId(linked)).toBe(id);
});

test('a copy beside the original gets its own, and keeps it when the original is gone', () => {
  const id = idAt(repo.dir);
  cpSync(repo.dir, `${repo.dir}-copy`, { recursive: true, preserveTimestamps: true });
  const copied = idAt(`${repo.dir}-copy`);
  expect(copied).not.toBe(id);
  expect(idAt(repo.dir)).toBe(id);
  renameSync(repo.dir, `${repo.dir}-gone`);
  expect(idAt(`${repo.dir}-copy`)).toBe(copied);
  expect(idAt(`${repo.dir}-gone`)).toBe(id);
});

test('where git cannot be written, every process still says the same', () => {
  const stand = join(repo.dir, '.git', 'cordon');
  writeFileSync(stand, 'a file where the folder should be');
  const id = idAt(repo.dir);
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(idAt(repo.dir)).toBe(id);
  expect(readFileSync(stand, 'utf8')).toBe('a file where the folder should be');
});

test('a damaged file is not trusted and not replaced', () => {
  const id = idAt(repo.dir);
  for (const text of ['', 'x', `${id.toUpperCase()}\n/`, `${id}0\n/`, '../../../etc\n/']) {
    writeFileSync(fileIn(repo.dir), text);
    const fallen = idAt(repo.dir);
    expect(fallen).toMatch(/^[0-9a-f]{32}$/);
    expect(fallen).not.toBe(id);
    expect(idAt(repo.dir)).toBe(fallen);
  }
});

test('ten processes that make it at once agree', async () => {
  const module = join(import.meta.dirname, 'repository-id.ts');
  const code = `import { repositoryId } from ${JSON.stringify(module)};
    while (Date.now() < ${Date.now() + 1500}) {}
    process.stdout.write(repositoryId({ commonDir: ${JSON.stringify(join(repo.dir, '.git'))} }));`;
  const ids = await Promise.all(
    Array.from({ length: 10 }, () => outputOf(['--input-type=module-typescript', '-e', code])),
  );
  expect(new Set(ids)).toEqual(new Set([idAt(repo.dir)]));
  expect(readdirSync(join(repo.dir, '.git', 'cordon'))).toEqual(['repository-id']);
});

function outputOf(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => {
      resolve(text);
    });
  });
}
