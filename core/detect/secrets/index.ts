export { secretsDetector } from './detector.ts';
export { fingerprintSecret } from './fingerprint.ts';
