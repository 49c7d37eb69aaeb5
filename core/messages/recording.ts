/** What is said about the record while something else is done: English. */
export const recording = {
  /** Of an act that could not be written into the record. `why`: the system's word, such as ENOSPC. */
  unwritable: (p: { path: string; why: string; full: boolean }) =>
    p.full
      ? `The disk is full, so this could not be written into the record (${p.path}).`
      : `This could not be written into the record (${p.path}${p.why === '' ? '' : `: ${p.why}`}).`,
  unwritableAction: (p: { full: boolean; server: boolean; foreign: boolean }) =>
    p.server
      ? 'Tell whoever runs this server, and push again when it is mended.'
      : p.full
        ? 'Free space there and try again.'
        : p.foreign
          ? 'Run git as the user it belongs to, or with a home of your own (sudo -H).'
          : 'Mend that place: a file or folder of yours that only you may write. Then try again.',
  /** One line of `cordon init`: people must know. */
  told: 'From now on commits, pushes and scans are recorded on this machine: cordon log',
};
