/** What a report tells beside the verdict. All of it is optional: an unknown thing is left out. */
export interface ReportContext {
  /** The remote's name as the user knows it, such as `origin`. */
  readonly remote?: string;
  /** The destination's normal form, or for a scan what was looked at. */
  readonly place?: string;
  readonly refs?: readonly {
    readonly name: string;
    /** The commit the ref is to point at. */
    readonly tip?: string;
    readonly commits?: number;
    readonly objects?: number;
  }[];
  /** Commits without a parent, which a rebase reaches only by `--root`. */
  readonly rootCommits?: ReadonlySet<string>;
  /** A command, or a path, that shows all findings. */
  readonly fullReport?: string;
}

export interface TextOptions {
  /** Columns of the terminal; at most 80 are used. Default 80. */
  readonly columns?: number;
  readonly color?: boolean;
  /** `remote`: what git shows behind `remote: `, so plain ASCII in 72 columns and no colour. */
  readonly style?: 'terminal' | 'remote';
}
