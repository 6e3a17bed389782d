export { EXIT_ERROR, printError } from './errors.js';
export { type Column, grid } from './grid.js';
export { type Look, lookOf, type Style, styled, type TextOutput } from './output.js';
export { type Progress, type ProgressOptions, type ProgressStream, startProgress } from './progress.js';
export { printReport, reportText } from './table.js';
