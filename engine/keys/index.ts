/** Keys of tails: key files, secrets, rings, and what results mean. */

export { checkKeys, KEY_PROBLEMS, type KeyProblem, type KeyProblemKind } from './check-key-file.js';
export { addKey, revokeKey } from './edit-key-file.js';
export { keyEntryOf } from './entry-of.js';
export { fingerprintOf } from './fingerprint.js';
export { DEFAULT_KEY_ID, isMacEntry, type KeyEntry, type KeyFile, parseJson } from './key-file.js';
export { keyRingOf, type LoadKeysOptions, loadKeyRing, readKeyFile, secretsPath } from './load-key-ring.js';
export { readSecrets, type Secrets, wipeSecrets } from './secrets-file.js';
export { digestOfSettings, TAIL_NOT_TESTED, TailCheck, type TailSettings, type TailTerms } from './tail-check.js';
export {
  compareTails,
  isGenuine,
  isUndecided,
  REGISTERED_TAIL_NUMBER,
  REGISTERED_TAILS,
  type RegisteredTail,
  TAIL_PASSES,
  TAIL_POLICIES,
  type TailPolicy,
  tailOutcome,
  tailOutcomes,
} from './tail-outcome.js';
