import { compileGlob, expandBraces, foldPath } from './match-path.ts';

/** The first of the globs, in the order given, that matches a path; -1 where none does. */
export type FirstMatch = (path: string) => number;

/** Folders remembered at a time; a tree of millions of folders must not fill the memory. */
const MOST_FOLDERS = 131_072;
const NONE = Number.POSITIVE_INFINITY;

/**
 * Compiles globs to one question: which is the first that matches? Each glob is split into its last
 * part and the folders before it. What the folders decide is worked out once a folder, inheriting
 * from the folder above; what is left for a file is a look-up of its name and its endings. The
 * answer is the same as testing each glob by `compileGlob`, which the tests hold it to.
 */
export function compilePaths(globs: readonly string[]): FirstMatch {
  const rules = globs.flatMap((glob, order) =>
    expandBraces(glob, MOST_EXPANDED).map((each) => splitGlob(each.split('/'), order)),
  );
  const plan = planFolders(rules);
  let folders = new Map<string, NameRules>();
  let deeps = new Map<string, DeepRules>();
  const top: DeepRules = { found: plan.always, rules: nameRules(plan.always) };

  const deepOf = (folder: string): DeepRules => {
    if (folder === '') return top;
    const known = deeps.get(folder);
    if (known !== undefined) return known;
    const above = deepOf(folder.slice(0, Math.max(folder.lastIndexOf('/'), 0)));
    const added = plan.deepIn(folder);
    const found = added.length === 0 ? above.found : [...new Set([...above.found, ...added])];
    const deep = found.length === above.found.length ? above : { found, rules: nameRules(found) };
    if (deeps.size >= MOST_FOLDERS) deeps = new Map();
    deeps.set(folder, deep);
    return deep;
  };
  const rulesOf = (folder: string): NameRules => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const deep = deepOf(folder);
    const here = plan.onlyIn(folder);
    const all = here.length === 0 ? deep.rules : nameRules([...deep.found, ...here]);
    if (folders.size >= MOST_FOLDERS) folders = new Map();
    folders.set(folder, all);
    return all;
  };
  return (path) => {
    const folded = foldPath(path);
    const slash = folded.lastIndexOf('/');
    const folder = slash === -1 ? '' : folded.slice(0, slash);
    const first = firstByName(rulesOf(folder), folded.slice(slash + 1));
    return first === NONE ? -1 : first;
  };
}

const MOST_EXPANDED = 4096;

interface PathRule {
  readonly order: number;
  /** The parts before the last one. */
  readonly folders: readonly string[];
  /** The last part: what a file's own name must match. `**` where any will do, in any folder below. */
  readonly name: string;
}

function splitGlob(parts: readonly string[], order: number): PathRule {
  return { order, folders: parts.slice(0, -1), name: parts.at(-1) ?? '' };
}

interface DeepRules {
  readonly found: readonly PathRule[];
  readonly rules: NameRules;
}

interface FolderPlan {
  /** Rules that hold in every folder. */
  readonly always: readonly PathRule[];
  /** Rules that begin to hold at this folder, and hold in all below it. */
  deepIn(folder: string): readonly PathRule[];
  /** Rules that hold for files directly in this folder. */
  onlyIn(folder: string): readonly PathRule[];
}

function planFolders(rules: readonly PathRule[]): FolderPlan {
  const always: PathRule[] = [];
  const deep: (readonly [readonly string[], PathRule])[] = [];
  const only: (readonly [readonly string[], PathRule])[] = [];
  for (const rule of rules) {
    const parts = [...rule.folders];
    // `a/**` and `a/**/x` hold in all folders from `a` down, `a/x` in `a` alone.
    const isDeep = rule.name === '**' || parts.at(-1) === '**';
    while (parts.at(-1) === '**') parts.pop();
    if (!isDeep) only.push([parts, rule]);
    else if (parts.length === 0) always.push(rule);
    else deep.push([parts, rule]);
  }
  return { always, deepIn: matchFolders(deep), onlyIn: matchFolders(only) };
}

/** ASCII only: what else the folding of case does is left to the one matcher. */
const isLiteral = (part: string) => /^[\w\-.,:;#$%&'=~^<>|" ]+$/u.test(part);

/** Whole folders by look-up, a folder of some name anywhere by that name, the rest one by one. */
function matchFolders(
  entries: readonly (readonly [readonly string[], PathRule])[],
): (folder: string) => readonly PathRule[] {
  const exact = new Map<string, PathRule[]>();
  const named = new Map<string, PathRule[]>();
  const others: { matches: (folder: string) => boolean; rules: PathRule[] }[] = [];
  const byGlob = new Map<string, PathRule[]>();
  for (const [parts, rule] of entries) {
    const text = parts.join('/');
    const last = (parts.at(-1) ?? '').toLowerCase();
    if (parts.every(isLiteral)) push(exact, text.toLowerCase(), rule);
    else if (parts.length === 2 && parts[0] === '**' && isLiteral(last)) push(named, last, rule);
    else push(byGlob, text, rule);
  }
  for (const [glob, rules] of byGlob) {
    const parts = glob.split('/');
    const fixed = parts.slice(
      0,
      Math.max(
        parts.findIndex((part) => !isLiteral(part)),
        0,
      ),
    );
    const start = fixed.map((part) => `${part.toLowerCase()}/`).join('');
    const full = compileGlob(glob);
    // Most folders are told apart by where they start; only the rest cost an expression.
    const matches = (folder: string) => folder.startsWith(start) && full(folder);
    others.push({ matches, rules });
  }
  return (folder) => {
    const found: PathRule[] = [];
    found.push(...(exact.get(folder) ?? []));
    if (named.size > 0) found.push(...(named.get(folder.slice(folder.lastIndexOf('/') + 1)) ?? []));
    for (const { matches, rules } of others) if (matches(folder)) found.push(...rules);
    return found;
  };
}

function push(map: Map<string, PathRule[]>, key: string, rule: PathRule): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [rule]);
  else list.push(rule);
}

/** What the files of one folder are asked. Orders are positions in the list of globs. */
interface NameRules {
  readonly any: number;
  readonly names: ReadonlyMap<string, number>;
  /** By an ending that begins with its only or first dot, such as `.ckpt` or `.tar.gz`. */
  readonly endings: ReadonlyMap<string, number>;
  readonly mostDots: number;
  readonly others: readonly { readonly order: number; matches(name: string): boolean }[];
}

function nameRules(rules: readonly PathRule[]): NameRules {
  let any = NONE;
  let mostDots = 0;
  const names = new Map<string, number>();
  const endings = new Map<string, number>();
  const others: { order: number; matches: (name: string) => boolean }[] = [];
  const least = (map: Map<string, number>, key: string, order: number) =>
    map.set(key, Math.min(map.get(key) ?? NONE, order));
  for (const { name, order } of rules) {
    const lower = name.toLowerCase();
    if (name === '**' || name === '*') any = Math.min(any, order);
    else if (isLiteral(name)) least(names, lower, order);
    else if (name.startsWith('*.') && isLiteral(name.slice(2))) {
      least(endings, lower.slice(1), order);
      mostDots = Math.max(mostDots, lower.split('.').length - 1);
    } else others.push({ order, matches: matcherOf(name) });
  }
  others.sort((a, b) => a.order - b.order);
  return { any, names, endings, mostDots, others };
}

const matchers = new Map<string, (name: string) => boolean>();

/** A name's glob stands in the rules of many folders. */
function matcherOf(glob: string): (name: string) => boolean {
  const known = matchers.get(glob);
  if (known !== undefined) return known;
  const made = aroundStar(glob) ?? compileGlob(glob);
  if (matchers.size > MOST_FOLDERS) matchers.clear();
  matchers.set(glob, made);
  return made;
}

/** `before*after` in plain letters needs no expression. */
function aroundStar(glob: string): ((name: string) => boolean) | undefined {
  const [before = '', after = '', ...more] = glob.toLowerCase().split('*');
  const isPlain = (text: string) => text === '' || isLiteral(text);
  if (more.length > 0 || !glob.includes('*') || !isPlain(before) || !isPlain(after)) {
    return undefined;
  }
  const least = before.length + after.length;
  return (name) => name.length >= least && name.startsWith(before) && name.endsWith(after);
}

function firstByName({ any, names, endings, mostDots, others }: NameRules, name: string): number {
  let first = Math.min(any, names.get(name) ?? NONE);
  let dot = name.length;
  for (let dots = 0; dots < mostDots; dots += 1) {
    dot = dot === 0 ? -1 : name.lastIndexOf('.', dot - 1);
    if (dot === -1) break;
    first = Math.min(first, endings.get(name.slice(dot)) ?? NONE);
  }
  for (const other of others) {
    if (other.order >= first) break;
    if (other.matches(name)) return other.order;
  }
  return first;
}
