export { useColor } from './color.ts';
export type { ReportContext, TextOptions } from './context.ts';
export { exitCodeOf } from './exit-code.ts';
export type { ExitCode } from './exit-code.ts';
export { renderVerdict } from './render-text.ts';
