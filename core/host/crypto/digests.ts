// Digests and MACs of one message, or of many under one key, by the functions of core/assembly/crypto.
import type { CoreExports, Layout } from '../module.js';
import { checkOffsets } from '../packed-keys.js';
import { apartFrom, checkBytes, checkName, checkObject, checkWords } from './arguments.js';

/** Working memory of a core, good until the next call on it. */
export interface Workroom {
  readonly exports: CoreExports;
  readonly layout: Layout;
  /** Address of `bytes` bytes of scratch memory. @throws RangeError when memory has not so many. */
  work(bytes: number): number;
}

export type HashName = 'sha256' | 'streebog256' | 'streebog512';
export type MacName = 'hmacSha256' | 'hmacStreebog256' | 'kuznyechikCmac' | 'magmaCmac';

/** Messages one after the other; message i is `bytes.subarray(offsets[i], offsets[i + 1])`. */
export interface Messages {
  readonly bytes: Uint8Array;
  /** One more than there are messages; ascending. */
  readonly offsets: Uint32Array;
}

interface Hash {
  readonly bytes: number;
  start(exports: CoreExports, state: number): void;
  readonly add: 'sha256Add' | 'streebogAdd';
  readonly end: 'sha256End' | 'streebogEnd';
  readonly many: 'sha256Many' | 'streebog256Many' | 'streebog512Many';
  readonly state: 'SHA256_STATE_BYTES' | 'STREEBOG_STATE_BYTES';
  readonly scratch: 'SHA256_SCRATCH_BYTES' | 'STREEBOG_SCRATCH_BYTES';
}

const HASHES: Readonly<Record<HashName, Hash>> = {
  sha256: {
    bytes: 32,
    start: (exports, state) => exports.sha256Start(state),
    add: 'sha256Add',
    end: 'sha256End',
    many: 'sha256Many',
    state: 'SHA256_STATE_BYTES',
    scratch: 'SHA256_SCRATCH_BYTES',
  },
  streebog256: streebog(32, 'streebog256Many'),
  streebog512: streebog(64, 'streebog512Many'),
};

function streebog(bytes: number, many: Hash['many']): Hash {
  return {
    bytes,
    start: (exports, state) => exports.streebogStart(state, bytes),
    add: 'streebogAdd',
    end: 'streebogEnd',
    many,
    state: 'STREEBOG_STATE_BYTES',
    scratch: 'STREEBOG_SCRATCH_BYTES',
  };
}

interface Mac {
  readonly bytes: number;
  /** Bytes a key must have; undefined: any number. */
  readonly keyBytes?: number;
  prepare(exports: CoreExports, key: number, length: number, state: number): void;
  readonly many: 'hmacSha256Many' | 'hmacStreebog256Many' | 'kuznyechikCmacMany' | 'magmaCmacMany';
  readonly state: keyof Layout;
  readonly scratch: keyof Layout;
}

const MACS: Readonly<Record<MacName, Mac>> = {
  hmacSha256: {
    bytes: 32,
    prepare: (exports, key, length, state) => exports.prepareHmacSha256(key, length, state),
    many: 'hmacSha256Many',
    state: 'HMAC_SHA256_STATE_BYTES',
    scratch: 'HMAC_SHA256_SCRATCH_BYTES',
  },
  hmacStreebog256: {
    bytes: 32,
    prepare: (exports, key, length, state) => exports.prepareHmacStreebog256(key, length, state),
    many: 'hmacStreebog256Many',
    state: 'HMAC_STREEBOG256_STATE_BYTES',
    scratch: 'HMAC_STREEBOG256_SCRATCH_BYTES',
  },
  kuznyechikCmac: {
    bytes: 16,
    keyBytes: 32,
    prepare: (exports, key, _length, state) => exports.prepareKuznyechikCmac(key, state),
    many: 'kuznyechikCmacMany',
    state: 'KUZNYECHIK_CMAC_STATE_BYTES',
    scratch: 'KUZNYECHIK_CMAC_SCRATCH_BYTES',
  },
  magmaCmac: {
    bytes: 8,
    keyBytes: 32,
    prepare: (exports, key, _length, state) => exports.prepareMagmaCmac(key, state),
    many: 'magmaCmacMany',
    state: 'MAGMA_CMAC_STATE_BYTES',
    scratch: 'MAGMA_CMAC_SCRATCH_BYTES',
  },
};

/** Bytes that pass through working memory at a time, so that a long message doesn't make memory grow. */
const PIECE = 64 * 1024;

/** The digest of a message of any length. @throws TypeError when it is no Uint8Array. */
export function digest(room: Workroom, name: HashName, given: Uint8Array): Uint8Array {
  checkBytes('message', given);
  const hash = HASHES[name];
  const { exports, layout } = room;
  const message = apartFrom(exports.memory.buffer, given);
  const stateBytes = roundUp(layout[hash.state], 64);
  const state = room.work(stateBytes + PIECE);
  const piece = state + stateBytes;
  hash.start(exports, state);
  for (let at = 0; at < message.length; at += PIECE) {
    const part = message.subarray(at, at + PIECE);
    new Uint8Array(exports.memory.buffer, piece, part.length).set(part);
    exports[hash.add](state, piece, part.length);
  }
  exports[hash.end](state, piece);
  return new Uint8Array(exports.memory.buffer, piece, hash.bytes).slice();
}

/**
 * Digests of messages, one behind the other.
 * @throws RangeError when the offsets don't ascend within the bytes, or no hash has the name; TypeError for what is no bytes or offsets.
 */
export function digests(room: Workroom, name: HashName, messages: Messages): Uint8Array {
  checkName('name', name, HASHES);
  const { bytes, many, scratch } = HASHES[name];
  const { exports, layout } = room;
  const places = place(room, messages, 0, layout[scratch], bytes);
  exports[many](places.count, places.messages, places.offsets, places.out, places.scratch);
  return new Uint8Array(exports.memory.buffer, places.out, places.count * bytes).slice();
}

/**
 * The MAC of a message. @throws RangeError when a cipher's key has not 32 bytes, or the message doesn't fit into memory; TypeError when one
 * of the two is no Uint8Array.
 */
export function mac(room: Workroom, name: MacName, key: Uint8Array, message: Uint8Array): Uint8Array {
  checkBytes('message', message);
  return macs(room, name, key, { bytes: message, offsets: Uint32Array.of(0, message.length) });
}

/**
 * MACs of messages under one key, one behind the other. Working memory keeps nothing of key, messages and MACs.
 * @throws RangeError when a cipher's key has not 32 bytes, the offsets don't ascend within the bytes, memory is too small, or no MAC has the
 * name; TypeError for what is no bytes or offsets.
 */
export function macs(room: Workroom, name: MacName, given: Uint8Array, messages: Messages): Uint8Array {
  checkName('name', name, MACS);
  checkBytes('key', given);
  const { bytes, keyBytes, prepare, many, state, scratch } = MACS[name];
  if (keyBytes !== undefined && given.length !== keyBytes) {
    throw new RangeError(`the key has ${given.length} bytes; ${keyBytes} are expected`);
  }
  const { exports, layout } = room;
  const key = apartFrom(exports.memory.buffer, given);
  const stateBytes = roundUp(layout[state], 64);
  const secretBytes = stateBytes + roundUp(key.length, 64);
  const places = place(room, messages, secretBytes, layout[scratch], bytes);
  const keyAt = places.secret + stateBytes;
  const memory = new Uint8Array(exports.memory.buffer);
  try {
    memory.set(key, keyAt);
    prepare(exports, keyAt, key.length, places.secret);
    exports[many](places.secret, places.count, places.messages, places.offsets, places.out, places.scratch);
    return memory.slice(places.out, places.out + places.count * bytes);
  } finally {
    memory.fill(0, places.secret, places.end);
  }
}

interface Places {
  readonly count: number;
  readonly secret: number;
  readonly scratch: number;
  readonly messages: number;
  readonly offsets: number;
  readonly out: number;
  readonly end: number;
}

/** Lays messages into working memory. They may be views over it. */
function place(
  room: Workroom,
  messages: Messages,
  secretBytes: number,
  scratchBytes: number,
  outBytes: number,
): Places {
  checkObject('messages', messages);
  checkBytes('messages.bytes', messages.bytes);
  checkWords('messages.offsets', messages.offsets);
  checkOffsets(messages.offsets, messages.bytes.length);
  const own = room.exports.memory.buffer;
  const bytes = apartFrom(own, messages.bytes);
  const offsets = apartFrom(own, messages.offsets);
  const count = Math.max(0, offsets.length - 1);
  const sizes = [
    secretBytes,
    scratchBytes,
    bytes.length + room.layout.INPUT_PADDING,
    (count + 1) * 4,
    count * outBytes,
  ].map((size) => roundUp(size, 64));
  const starts = [room.work(sizes.reduce((sum, size) => sum + size, 0))];
  for (const size of sizes) starts.push(starts.at(-1)! + size);
  const [secret, scratch, messagesAt, offsetsAt, out, end] = starts as [number, number, number, number, number, number];
  const { buffer } = room.exports.memory;
  new Uint8Array(buffer, messagesAt, bytes.length).set(bytes);
  new Uint32Array(buffer, offsetsAt, offsets.length).set(offsets);
  return { count, secret, scratch, messages: messagesAt, offsets: offsetsAt, out, end };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
