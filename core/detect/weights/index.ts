export { weightsDetector } from './detector.ts';
export { weightsByName } from './names.ts';
