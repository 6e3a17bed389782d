/** Keys of tails: key files, secrets, rings, and what results mean. */

export { checkKeys, KEY_PROBLEMS, type KeyProblem, type KeyProblemKind } from './check-key-file.js';
export { addKey, revokeKey } from './edit-key-file.js';
export { fingerprintOf } from './fingerprint.js';
export { DEFAULT_KEY_ID, isMacEntry, type KeyEntry, type KeyFile, parseJson } from './key-file.js';
export { keyRingOf, type LoadKeysOptions, loadKeyRing, readKeyFile, secretsPath } from './load-key-ring.js';
export { readSecrets, type Secrets, wipeSecrets } from './secrets-file.js';
export {
  compareTails,
  isGenuine,
  type RegisteredTail,
  TAIL_POLICIES,
  type TailPolicy,
  tailOutcome,
} from './tail-outcome.js';
