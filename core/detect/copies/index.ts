/** Registered content, known again elsewhere. */
export { copiesDetector, type CopySet } from './detector.ts';
