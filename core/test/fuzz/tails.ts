// Tails in the fuzzer: keys of the four kinds, codes with tails of theirs to start changes from, and what the check of a batch promises.
import {
  type Batch,
  type BatchOptions,
  type Core,
  createKeyRing,
  loadCore,
  TAIL_RESULT_NUMBER,
} from '../../host/index.js';
import { hmac44, kuznyechik4, signature88, tobacco4 } from '../issuer/schemes.js';
import { TestIssuer } from '../issuer/test-issuer.js';

/** What was issued under the key ids of signatures and HMACs: nobody hits another valid one by chance. */
const issued = new Set<string>();

const issuer = new TestIssuer(await loadCore(), 'fuzz');
const signature = issuer.key(signature88('G001'), 'signature');
const hmac = issuer.key(hmac44('E001'), 'hmac');
const kuznyechik = issuer.key(kuznyechik4(['01-21.6-93', '01-21.13-93']), 'kuznyechik');
const magma = issuer.key(tobacco4(), 'magma');
const ring = createKeyRing([signature, hmac, kuznyechik, magma]);
const KEYED = { signature, hmac };

/** Codes that changes start from, some of each kind. */
export const TAILED_CODES: readonly string[] = [0, 1, 2].flatMap((n) => [
  ...(['signature', 'hmac'] as const).map((kind) => {
    const identity = `010460700000103521${n}abcdef${kind.length}xyzWQ`.slice(0, 31);
    const tail = issuer.tail(KEYED[kind], Buffer.from(identity));
    issued.add(`${identity.slice(2, 16)} ${identity.slice(18)} ${tail}`);
    return `${identity}\u001d91${KEYED[kind].keyId}\u001d92${tail}`;
  }),
  tailed(`010460700000109721${n}abcde`, kuznyechik, '\u001d93'),
  tailed(`04607000001011${n}bcdefgADQU`, magma, ''),
]);

function tailed(identity: string, key: typeof kuznyechik, before: string): string {
  return identity + before + issuer.tail(key, Buffer.from(identity));
}

const { ABSENT, VALID, INVALID } = TAIL_RESULT_NUMBER;
const AT = new Date('2026-11-21');

/** Results of the tails of a core's last batch. */
export function verifyTails(core: Core, batch: Batch): Uint8Array {
  return core.verifyTails(batch, ring, { at: AT });
}

/** The result of the tail of one line, by itself. */
export function tailAlone(core: Core, line: Uint8Array, options: BatchOptions): number {
  const frame = Uint8Array.of(line.length & 0xff, line.length >> 8, ...line);
  return verifyTails(core, core.parseBatch(frame, { ...options, framing: 'u16' }))[0]!;
}

/** Lines whose tails a key decided, and those that it made. */
export interface TailCounts {
  decided: number;
  genuine: number;
}

/** The first row that breaks a promise of the check. */
export function brokenTail(
  results: Uint8Array,
  batch: Batch,
  counts: TailCounts,
): { row: number; promise: string } | null {
  const { error, tailLength, keyIdLength } = batch.columns;
  if (results.length !== batch.count) return { row: 0, promise: 'each row has a result' };
  for (let row = 0; row < results.length; row++) {
    const result = results[row]!;
    if (result > VALID) return { row, promise: 'the result has a name' };
    if (result !== ABSENT && (error[row] !== 0 || tailLength[row] === 0)) return { row, promise: 'no tail, no result' };
    if (result === VALID || result === INVALID) counts.decided++;
    if (result !== VALID) continue;
    counts.genuine++;
    if (keyIdLength[row] !== 0 && !wasIssued(batch, row)) return { row, promise: 'only what was issued is valid' };
  }
  return null;
}

function wasIssued(batch: Batch, row: number): boolean {
  const { gtin, serial, tail } = batch.at(row);
  return issued.has(`${gtin} ${serial} ${tail?.value}`);
}
