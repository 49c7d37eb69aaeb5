import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { domainToASCII } from 'node:url';

/** Hosts whose paths mean the same in any case, by their own documentation. */
const caseless = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'huggingface.co']);

/** Other names, with the port that goes with them, under which a host serves the same repositories. */
const sameHost: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'ssh.github.com:443': 'github.com',
  'www.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.gitlab.com:443': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
  'altssh.bitbucket.org:443': 'bitbucket.org',
  'hf.co': 'huggingface.co',
};

const defaultPorts: Readonly<Record<string, string>> = {
  ssh: '22',
  'git+ssh': '22',
  'ssh+git': '22',
  http: '80',
  https: '443',
  git: '9418',
  ftp: '21',
  ftps: '990',
};

/** The parts of an address that decide where it leads. */
export interface Address {
  /** Lower case, in ASCII, without a default port; empty for this machine's own files. */
  readonly host: string;
  /** The host as git hands it to ssh, whose configuration tells cases and a last dot apart. */
  readonly written: string;
  readonly port: string;
  readonly path: string;
  readonly scheme: string;
  readonly user: string;
}

export interface NormalizeOptions {
  /** What relative paths are relative to; the current folder by default. */
  readonly cwd?: string;
}

/**
 * The one normal form of a remote's URL, so that scp form, ssh, https and the rest of one place are
 * one: `host[:port]/path`, `file:///path` for files, `helper:…` verbatim for remote helpers and for
 * what cannot be read. Never throws. Forms: git-fetch(1), "GIT URLS".
 */
export function normalizeUrl(url: string, options: NormalizeOptions = {}): string {
  const address = parseAddress(url);
  if (address === undefined) return `helper:${url}`;
  if (address.scheme === 'file') return `file://${localPath(address.path, options.cwd)}`;
  return normalRemote(address);
}

export function normalRemote({ host, port, scheme, path }: Address): string {
  const withPort = port === '' || port === defaultPorts[scheme] ? host : `${host}:${port}`;
  const place = sameHost[withPort] ?? withPort;
  const trimmed = remotePath(path);
  return `${place}/${caseless.has(place) ? trimmed.toLowerCase() : trimmed}`;
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0000-\u001f\u007f]/;
const thisMachine = { host: '', written: '', port: '', user: '', scheme: 'file' } as const;

/** Reads any form git takes. Undefined for a remote helper and for what has no host. */
export function parseAddress(url: string): Address | undefined {
  if (/\p{Cc}/u.test(url)) return undefined;
  // `transport::address` names a program to run; git looks for it before anything else.
  if (/^[A-Za-z0-9][A-Za-z0-9+.-]*::/.test(url)) return undefined;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'file') {
    const path = filePath(url);
    return unprintable.test(path) ? undefined : { ...thisMachine, path };
  }
  if (scheme !== undefined) return parseSchemed(url, scheme);
  const colon = colonOfScp(url);
  // As git: a slash before the first colon makes it a path on this machine.
  if (colon === -1) return { ...thisMachine, path: url };
  return parseScp(url, colon);
}

/** Schemes whose address git takes apart itself, after it has decoded the whole URL. */
const gitsOwn = new Set(['ssh', 'git+ssh', 'ssh+git', 'git']);

function parseSchemed(url: string, scheme: string): Address | undefined {
  if (defaultPorts[scheme] === undefined) return undefined;
  const rest = url.slice(scheme.length + 3);
  const end = rest.search(/[/?#\\]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  const path = end === -1 ? '' : rest.slice(end);
  // A backslash, a query or a fragment is read in one way by one client and in another by the next.
  if (/[?#\\]/.test(path)) return undefined;
  const decoded = decode(path);
  if (unprintable.test(decoded)) return undefined;
  const isGits = gitsOwn.has(scheme);
  // git decodes before it looks for the host: ssh://evil.example%2facme@github.com/acme/x goes to
  // evil.example. A slash or dots that only a decoder sees are read in two ways by https servers.
  if (isGits ? authority.includes('%') : /%(?:2f|2e|5c)/i.test(path)) return undefined;
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  // A user that begins with a bracket is the host to git: ssh://[evil.example]@github.com/acme/x.
  // With a colon in the user, git hands a port behind the host to ssh as a part of its name.
  if (/[[\]@\s]/.test(user) || (isGits && user.includes(':'))) return undefined;
  const hostPort = readHost(authority.slice(at + 1), isGits);
  return hostPort && { ...hostPort, scheme, user, path: decoded };
}

function colonOfScp(url: string): number {
  const open = url.indexOf('[');
  const close = open === -1 ? -1 : url.indexOf(']:', open);
  const slash = url.indexOf('/');
  const colon = close !== -1 && (slash === -1 || close < slash) ? close + 1 : url.indexOf(':');
  return colon === -1 || (slash !== -1 && slash < colon) ? -1 : colon;
}

function parseScp(url: string, colon: number): Address | undefined {
  const authority = url.slice(0, colon);
  const at = authority.lastIndexOf('@');
  const bare = authority.slice(at + 1);
  const user = authority.slice(0, Math.max(at, 0));
  if (/[[\]@\s]/.test(user)) return undefined;
  // `[host:port]:path` is git's own way to say a port in this form.
  const inner = /^\[([^\]]*)\]$/.exec(bare)?.[1];
  const withPort = inner !== undefined && (inner.match(/:/g) ?? []).length <= 1 ? inner : bare;
  const hostPort = readHost(withPort, true);
  return hostPort && { ...hostPort, scheme: 'ssh', user, path: url.slice(colon + 1) };
}

/**
 * Only what every program that sees the host reads alike. ssh is handed it as written, so a host in
 * another script could be an alias of its configuration, where https has one ASCII form for it.
 */
function readHost(
  text: string,
  isAsciiOnly: boolean,
): Pick<Address, 'host' | 'written' | 'port'> | undefined {
  const six = /^\[([0-9A-Fa-f:.]+)\](?::(\d*))?$/.exec(text);
  if (six !== null) {
    const written = six[1] ?? '';
    return { host: `[${written.toLowerCase()}]`, written, port: trimPort(six[2] ?? '') };
  }
  const four = /^([^:[\]@]+)(?::(\d*))?$/.exec(text);
  if (four === null) return undefined;
  const written = four[1] ?? '';
  const host = asciiHost(written, isAsciiOnly)?.replace(/\.$/, '').toLowerCase();
  return host === undefined || host === ''
    ? undefined
    : { host, written, port: trimPort(four[2] ?? '') };
}

function asciiHost(written: string, isAsciiOnly: boolean): string | undefined {
  // The signs of globs are there for the patterns of a policy.
  if (/^[\w.*?{},\uE000-]+$/.test(written)) return written;
  // A sign such as # would end the host for the converter, and not for ssh.
  if (isAsciiOnly) return undefined;
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u002c\u002f\u003a-\u0040\u005b-\u005e\u0060\u007b-\u007f]/.test(written)) {
    return undefined;
  }
  return domainToASCII(written);
}

const trimPort = (port: string) => port.replace(/^0+(?=\d)/, '');

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not UTF-8 behind the percent signs: then the text itself is the name.
    return path;
  }
}

function filePath(url: string): string {
  const rest = url.slice('file://'.length);
  // A host in a file URL is this machine or nothing git reads.
  return decode(rest.startsWith('/') ? rest : rest.slice(Math.max(rest.indexOf('/'), 0)));
}

function remotePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.normalize('NFC').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return trimGit(parts.join('/'));
}

/** Symlinks of one place are one; what does not exist yet is resolved as far as it does. */
function localPath(path: string, cwd = process.cwd()): string {
  const absolute = resolve(cwd, path);
  // As git: where the folder itself is not there, the one with `.git` behind it is meant.
  const meant = existsSync(absolute) ? absolute : `${absolute}.git`;
  return trimGit(realPath(existsSync(meant) ? meant : absolute)).normalize('NFC');
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** True for the normal form of a place whose path means the same in any case. */
export function caselessPath(normal: string): boolean {
  return caseless.has(normal.slice(0, Math.max(normal.indexOf('/'), 0)));
}

const trimGit = (path: string) => path.replace(/(?:\/?\.git)?\/*$/, '');

/** The URL as a person may be shown it: no user, no password, no control characters. */
export function displayUrl(url: string): string {
  return url
    .replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/?#\\]*@/, '$1')
    .replace(/\p{Cc}/gu, '\uFFFD');
}
