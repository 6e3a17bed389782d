/** Memory that a core keeps of a public key: its table while it has had few signatures, and the one that it gets when it has had many. */
import { createKeyRing, loadCore } from '../../core/host/index.js';
import { signature88 } from '../../core/test/issuer/schemes.js';
import { TestIssuer } from '../../core/test/issuer/test-issuer.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';

const AT = { at: new Date(Date.UTC(2026, 0, 1)) };
/** More signatures than make a key worth its large table. */
const MANY = 1_000;

export async function keyBytes(_: BenchOptions): Promise<BenchResult[]> {
  const core = await loadCore();
  const issuer = new TestIssuer(core, 'bench');
  const keys = ['BE01', 'BE02'].map((id) => issuer.key(signature88(id), id));
  const ring = createKeyRing(keys);
  const identity = '0104607000001042211234567890abc';
  const [first, second] = keys.map((key) => {
    return `${identity}\u001d91${key.keyId}\u001d92${issuer.tail(key, Buffer.from(identity))}`;
  }) as [string, string];
  const bytesAfter = (code: string, count: number): number => {
    for (let i = 0; i < count; i++) {
      if (core.verifyTail(code, ring, AT) !== 'VALID') throw new Error('crypto/key-bytes: the tail is not valid');
    }
    return core.keyMemory.bytes;
  };
  // The first key brings the tables of its curve and scratch with it.
  const before = bytesAfter(first, 1);
  const small = bytesAfter(second, 1) - before;
  const large = bytesAfter(second, MANY) - before;
  ring.unload();
  return [figure('small', small), figure('large', large)];
}

function figure(table: string, bytes: number): BenchResult {
  return shown({ id: `crypto/key-bytes-${table}`, unit: 'bytes', median: bytes, spread: [bytes, bytes], ratios: {} });
}
