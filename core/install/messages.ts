/** What the installer says to people, in English. One object, so that another language is another file. */
export const remedies = {
  client: 'Run `cordon init` in this repository to mend it.',
  server: 'Ask the administrator to run `cordon init --server` in this repository.',
} as const;
