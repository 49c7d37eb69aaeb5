/** What the generator knows of a language. It shares nothing with the product, which knows none. */
export interface Language {
  readonly id: string;
  readonly name: string;
  readonly extensions: readonly string[];
  /** Extensions of what is indexed and pasted into, where they are fewer: no compiler's output. */
  readonly written?: readonly string[];
  /** Opens a comment that ends with its line. */
  readonly lineComment: '#' | '//';
  readonly blockComments: boolean;
  /** Triple quotes are strings, and docstrings where a statement begins with them. */
  readonly tripleQuotes: boolean;
  readonly backticks: boolean;
  readonly keywords: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const C_KEYWORDS =
  'alignas alignof asm auto bool break case catch char class const constexpr const_cast continue decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept nullptr operator private protected public register reinterpret_cast restrict return short signed sizeof static static_assert static_cast struct switch template this throw true try typedef typeid typename union unsigned using virtual void volatile while include define ifdef ifndef endif undef pragma elif error';

const braces = { lineComment: '//', blockComments: true, tripleQuotes: false } as const;

export const PYTHON: Language = {
  id: 'python',
  name: 'Python',
  extensions: ['.py'],
  lineComment: '#',
  blockComments: false,
  tripleQuotes: true,
  backticks: false,
  keywords: words(
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case',
  ),
};

export const TYPESCRIPT: Language = {
  ...braces,
  id: 'typescript',
  name: 'TypeScript',
  extensions: ['.ts', '.tsx', '.js', '.mjs'],
  written: ['.ts', '.tsx'],
  backticks: true,
  keywords: words(
    'abstract any as asserts async await bigint boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let module namespace never new null number object of override private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unique unknown var void while with yield',
  ),
};

export const CPP: Language = {
  ...braces,
  id: 'cpp',
  name: 'C and C++',
  extensions: ['.c', '.h', '.cc', '.cpp', '.hpp', '.cxx', '.hh'],
  backticks: false,
  keywords: words(C_KEYWORDS),
};

export const CUDA: Language = { ...CPP, id: 'cuda', name: 'CUDA', extensions: ['.cu', '.cuh'] };

export const RUST: Language = {
  ...braces,
  id: 'rust',
  name: 'Rust',
  extensions: ['.rs'],
  backticks: false,
  keywords: words(
    'as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while i8 i16 i32 i64 u8 u16 u32 u64 usize isize f32 f64 bool str char',
  ),
};

export const GO: Language = {
  ...braces,
  id: 'go',
  name: 'Go',
  extensions: ['.go'],
  backticks: true,
  keywords: words(
    'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var bool byte error false float32 float64 int int32 int64 nil string true uint uint32 uint64 uint8',
  ),
};

export const JAVA: Language = {
  ...braces,
  id: 'java',
  name: 'Java',
  extensions: ['.java'],
  backticks: false,
  keywords: words(
    'abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for goto if implements import instanceof int interface long native new null package private protected public record return short static strictfp super switch synchronized this throw throws transient true try var void volatile while',
  ),
};

const hashed = {
  lineComment: '#',
  blockComments: false,
  tripleQuotes: false,
  backticks: false,
} as const;

export const SHELL: Language = {
  ...hashed,
  id: 'shell',
  name: 'Shell',
  extensions: ['.sh', '.bash'],
  keywords: words(
    'case do done elif else esac fi for function if in local return then until while',
  ),
};

export const YAML: Language = {
  ...hashed,
  id: 'yaml',
  name: 'YAML',
  extensions: ['.yaml', '.yml'],
  keywords: words('true false null yes no'),
};
