/** MACs as the tail check makes them: the key prepared once, messages in the core's memory, one call for all of them. */
import type { MacName } from '../../core/host/index.js';
import { compileCore } from '../../core/host/load.js';
import { type CoreExports, instantiate, type Layout } from '../../core/host/module.js';

export interface Macs {
  /** MACs of all messages, which stand in memory already. */
  batch(): void;
  /** MACs of some messages, each copied in and checked by a call of its own. */
  singles(messages: readonly Uint8Array[]): void;
  /** @throws Error when the batch or the singles give other MACs. */
  check(expected: readonly Uint8Array[]): void;
}

interface Functions {
  bytes: number;
  state: keyof Layout;
  scratch: keyof Layout;
  prepare(exports: CoreExports, key: number, length: number, state: number): void;
  many: 'hmacSha256Many' | 'hmacStreebog256Many' | 'kuznyechikCmacMany' | 'magmaCmacMany';
}

const FUNCTIONS: Record<MacName, Functions> = {
  hmacSha256: {
    bytes: 32,
    state: 'HMAC_SHA256_STATE_BYTES',
    scratch: 'HMAC_SHA256_SCRATCH_BYTES',
    prepare: (exports, key, length, state) => exports.prepareHmacSha256(key, length, state),
    many: 'hmacSha256Many',
  },
  hmacStreebog256: {
    bytes: 32,
    state: 'HMAC_STREEBOG256_STATE_BYTES',
    scratch: 'HMAC_STREEBOG256_SCRATCH_BYTES',
    prepare: (exports, key, length, state) => exports.prepareHmacStreebog256(key, length, state),
    many: 'hmacStreebog256Many',
  },
  kuznyechikCmac: {
    bytes: 16,
    state: 'KUZNYECHIK_CMAC_STATE_BYTES',
    scratch: 'KUZNYECHIK_CMAC_SCRATCH_BYTES',
    prepare: (exports, key, _length, state) => exports.prepareKuznyechikCmac(key, state),
    many: 'kuznyechikCmacMany',
  },
  magmaCmac: {
    bytes: 8,
    state: 'MAGMA_CMAC_STATE_BYTES',
    scratch: 'MAGMA_CMAC_SCRATCH_BYTES',
    prepare: (exports, key, _length, state) => exports.prepareMagmaCmac(key, state),
    many: 'magmaCmacMany',
  },
};

export async function openMacs(name: MacName, key: Uint8Array, messages: readonly Uint8Array[]): Promise<Macs> {
  const { exports, layout } = await instantiate(await compileCore());
  const { bytes, state, scratch, prepare, many } = FUNCTIONS[name];
  const size = messages.reduce((sum, message) => sum + message.length, 0) + layout.INPUT_PADDING;
  let end = exports.inputStart();
  const place = (length: number): number => {
    const at = end;
    end = Math.ceil((at + length) / 64) * 64;
    return at;
  };
  const [keyAt, stateAt, scratchAt, messagesAt, offsetsAt, outAt] = [
    key.length,
    layout[state],
    layout[scratch],
    size,
    (messages.length + 1) * 4,
    messages.length * bytes,
  ].map(place) as [number, number, number, number, number, number];
  exports.memory.grow(Math.ceil(end / 65_536));
  const memory = new Uint8Array(exports.memory.buffer);
  const offsets = new Uint32Array(exports.memory.buffer, offsetsAt, messages.length + 1);
  memory.set(key, keyAt);
  prepare(exports, keyAt, key.length, stateAt);
  const load = (): void => {
    messages.forEach((message, i) => {
      memory.set(message, messagesAt + offsets[i]!);
      offsets[i + 1] = offsets[i]! + message.length;
    });
  };
  const batch = (): void => {
    exports[many](stateAt, messages.length, messagesAt, offsetsAt, outAt, scratchAt);
  };
  const single = (message: Uint8Array): void => {
    memory.set(message, messagesAt);
    offsets[1] = message.length;
    exports[many](stateAt, 1, messagesAt, offsetsAt, outAt, scratchAt);
  };
  const agree = (expected: Uint8Array, at: number): void => {
    if (Buffer.compare(memory.subarray(at, at + bytes), expected) !== 0) throw new Error(`${name} gives another MAC`);
  };
  return {
    batch,
    singles: (some) => {
      for (const message of some) single(message);
    },
    check: (expected) => {
      messages.forEach((message, i) => {
        single(message);
        agree(expected[i]!, outAt);
      });
      load();
      batch();
      expected.forEach((mac, i) => {
        agree(mac, outAt + i * bytes);
      });
    },
  };
}
