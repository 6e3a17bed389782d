/**
 * MACs of messages such as tails have, under one key: a batch in the core's memory, one message at a time, and one with the
 * key set up for it; the same messages and keys for ours and the peers, whose results are compared before they are timed.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHMAC, createSHA256 } from 'hash-wasm';
import type { MacName } from '../../core/host/index.js';
import { loadCore } from '../../core/host/index.js';
import { type NativePeer, type NativePrimitive, openNative } from '../peers/native.js';
import type { BenchOptions, BenchResult } from '../result.js';
import { alternate, type Side } from './alternate.js';
import { openMacs } from './open-macs.js';

interface MacBench {
  primitive: NativePrimitive;
  name: MacName;
  natives: readonly NativePeer[];
  /** Peers in this process, from npm and Node itself. */
  inProcess: boolean;
}

const MESSAGES = 2_048;
const MESSAGES_SMALL = 600;
/** Messages of a pass with single ones. */
const SINGLES = 512;

export const hmacStreebog = bench({
  primitive: 'hmac-streebog',
  name: 'hmacStreebog256',
  natives: ['gostEngine', 'nettle', 'libgcrypt'],
  inProcess: false,
});
export const kuznyechikCmac = bench({
  primitive: 'kuznyechik-cmac',
  name: 'kuznyechikCmac',
  natives: ['gostEngine'],
  inProcess: false,
});
export const magmaCmac = bench({
  primitive: 'magma-cmac',
  name: 'magmaCmac',
  natives: ['gostEngine'],
  inProcess: false,
});
export const hmacSha256 = bench({
  primitive: 'hmac-sha256',
  name: 'hmacSha256',
  natives: ['openssl'],
  inProcess: true,
});

function bench(what: MacBench): (options: BenchOptions) => Promise<BenchResult[]> {
  return (options) => run(what, options);
}

async function run({ primitive, name, natives, inProcess }: MacBench, options: BenchOptions): Promise<BenchResult[]> {
  const id = `crypto/${primitive}`;
  const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 41 + 7) & 0xff);
  const messages = tailMessages(options.small ? MESSAGES_SMALL : MESSAGES);
  const core = await loadCore();
  const expected = messages.map((message) => core[name](key, message));
  const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-crypto-'));
  const inputs = join(folder, 'inputs');
  const lines = messages.map((message, i) => `M ${hex(message)} ${hex(expected[i]!)}\n`);
  await writeFile(inputs, `K ${hex(key)}\n${lines.join('')}`);
  const closing: (() => void)[] = [];
  const nativeSides = async (keys: 'warm' | 'cold'): Promise<Side[]> => {
    const sides: Side[] = [];
    for (const peer of natives) {
      const native = await openNative(peer, primitive, inputs, keys);
      if (native === undefined) continue;
      closing.push(native.close);
      if (native.wrong > 0)
        process.stderr.write(`${id}: ${peer} is wrong on ${native.wrong} of ${native.items}, so it isn't timed\n`);
      else sides.push({ name: peer, codes: native.items, pass: native.pass });
    }
    return sides;
  };
  try {
    const macs = await openMacs(name, key, messages);
    macs.check(expected);
    const singles = messages.slice(0, SINGLES);
    const warm = [...(await nativeSides('warm')), ...(inProcess ? await processSides(key, singles, expected) : [])];
    const cold = (): void => {
      for (const message of singles) core[name](key, message);
    };
    return [
      await alternate(id, [{ name: 'ours', codes: messages.length, pass: macs.batch }, ...warm], options),
      await alternate(
        `${id}-single`,
        [{ name: 'ours', codes: singles.length, pass: () => macs.singles(singles) }, ...warm],
        options,
      ),
      await alternate(
        `${id}-cold`,
        [{ name: 'ours', codes: singles.length, pass: cold }, ...(await nativeSides('cold'))],
        options,
      ),
    ];
  } finally {
    for (const close of closing) close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Messages of 31 to 83 bytes, as the parts of a code before its tail are; no two are equal. */
function tailMessages(count: number): Uint8Array[] {
  const encoder = new TextEncoder();
  return Array.from({ length: count }, (_, i) => {
    const serial = `${(i * 7_919 + 1_000_003).toString(36)}xq7Z-AbC+d`.slice(0, 13).padEnd(13, '0');
    const group = ['', '\u001d91EE11', '\u001d91FFD0\u001d3103000560', '\u001d91ABCD\u001d8005129000\u001d17260131'];
    return encoder.encode(`010460700000104221${serial}${group[i & 3]}`);
  });
}

async function processSides(
  key: Uint8Array,
  messages: readonly Uint8Array[],
  expected: readonly Uint8Array[],
): Promise<Side[]> {
  const secret = createSecretKey(key);
  const hmac = await createHMAC(createSHA256(), key);
  const peers: Record<string, (message: Uint8Array) => Uint8Array> = {
    nodeCrypto: (message) => createHmac('sha256', secret).update(message).digest(),
    hashWasm: (message) => hmac.init().update(message).digest('binary'),
  };
  return Object.entries(peers).map(([name, mac]) => {
    messages.forEach((message, i) => {
      if (Buffer.compare(mac(message), expected[i]!) !== 0) throw new Error(`${name} computes another MAC`);
    });
    const pass = (): void => {
      for (const message of messages) mac(message);
    };
    return { name, codes: messages.length, pass };
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
