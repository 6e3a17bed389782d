// Checks the tails of all rows of one key, CHUNK_ROWS at a time: messages are built and tails decoded for a chunk, then its
// hashes and signatures, or its MACs, are computed together.
//
// Scratch, for one chunk:
//
//   ├ rows u32 ┼ offsets u32, one more ┼ tails 64 bytes ┼ outputs 32 bytes ┼ verdicts u8 ┼ messages ┼ of the primitives ┤
//
// MACs are compared in constant time. What the MACs themselves reveal by their table look-ups their files state.
import { columnAt } from '../batch';
import { BASE64_STANDARD, BASE64_UNPADDED, BASE64_URL, decodeBase64 } from '../crypto/base64';
import {
  KUZNYECHIK_CMAC_SCRATCH_BYTES,
  KUZNYECHIK_CMAC_STATE_BYTES,
  kuznyechikCmacMany,
  prepareKuznyechikCmac,
} from '../crypto/cmac-kuznyechik';
import {
  MAGMA_CMAC_SCRATCH_BYTES,
  MAGMA_CMAC_STATE_BYTES,
  magmaCmacMany,
  prepareMagmaCmac,
} from '../crypto/cmac-magma';
import { isEqualConstantTime } from '../crypto/compare';
import { ecdsaScratchBytes, ecdsaVerifyMany } from '../crypto/ecdsa';
import { gostVerifyMany, verifyScratchBytes } from '../crypto/gost3410';
import {
  HMAC_SHA256_SCRATCH_BYTES,
  HMAC_SHA256_STATE_BYTES,
  hmacSha256Many,
  prepareHmacSha256,
} from '../crypto/hmac-sha256';
import {
  HMAC_STREEBOG256_SCRATCH_BYTES,
  HMAC_STREEBOG256_STATE_BYTES,
  hmacStreebog256Many,
  prepareHmacStreebog256,
} from '../crypto/hmac-streebog';
import { SHA256_SCRATCH_BYTES, sha256Many } from '../crypto/sha256-lanes';
import { STREEBOG_SCRATCH_BYTES, streebog256Many } from '../crypto/streebog';
import { COLUMN_FLAGS, COLUMN_TAIL_LENGTH, COLUMN_TAIL_OFFSET, FLAG_AMBIGUOUS } from '../layout';
import { keyRow, noteResult, tailOrder } from './group';
import {
  ALGORITHM_GOST3410,
  ALGORITHM_HMAC_SHA256,
  ALGORITHM_HMAC_STREEBOG256,
  ALGORITHM_KUZNYECHIK_CMAC,
  CHUNK_MESSAGE_BYTES,
  CHUNK_ROWS,
  ENCODING_BASE64URL,
  ENCODING_RAW,
  HASH_NONE,
  HASH_STREEBOG256,
  KEY_FLAG_LITTLE_ENDIAN,
  KEY_FLAG_PADDED,
  KEY_FLAG_S_FIRST,
  MESSAGE_MAX,
  TAIL_INVALID,
  TAIL_MALFORMED,
  TAIL_UNVERIFIABLE,
  TAIL_VALID,
} from './layout';
import { buildMessage } from './message';

const ROWS: usize = 0;
const OFFSETS: usize = ROWS + CHUNK_ROWS * 4;
const TAILS: usize = OFFSETS + CHUNK_ROWS * 4 + 16;
const TAIL_STRIDE: usize = 64;
const OUTPUTS: usize = TAILS + CHUNK_ROWS * 64;
const OUTPUT_STRIDE: usize = 32;
const VERDICTS: usize = OUTPUTS + CHUNK_ROWS * 32;
const MESSAGES: usize = VERDICTS + CHUNK_ROWS;
/** Hashes read up to 64 bytes past the last message. */
const PRIMITIVES: usize = MESSAGES + CHUNK_MESSAGE_BYTES + 64;

/** Room for a key whose secret, or state, is being prepared, and for a decoded tail. */
const DECODED_MAX: u32 = 64;

/** Bytes of scratch for {@link verifyMacs}. */
export function macScratchBytes(): u32 {
  const streebog = max(HMAC_STREEBOG256_SCRATCH_BYTES, STREEBOG_SCRATCH_BYTES);
  const sha256 = max(HMAC_SHA256_SCRATCH_BYTES, SHA256_SCRATCH_BYTES);
  const ciphers = max(KUZNYECHIK_CMAC_SCRATCH_BYTES, MAGMA_CMAC_SCRATCH_BYTES);
  return <u32>PRIMITIVES + max(max(streebog, sha256), ciphers);
}

/** Bytes of the state that {@link prepareMac} makes of a secret. */
export function macStateBytes(algorithm: u32): u32 {
  if (algorithm === ALGORITHM_HMAC_STREEBOG256) return HMAC_STREEBOG256_STATE_BYTES;
  if (algorithm === ALGORITHM_HMAC_SHA256) return HMAC_SHA256_STATE_BYTES;
  return algorithm === ALGORITHM_KUZNYECHIK_CMAC ? KUZNYECHIK_CMAC_STATE_BYTES : MAGMA_CMAC_STATE_BYTES;
}

/** Makes the state of a MAC at `state`; secrets of ciphers have 32 bytes. */
export function prepareMac(algorithm: u32, secret: usize, length: u32, state: usize): void {
  if (algorithm === ALGORITHM_HMAC_STREEBOG256) prepareHmacStreebog256(secret, length, state);
  else if (algorithm === ALGORITHM_HMAC_SHA256) prepareHmacSha256(secret, length, state);
  else if (algorithm === ALGORITHM_KUZNYECHIK_CMAC) prepareKuznyechikCmac(secret, state);
  else prepareMagmaCmac(secret, state);
}

/** Rows of the chunk being made. */
let lanes: u32 = 0;

/**
 * Checks `count` rows from place `first` of the order with a key that holds a secret. `state` is what the primitive's prepare
 * function has made of it.
 */
export function verifyMacs(
  ring: usize,
  key: u32,
  first: u32,
  count: u32,
  input: usize,
  state: usize,
  scratch: usize,
): void {
  const row = keyRow(ring, key);
  const last = first + count;
  while (first < last) {
    first = makeChunk(ring, row, first, last, input, scratch);
    const stride = macMany(<u32>load<u8>(row), state, scratch);
    const size = load<u32>(row, 32);
    for (let lane: usize = 0; lane < <usize>lanes; lane++) {
      const equal = isEqualConstantTime(scratch + OUTPUTS + lane * stride, scratch + TAILS + lane * TAIL_STRIDE, size);
      noteResult(<usize>load<u32>(scratch + ROWS + (lane << 2)), equal ? TAIL_VALID : TAIL_INVALID);
    }
  }
}

/** MACs of the chunk's messages; returns the bytes of one. */
function macMany(algorithm: u32, state: usize, scratch: usize): usize {
  const messages = scratch + MESSAGES;
  const offsets = scratch + OFFSETS;
  const outputs = scratch + OUTPUTS;
  const rest = scratch + PRIMITIVES;
  if (algorithm === ALGORITHM_HMAC_STREEBOG256) {
    hmacStreebog256Many(state, lanes, messages, offsets, outputs, rest);
    return 32;
  }
  if (algorithm === ALGORITHM_HMAC_SHA256) {
    hmacSha256Many(state, lanes, messages, offsets, outputs, rest);
    return 32;
  }
  if (algorithm === ALGORITHM_KUZNYECHIK_CMAC) {
    kuznyechikCmacMany(state, lanes, messages, offsets, outputs, rest);
    return 16;
  }
  magmaCmacMany(state, lanes, messages, offsets, outputs, rest);
  return 8;
}

/** Bytes of scratch for {@link verifySignatures}. */
export function signatureScratchBytes(): u32 {
  const hashes = <usize>max(STREEBOG_SCRATCH_BYTES, SHA256_SCRATCH_BYTES);
  const signatures = max(verifyScratchBytes(), ecdsaScratchBytes());
  return <u32>(PRIMITIVES + max(signatures, hashes));
}

/** Checks `count` rows from place `first` of the order with a public key, whose tables the curve layer has prepared. */
export function verifySignatures(
  ring: usize,
  key: u32,
  first: u32,
  count: u32,
  input: usize,
  curveTable: usize,
  keyTable: usize,
  scratch: usize,
): void {
  const row = keyRow(ring, key);
  const last = first + count;
  const digests = scratch + OUTPUTS;
  const signatures = scratch + TAILS;
  const verdicts = scratch + VERDICTS;
  const rest = scratch + PRIMITIVES;
  const curve = <u32>load<u8>(row, 1);
  while (first < last) {
    first = makeChunk(ring, row, first, last, input, scratch);
    digestMessages(<u32>load<u8>(row, 2), scratch);
    const flags = <u32>load<u8>(row, 4);
    for (let lane: usize = 0; lane < <usize>lanes; lane++) arrangeSignature(signatures + lane * TAIL_STRIDE, flags);
    if (<u32>load<u8>(row) === ALGORITHM_GOST3410) {
      gostVerifyMany(curve, curveTable, keyTable, lanes, digests, signatures, verdicts, rest);
    } else {
      ecdsaVerifyMany(curveTable, keyTable, lanes, digests, signatures, verdicts, rest);
    }
    for (let lane: usize = 0; lane < <usize>lanes; lane++) {
      const valid = load<u8>(verdicts + lane) !== 0;
      noteResult(<usize>load<u32>(scratch + ROWS + (lane << 2)), valid ? TAIL_VALID : TAIL_INVALID);
    }
  }
}

/** Digests of the chunk's messages. Without a hash the message is the digest; rows whose message is none are dropped. */
function digestMessages(hash: u32, scratch: usize): void {
  const messages = scratch + MESSAGES;
  const offsets = scratch + OFFSETS;
  const outputs = scratch + OUTPUTS;
  const rest = scratch + PRIMITIVES;
  if (hash === HASH_STREEBOG256) {
    streebog256Many(lanes, messages, offsets, outputs, rest);
  } else if (hash !== HASH_NONE) {
    sha256Many(lanes, messages, offsets, outputs, rest);
  } else {
    takeDigests(scratch);
  }
}

function takeDigests(scratch: usize): void {
  let kept: usize = 0;
  for (let lane: usize = 0; lane < <usize>lanes; lane++) {
    const start = load<u32>(scratch + OFFSETS + (lane << 2));
    const row = load<u32>(scratch + ROWS + (lane << 2));
    if (load<u32>(scratch + OFFSETS + (lane << 2), 4) - start !== <u32>OUTPUT_STRIDE) {
      noteResult(<usize>row, TAIL_UNVERIFIABLE);
      continue;
    }
    memory.copy(scratch + OUTPUTS + kept * OUTPUT_STRIDE, scratch + MESSAGES + start, OUTPUT_STRIDE);
    memory.copy(scratch + TAILS + kept * TAIL_STRIDE, scratch + TAILS + lane * TAIL_STRIDE, TAIL_STRIDE);
    store<u32>(scratch + ROWS + (kept << 2), row);
    kept++;
  }
  lanes = <u32>kept;
}

/** Turns 64 bytes as a scheme writes them into r and s, each most significant byte first. */
function arrangeSignature(at: usize, flags: u32): void {
  let a = v128.load(at);
  let b = v128.load(at, 16);
  let c = v128.load(at, 32);
  let d = v128.load(at, 48);
  if ((flags & KEY_FLAG_LITTLE_ENDIAN) !== 0) {
    const low = reverse(b);
    b = reverse(a);
    a = low;
    const lowOther = reverse(d);
    d = reverse(c);
    c = lowOther;
  }
  const swap = (flags & KEY_FLAG_S_FIRST) !== 0;
  v128.store(at, swap ? c : a);
  v128.store(at, swap ? d : b, 16);
  v128.store(at, swap ? a : c, 32);
  v128.store(at, swap ? b : d, 48);
}

function reverse(bytes: v128): v128 {
  return i8x16.shuffle(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/**
 * Builds messages and decodes tails of as many rows as a chunk holds, from place `first` of the order on. Rows whose tail is
 * malformed, or whose code lacks a part of the message, are judged here. Returns the place of the first row left.
 */
function makeChunk(ring: usize, key: usize, first: u32, last: u32, input: usize, scratch: usize): u32 {
  const program = ring + load<u32>(ring, 20) + load<u32>(key, 36);
  const start = scratch + MESSAGES;
  const end = start + CHUNK_MESSAGE_BYTES - 64;
  const order = tailOrder();
  let to = start;
  lanes = 0;
  store<u32>(scratch + OFFSETS, 0);
  for (; first < last && lanes < CHUNK_ROWS && end - to >= <usize>MESSAGE_MAX; first++) {
    const row = <usize>load<u32>(order + ((<usize>first) << 2));
    const tailAt = decodeTail(key, row, input, scratch + TAILS + <usize>lanes * TAIL_STRIDE);
    if (tailAt === 0) {
      noteResult(row, TAIL_MALFORMED);
      continue;
    }
    const built = buildMessage(program, row, input, tailAt, to, to + MESSAGE_MAX);
    if (built === 0) {
      noteResult(row, TAIL_UNVERIFIABLE);
      continue;
    }
    store<u32>(scratch + ROWS + ((<usize>lanes) << 2), <u32>row);
    lanes++;
    to = built;
    store<u32>(scratch + OFFSETS + ((<usize>lanes) << 2), <u32>(to - start));
  }
  return first;
}

/** Where a tail of one byte too many would be decoded to before it is refused. */
const DECODED: usize = memory.data(192, 16);

/** Decodes a row's tail to `to`. Returns the address of its text, 0 when it is not what the key's scheme makes. */
function decodeTail(key: usize, row: usize, input: usize, to: usize): usize {
  const length = <u32>load<u8>(columnAt(COLUMN_TAIL_LENGTH) + row);
  const wanted = <u32>load<u16>(key, 6);
  let at = input + load<u32>(columnAt(COLUMN_TAIL_OFFSET) + (row << 2));
  if (length !== wanted) {
    // Of a tobacco pack whose country isn't known the tail is what either country calls it, and the shorter one is its end.
    const ambiguous = (load<u16>(columnAt(COLUMN_FLAGS) + (row << 1)) & FLAG_AMBIGUOUS) !== 0;
    if (!ambiguous || length < wanted) return 0;
    at += length - wanted;
  }
  const size = load<u32>(key, 32);
  const encoding = <u32>load<u8>(key, 3);
  if (encoding === ENCODING_RAW) {
    memory.copy(to, at, size);
    return at;
  }
  const alphabet = encoding === ENCODING_BASE64URL ? BASE64_URL : BASE64_STANDARD;
  const padding = (load<u8>(key, 4) & <u8>KEY_FLAG_PADDED) !== 0 ? 0 : BASE64_UNPADDED;
  if (decodeBase64(at, wanted, alphabet | padding, DECODED) !== <i32>size) return 0;
  for (let i: usize = 0; i < <usize>DECODED_MAX; i += 16) v128.store(to + i, v128.load(DECODED + i));
  return at;
}
