/** What one bench tells: one line of the table. */
export interface Row {
  readonly what: string;
  /** Our figure with its unit. */
  readonly ours: string;
  /** What it is held against, with its figure; empty where nothing is. */
  readonly against: string;
  /** Of the medians of one run; the only figure that means anything on a shared machine. */
  readonly ratio?: number;
  readonly target?: Target;
  /** The measured value the target is about, where it is not the ratio. */
  readonly value?: number;
}

export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** True where the row's target is met, undefined where it has none. */
export function isMet({ ratio, value, target }: Row): boolean | undefined {
  const held = value ?? ratio;
  if (target === undefined || held === undefined) return undefined;
  return 'atMost' in target ? held <= target.atMost : held >= target.atLeast;
}

/** The table for people. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    row.ours,
    row.against,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`,
    row.target === undefined ? '' : describeTarget(row.target),
    describeMet(isMet(row)),
  ]);
  const all = [['what', 'ours', 'against', 'ratio', 'target', 'met?'], ...cells];
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...all.map((line) => line[column]?.length ?? 0)),
  );
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const describeTarget = (target: Target): string =>
  'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;

const describeMet = (met: boolean | undefined): string =>
  met === undefined ? '' : met ? 'yes' : 'NO';
