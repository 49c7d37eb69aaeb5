import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOfOneSentence, expectPlain, makePlace, makeWork } from './support.ts';

const aliases = `version: 1
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
markings: [*f, *f, *f, *f, *f, *f, *f, *f, *f]
`;

const contents: Record<string, string | Buffer> = {
  'broken YAML': 'version: 1\nlabels: [public, internal\n',
  'a tab for indentation': 'version: 1\nmarkings:\n\t- paths: [a]\n',
  'an unknown label': 'version: 1\ndefaultLabel: secretive\n',
  'an unknown key': 'version: 1\ndefautLabel: internal\n',
  'a newer version': 'version: 99\nshiny: true\n',
  'no version': 'defaultLabel: internal\n',
  'nothing at all': '',
  'a list': '- version: 1\n',
  'aliases upon aliases': aliases,
  'fifty megabytes': Buffer.alloc(50 * 1024 * 1024, 'a: b\n'),
  'binary bytes': Buffer.from([0, 255, 254, 0x80, 27, 91, 51, 49, 109, 0]),
  'escapes for a terminal': 'version: 1\n"\\e[31mred\\a": 1\n\u001b]0;x\u0007: 2\n',
  'a deep nest': `version: 1\nmarkings: ${'['.repeat(20_000)}\n`,
  'a tag that makes things': 'version: 1\nmarkings: !!js/function "x"\n',
};

describe.each(Object.entries(contents))('a policy of %s', (_, content) => {
  test('scan and explain say so, with 2', async () => {
    using place = makePlace();
    const top = makeWork(place);
    mkdirSync(join(top, '.cordon'));
    writeFileSync(join(top, '.cordon/policy.yaml'), content);
    for (const args of [['scan'], ['explain', 'x']]) {
      expect(codeOfOneSentence(await place.cordon(args, { cwd: top }))).toBe(2);
    }
    const named = await place.cordon(['scan', '--policy', '.cordon/policy.yaml'], { cwd: top });
    expect(codeOfOneSentence(named)).toBe(2);
    const env = { ...place.env, CORDON_ORGANISATION_POLICY: join(top, '.cordon/policy.yaml') };
    expect(codeOfOneSentence(await place.cordon(['hook', 'pre-commit'], { cwd: top, env }))).toBe(
      2,
    );
  });

  test('a push that brings it is blocked, and says where', async () => {
    using place = makePlace();
    const top = makeWork(place);
    place.git(place.root, 'init', '-q', '--bare', 'remote.git');
    place.git(top, 'remote', 'add', 'origin', join(place.root, 'remote.git'));
    mkdirSync(join(top, '.cordon'));
    writeFileSync(join(top, '.cordon/policy.yaml'), content);
    place.git(top, 'add', '.');
    place.git(top, 'commit', '-q', '--no-verify', '-m', 'policy');
    const tip = place.git(top, 'rev-parse', 'HEAD');
    const ran = await place.cordon(['hook', 'pre-push', 'origin', join(place.root, 'remote.git')], {
      cwd: top,
      input: [Buffer.from(`refs/heads/main ${tip} refs/heads/main ${'0'.repeat(40)}\n`)],
    });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 1, stderr: ran.stderr });
    expect(ran.stderr).toContain('.cordon/policy.yaml');
    expect(ran.stdout).toBe('');
    expectPlain(ran);
  });
});

const shapes: Record<string, (path: string) => void> = {
  'a folder': (path) => mkdirSync(path),
  'a FIFO': (path) => makeFifo(path),
  'a link to itself': (path) => symlinkSync('policy.yaml', path),
  'a link to nowhere': (path) => symlinkSync('nowhere', path),
  'a link to a device': (path) => symlinkSync('/dev/zero', path),
  "a link to the process's own memory": (path) => symlinkSync('/proc/self/mem', path),
};

function makeFifo(path: string): void {
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
}

test.each(Object.entries(shapes))('a policy that is %s is refused with 2', async (_, make) => {
  using place = makePlace();
  const top = makeWork(place);
  mkdirSync(join(top, '.cordon'));
  make(join(top, '.cordon/policy.yaml'));
  for (const args of [['scan'], ['explain', 'x'], ['scan', '--policy', '.cordon/policy.yaml']]) {
    expect(codeOfOneSentence(await place.cordon(args, { cwd: top }))).toBe(2);
  }
  const env = { ...place.env, CORDON_ORGANISATION_POLICY: join(top, '.cordon/policy.yaml') };
  expect(codeOfOneSentence(await place.cordon(['hook', 'pre-commit'], { cwd: top, env }))).toBe(2);
});

test('a policy named by hand that is not there is refused with 2', async () => {
  using place = makePlace();
  const top = makeWork(place);
  expect(
    codeOfOneSentence(await place.cordon(['scan', '--policy', 'nosuch.yaml'], { cwd: top })),
  ).toBe(2);
});
