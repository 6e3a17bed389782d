/** The public `tamga/core`: raw bytes in, columns and parsed codes out. */
export { Batch } from './batch.js';
export { type Columns, FLAGS, type Flags } from './columns.js';
export { Core, type LoadOptions, loadCore, type PackedKeys, type ParseOptions } from './core.js';
export {
  CODE_ERRORS,
  type CodeErrorData,
  type CodeErrorLanguage,
  type CodeErrorName,
  codeErrorMessage,
} from './errors.js';
export {
  type Country,
  FORMATS,
  formatsOf,
  type MarkingFormat,
  structureId,
  structureNumber,
  structuresInEffect,
} from './formats.js';
export { keyToText, packageKey, textToKey, unitKey } from './key.js';
export { type CoreModule, compileCore } from './module.js';
export type { ParsedCode, ParsedCodeError } from './parsed-code.js';
