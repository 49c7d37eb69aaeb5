export { executableDetector } from './detector.ts';
