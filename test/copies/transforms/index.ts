import { containerTransforms } from './containers.ts';
import { editTransforms } from './edits.ts';
import { layoutTransforms } from './layout.ts';
import type { Transform } from './transform.ts';

export const transforms: readonly Transform[] = [
  ...layoutTransforms,
  ...editTransforms,
  ...containerTransforms,
];

export const transformsFor = (language: string): Transform[] =>
  transforms.filter(({ languages }) => languages?.includes(language) ?? true);
