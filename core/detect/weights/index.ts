export { weightsDetector } from './detector.ts';
export { weightsByName } from './names.ts';
export { sumPayload } from './sum-payload.ts';
