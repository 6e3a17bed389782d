/** `tamga keys check`: what is wrong with a key file, and what becomes of codes checked with it. */
import { type Batch, loadCore, TAIL_RESULTS, type TailResult } from '../../core/host/index.js';
import {
  checkKeys,
  DEFAULT_KEY_ID,
  fingerprintOf,
  isMacEntry,
  type KeyEntry,
  type KeyProblem,
  keyRingOf,
  readKeyFile,
  readSecrets,
  secretsPath,
  wipeSecrets,
} from '../../engine/keys/index.js';
import { lineBlocks } from '../../engine/line-blocks.js';
import { inputBytes } from './input-bytes.js';
import type { Session } from './session.js';

export interface Examination {
  keys: number;
  problems: (KeyProblem & { fingerprint: string; keyId: string })[];
  /** Results by key id, for each that occurs. */
  codes?: { keyId: string; counts: Partial<Record<TailResult, number>> }[];
  /** Nothing is wrong, and every tail is valid. */
  well: boolean;
}

interface Options {
  secrets?: string | undefined;
  at?: Date | undefined;
  country?: 'RU' | 'UZ' | undefined;
}

/** Key ids counted by themselves; the codes of others are counted together, so that a file of garbage takes no memory. */
const KEY_IDS_MAX = 10_000;
const OTHER_KEY_ID = '…';

/** Examines a key file, and codes with it when a file of codes is named. Errors as `loadKeyRing` and `inputBytes`. */
export async function examineKeys(
  path: string,
  codes: string | undefined,
  options: Options,
  session: Session,
): Promise<Examination> {
  const file = await readKeyFile(path);
  const from = file.keys.some(isMacEntry) ? secretsPath(path, file, options) : undefined;
  const secrets = from === undefined ? new Map<string, Uint8Array>() : await readSecrets(from);
  const ring = keyRingOf(file.keys, path, secrets);
  wipeSecrets(secrets);
  try {
    const core = await loadCore();
    const at = options.at ?? new Date();
    const problems = checkKeys(file.keys, ring, core, at).map((problem) => named(problem, file.keys));
    const well = !problems.some(({ severity }) => severity === 'error');
    if (codes === undefined) return { keys: file.keys.length, problems, well };
    const counts = new ResultCounts();
    for await (const { bytes } of lineBlocks(
      codes,
      inputBytes(codes, session.signal, () => session.stdin()),
    )) {
      session.signal.throwIfAborted();
      const batch = core.parseBatch(bytes, { country: options.country, trim: true, at });
      counts.add(batch, core.verifyTails(batch, ring, { at }));
    }
    return { keys: file.keys.length, problems, codes: counts.listed(), well: well && counts.allValid };
  } finally {
    ring.unload();
  }
}

function named(problem: KeyProblem, entries: readonly KeyEntry[]): Examination['problems'][number] {
  const entry = entries[problem.key]!;
  return { ...problem, fingerprint: fingerprintOf(entry), keyId: entry.keyId };
}

class ResultCounts {
  readonly #byKeyId = new Map<string, Uint32Array>();
  allValid = true;

  add(batch: Batch, results: Uint8Array): void {
    const { keyIdOffset, keyIdLength, offset, length } = batch.columns;
    for (let row = 0; row < batch.count; row++) {
      if (length[row] === 0) continue; // a blank line
      const size = keyIdLength[row]!;
      const start = keyIdOffset[row]! - offset[row]!;
      const id = size === 0 ? DEFAULT_KEY_ID : String.fromCharCode(...batch.line(row).subarray(start, start + size));
      const result = results[row]!;
      this.#countsOf(id)[result]!++;
      if (TAIL_RESULTS[result] !== 'VALID') this.allValid = false;
    }
  }

  listed(): NonNullable<Examination['codes']> {
    const sorted = [...this.#byKeyId].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([keyId, counts]) => ({
      keyId,
      counts: Object.fromEntries(
        TAIL_RESULTS.flatMap((result, number) => (counts[number] === 0 ? [] : [[result, counts[number]!]])),
      ),
    }));
  }

  #countsOf(id: string): Uint32Array {
    const known = this.#byKeyId.get(id);
    if (known !== undefined) return known;
    if (this.#byKeyId.size >= KEY_IDS_MAX && id !== OTHER_KEY_ID) return this.#countsOf(OTHER_KEY_ID);
    const counts = new Uint32Array(TAIL_RESULTS.length);
    this.#byKeyId.set(id, counts);
    return counts;
  }
}
