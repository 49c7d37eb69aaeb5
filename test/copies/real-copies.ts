/** Files that were read, and hold blocks of what is indexed: no false alarms. */
interface RealCopy {
  readonly path: RegExp;
  readonly reason: string;
}

export const REAL_COPIES: readonly RealCopy[] = [
  {
    path: /^@lumino\/widgets\//u,
    reason: 'Theia took over methods of Lumino widgets (menus, docks, tabs), with a link to them',
  },
];

export const realCopyReason = (path: string): string | undefined =>
  REAL_COPIES.find((one) => one.path.test(path))?.reason;
