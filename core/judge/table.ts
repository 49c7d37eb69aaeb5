import type { Act, Destination } from '../model.ts';

/** The columns of the design's table "What is blocked where", and content at rest. */
export type Column = 'commit' | 'home' | 'elsewhere' | 'rest';

export type Row =
  | 'secret'
  | 'weights'
  | 'small-weights'
  | 'label'
  | 'copy'
  | 'model that runs code'
  | 'model of unknown code'
  | 'loosened policy'
  | 'not inspected'
  | 'not listed'
  | 'broken policy'
  | 'route';

/**
 * `clearance`: block where the destination is not cleared, else nothing. `clearance-warn`: the same
 * with a warning. `anywhere`: block where no destination at all is cleared, else warn.
 * `anywhere-warn`: warn where no destination at all is cleared, else nothing.
 */
export type Cell =
  | 'none'
  | 'warn'
  | 'block'
  | 'clearance'
  | 'clearance-warn'
  | 'anywhere'
  | 'anywhere-warn';

const TABLE: Readonly<Record<Row, Readonly<Record<Column, Cell>>>> = {
  secret: { commit: 'block', home: 'block', elsewhere: 'block', rest: 'block' },
  weights: { commit: 'anywhere', home: 'clearance', elsewhere: 'clearance', rest: 'anywhere' },
  'small-weights': {
    commit: 'warn',
    home: 'clearance-warn',
    elsewhere: 'clearance-warn',
    rest: 'warn',
  },
  label: { commit: 'none', home: 'clearance', elsewhere: 'clearance', rest: 'anywhere-warn' },
  copy: { commit: 'none', home: 'clearance', elsewhere: 'clearance', rest: 'warn' },
  'model that runs code': { commit: 'warn', home: 'block', elsewhere: 'block', rest: 'block' },
  'model of unknown code': { commit: 'warn', home: 'warn', elsewhere: 'warn', rest: 'warn' },
  'loosened policy': { commit: 'none', home: 'warn', elsewhere: 'block', rest: 'none' },
  'not inspected': { commit: 'warn', home: 'block', elsewhere: 'block', rest: 'warn' },
  'not listed': { commit: 'none', home: 'block', elsewhere: 'block', rest: 'none' },
  'broken policy': { commit: 'block', home: 'block', elsewhere: 'block', rest: 'block' },
  route: { commit: 'none', home: 'warn', elsewhere: 'warn', rest: 'none' },
};

export function cellOf(row: Row, column: Column): Cell {
  return TABLE[row][column];
}

/**
 * The column an act is judged by. On a server nothing is `home`: a push that went round the laptop
 * arrives there too, and what its own author wrote into it must not open the last wall.
 */
export function columnOf(act: Act, destination: Destination | undefined): Column {
  switch (act) {
    case 'commit':
      return 'commit';
    case 'push':
      return destination?.home === true ? 'home' : 'elsewhere';
    case 'receive':
    case 'review':
      return 'elsewhere';
    // The editor's acts are judged as content at rest until the editor brings its own column.
    case 'open':
    case 'copy':
    case 'scan':
      return 'rest';
  }
}
