// What the core offers wherever it runs; index.ts and browser.ts add how it is loaded.
export { Batch } from './batch.js';
export { type Columns, FLAGS, type Flags } from './columns.js';
export {
  type BatchOptions,
  Core,
  type CoreOptions,
  type ListOptions,
  type ParseOptions,
} from './core.js';
export type { TailOptions } from './crypto/crypto-core.js';
export type { HashName, MacName, Messages } from './crypto/digests.js';
export type { KeyFault } from './crypto/key-faults.js';
export { createKeyRing, KeyRing, KeyRingError } from './crypto/key-ring.js';
export type { PublicKey, Signature, SignatureCheck, SignatureChecks } from './crypto/signatures.js';
export {
  GOST_CURVES,
  type GostCurve,
  isMacKey,
  KEYS_MAX,
  type MacAlgorithm,
  type MacKey,
  type MessagePart,
  type SignatureAlgorithm,
  type SignatureKey,
  type TailEncoding,
  type TailHash,
  type TailKey,
} from './crypto/tail-key.js';
export { TAIL_RESULT_NUMBER, TAIL_RESULTS, type TailResult } from './crypto/tail-results.js';
export { aiText, type ElementColumns } from './element-columns.js';
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
export {
  identificationCode,
  identificationCodeAt,
  identificationCodeWithPrice,
  type PrintViewOptions,
  printView,
  sgtin,
} from './forms.js';
export { FISCAL_TYPES, type FiscalCode, type FiscalType, fiscal } from './forms-fiscal.js';
export { keyToText, packageKey, textToKey, unitKey } from './key.js';
export type { CoreModule } from './module.js';
export type { PackedKeys } from './packed-keys.js';
export type { ParsedCode, ParsedCodeError } from './parsed-code.js';
export type { Proof, Recovered, RecoveryOptions } from './recover.js';
export type { Repair, RepairKind } from './recover-draft.js';
