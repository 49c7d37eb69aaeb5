/** An option or an exit code, and what it means in one line. */
type Row = readonly [word: string, meaning: string];

export type HelpCommand =
  | 'init'
  | 'uninstall'
  | 'scan'
  | 'explain'
  | 'register'
  | 'log'
  | 'hook'
  | 'version';

export interface CommandHelp {
  /** A few words, for the list of all commands. */
  readonly summary: string;
  /** What is typed, one way a line. */
  readonly usage: readonly string[];
  readonly about: string;
  readonly options: readonly Row[];
}

export interface Help {
  readonly about: string;
  readonly usage: string;
  readonly headings: {
    readonly usage: string;
    readonly commands: string;
    readonly options: string;
    readonly common: string;
    readonly exits: string;
  };
  readonly commands: Readonly<Record<HelpCommand, CommandHelp>>;
  /** Options of every command. */
  readonly common: readonly Row[];
  readonly exits: readonly Row[];
  /** Where to read on. */
  readonly more: string;
}

export const help: Help = {
  about: 'cordon: keeps model weights, secrets and classified code where they belong.',
  usage: 'cordon COMMAND [OPTIONS]',
  headings: {
    usage: 'Usage:',
    commands: 'Commands:',
    options: 'Options:',
    common: 'Options of every command:',
    exits: 'Exit codes:',
  },
  commands: {
    init: {
      summary: 'guard this repository',
      usage: ['cordon init', 'cordon init --server [--url URL] [--layout plain|gitea|gitlab]'],
      about:
        'Writes .cordon/policy.yaml where there is none, installs the hooks beside those that are there, pins home (the remote whose policy counts), names each file it touched, and at the end plants a model weight to see that it is stopped. Can be run again.',
      options: [
        ['--server', 'in a bare repository: judge every push as it comes in'],
        ['--url URL', 'with --server: the URL that people push to'],
        ['--layout LAYOUT', 'with --server: plain, gitea or gitlab; else found by looking'],
      ],
    },
    uninstall: {
      summary: 'take back all that init did',
      usage: ['cordon uninstall'],
      about:
        "Files that nobody changed since are as they were before; in others only Cordon's marked block goes. The policy stays: it is yours.",
      options: [],
    },
    scan: {
      summary: 'look at files, the index, a range or the history',
      usage: ['cordon scan [PATH...]', 'cordon scan --staged | --range A..B | --history | --stdin'],
      about:
        'Tells what stands in files and folders, in a git repository or not (default: where you are). Blocks nothing: the exit code says what was found.',
      options: [
        ['--staged', 'what the next commit would hold'],
        ['--range A..B', 'all that B has and A has not'],
        ['--history', 'everything that any ref reaches'],
        ['--stdin', 'standard input'],
        ['--output FILE', 'write the report to a file'],
      ],
    },
    explain: {
      summary: 'the label of a path, and where it may go',
      usage: ['cordon explain PATH'],
      about:
        'Tells the label of a path, which marking or content gave it, what the detectors saw, and which destinations are cleared for it.',
      options: [],
    },
    register: {
      summary: 'remember classified files, so that copies are known elsewhere',
      usage: ['cordon register [PATH...]', 'cordon register --export FILE | --import FILE'],
      about:
        'Keeps fingerprints of files at or above the label copies.from, under your own key; hooks and scans then find copies of them in every repository of yours.',
      options: [
        ['--check', 'tracked files that hold content of a higher label'],
        ['--export FILE', 'the index for elsewhere, sealed'],
        ['--names', 'with --export: paths go with it'],
        ['--import FILE', 'take in an export of another repository'],
        ['--passphrase-file P', 'what seals or opens it'],
        ['--recipient KEY.pem', 'seal it for an X25519 public key'],
        ['--identity KEY.pem', 'open it with the private key'],
        ['--background DIR', 'public code, of which copies say nothing; repeatable'],
        ['--no-background', 'leave out what is installed on this machine'],
        ['--rotate', 'make a new key, and the index anew'],
        ['--list', 'what is registered on this machine'],
      ],
    },
    log: {
      summary: 'the record: what is kept, and whether it holds',
      usage: ['cordon log', 'cordon log tail | verify | export | ship | key | reveal [OPTIONS]'],
      about:
        'Tells what the record keeps about you, where, and who gets it. tail shows events, verify checks every byte, export writes jsonl, ocsf or csv, ship sends to the receiver that the policy names.',
      options: [
        ['-n N', 'tail: the last N events, or all (default: 20)'],
        ['--follow', 'tail: go on with what comes'],
        ['--mine', 'tail, export: only what is kept about you'],
        ['--since WHEN', 'export: from a date, or 2d or 1h ago; --until likewise'],
        ['--label LABEL', 'export: of this label; --actor ACTOR: by this person'],
        ['--output FILE', 'export, reveal: write to a file'],
        ['--file FILE', "verify: exported lines; --heads FILE: by a receiver's heads"],
        ['--to URL', 'ship: to another receiver; --again: all once more'],
        ['--import FILE', "key: use an organisation's; --create FILE: make one"],
        ['--identity FILE', 'reveal: name keyed names by this private key'],
      ],
    },
    hook: {
      summary: 'what git calls; not for people',
      usage: [
        'cordon hook pre-commit',
        'cordon hook pre-merge-commit',
        'cordon hook pre-push REMOTE URL',
        'cordon hook pre-receive',
      ],
      about:
        'Called by git. Reads what git hands over on standard input and writes to standard error alone.',
      options: [],
    },
    version: {
      summary: 'the version of Cordon and of Node.js',
      usage: ['cordon version', 'cordon --version'],
      about: 'Prints the version of Cordon and of the Node.js that runs it.',
      options: [],
    },
  },
  common: [
    ['--repo DIR', 'the repository (default: where you are)'],
    ['--policy FILE', 'judge by this policy file'],
    ['--format FORMAT', 'text, json or sarif, where it fits (default: text)'],
    ['--color WHEN', 'always, never or auto (default: auto)'],
    ['--locale LOCALE', 'language of the text (default: LC_ALL, LC_MESSAGES, LANG)'],
    ['--help', 'this text'],
  ],
  exits: [
    ['0', 'clean'],
    ['1', 'blocked; for init, the self-test failed'],
    ['2', 'usage or policy error'],
    ['3', 'internal error'],
    ['4', 'incomplete: something could not be looked at'],
    ['130', 'interrupted'],
  ],
  more: 'More on one command: cordon COMMAND --help',
};
