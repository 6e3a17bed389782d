// The functions of the module behind the methods: messages in parts, prepared keys that move, what is wiped, comparison.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compileCore } from '../load.js';
import { instantiate, type Layout } from '../module.js';
import { bytesOf, hexOf, type MacVector, vectors } from './messages.test.data.js';

const { exports, layout } = await instantiate(await compileCore());
exports.memory.grow(8);
const memory = new Uint8Array(exports.memory.buffer);
const first = exports.inputStart();
/** Places far enough from each other for what stands there. */
const [STATE, SCRATCH, MESSAGE, OFFSETS, OUT] = [0, 8_192, 16_384, 65_536, 73_728].map((offset) => first + offset) as [
  number,
  number,
  number,
  number,
  number,
];
const view = (at: number, length: number): Uint8Array => memory.subarray(at, at + length);
const words = (at: number, values: readonly number[]): void =>
  new Uint32Array(memory.buffer, at, values.length).set(values);

describe('a message in parts', () => {
  const message = new Uint8Array(300).map((_, i) => i * 31 + 5);
  const inParts = (
    start: () => void,
    add: 'sha256Add' | 'streebogAdd',
    end: 'sha256End' | 'streebogEnd',
    size: number,
    cuts: number[],
  ): string => {
    view(MESSAGE, 300).set(message);
    start();
    let at = 0;
    for (const cut of [...cuts, 300]) {
      exports[add](STATE, MESSAGE + at, cut - at);
      at = cut;
    }
    exports[end](STATE, OUT);
    return hexOf(view(OUT, size));
  };

  it('has the digest of the whole, wherever it is cut', () => {
    const sha256 = createHash('sha256').update(message).digest('hex');
    const [short, long] = [32, 64].map((size) => {
      return inParts(() => exports.streebogStart(STATE, size), 'streebogAdd', 'streebogEnd', size, []);
    });
    for (let a = 0; a <= 300; a += 7) {
      for (const b of [a, Math.min(300, a + 1), Math.min(300, a + 64), 300]) {
        expect(inParts(() => exports.sha256Start(STATE), 'sha256Add', 'sha256End', 32, [a, b])).toBe(sha256);
        expect(inParts(() => exports.streebogStart(STATE, 32), 'streebogAdd', 'streebogEnd', 32, [a, b])).toBe(short);
        expect(inParts(() => exports.streebogStart(STATE, 64), 'streebogAdd', 'streebogEnd', 64, [a, b])).toBe(long);
      }
    }
  });

  it('leaves a wiped state', () => {
    inParts(() => exports.sha256Start(STATE), 'sha256Add', 'sha256End', 32, [100]);
    expect(view(STATE, layout.SHA256_STATE_BYTES).every((byte) => byte === 0)).toBe(true);
    inParts(() => exports.streebogStart(STATE, 64), 'streebogAdd', 'streebogEnd', 64, [100]);
    expect(view(STATE, layout.STREEBOG_STATE_BYTES).every((byte) => byte === 0)).toBe(true);
  });
});

interface Mac {
  file: string;
  many: 'hmacSha256Many' | 'hmacStreebog256Many' | 'kuznyechikCmacMany' | 'magmaCmacMany';
  state: keyof Layout;
  scratch: keyof Layout;
  prepare(key: number, length: number, state: number): void;
}

const MACS: readonly Mac[] = [
  {
    file: 'hmac_sha256',
    many: 'hmacSha256Many',
    state: 'HMAC_SHA256_STATE_BYTES',
    scratch: 'HMAC_SHA256_SCRATCH_BYTES',
    prepare: exports.prepareHmacSha256,
  },
  {
    file: 'hmac_streebog256',
    many: 'hmacStreebog256Many',
    state: 'HMAC_STREEBOG256_STATE_BYTES',
    scratch: 'HMAC_STREEBOG256_SCRATCH_BYTES',
    prepare: exports.prepareHmacStreebog256,
  },
  {
    file: 'kuznyechik_cmac',
    many: 'kuznyechikCmacMany',
    state: 'KUZNYECHIK_CMAC_STATE_BYTES',
    scratch: 'KUZNYECHIK_CMAC_SCRATCH_BYTES',
    prepare: (key, _length, state) => exports.prepareKuznyechikCmac(key, state),
  },
  {
    file: 'magma_cmac',
    many: 'magmaCmacMany',
    state: 'MAGMA_CMAC_STATE_BYTES',
    scratch: 'MAGMA_CMAC_SCRATCH_BYTES',
    prepare: (key, _length, state) => exports.prepareMagmaCmac(key, state),
  },
];

describe.each(MACS)('$many', ({ file, many, state, scratch, prepare }) => {
  const lines = vectors<MacVector>(file);
  const { key, msg, mac } = lines.at(-1)!;
  const KEY = OUT + 4_096;
  const ready = (): void => {
    view(KEY, key.length / 2).set(bytesOf(key));
    prepare(KEY, key.length / 2, STATE);
    view(MESSAGE, msg.length / 2).set(bytesOf(msg));
    words(OFFSETS, [0, msg.length / 2]);
  };

  it('takes a prepared key wherever it was moved to, and again', () => {
    ready();
    const moved = STATE + 4_096 + 16;
    view(moved, layout[state]).set(view(STATE, layout[state]));
    view(STATE, layout[state]).fill(0xee);
    for (let round = 0; round < 2; round++) {
      exports[many](moved, 1, MESSAGE, OFFSETS, OUT, SCRATCH);
      expect(hexOf(view(OUT, mac.length / 2))).toBe(mac);
    }
    view(moved, layout[state]).fill(0);
  });

  it('writes its outputs and its scratch only, and wipes the scratch', () => {
    ready();
    const size = layout[scratch];
    view(SCRATCH, size + 64).fill(0x5a);
    view(OUT - 64, 256).fill(0xa5);
    const before = memory.slice(first, SCRATCH);
    exports[many](STATE, 1, MESSAGE, OFFSETS, OUT, SCRATCH);
    expect(view(SCRATCH, size).every((byte) => byte === 0)).toBe(true);
    expect(view(SCRATCH + size, 64).every((byte) => byte === 0x5a)).toBe(true);
    expect(view(OUT - 64, 64).every((byte) => byte === 0xa5)).toBe(true);
    expect(view(OUT + mac.length / 2, 128).every((byte) => byte === 0xa5)).toBe(true);
    expect(memory.slice(first, SCRATCH)).toEqual(before);
  });

  it('writes only the state when it prepares a key, and leaves neither key nor padded key elsewhere', () => {
    ready();
    const size = layout[state];
    view(STATE, size + 64).fill(0x5a);
    ready();
    expect(view(STATE + size, 64).every((byte) => byte === 0x5a)).toBe(true);
    exports[many](STATE, 1, MESSAGE, OFFSETS, OUT, SCRATCH);
    const secret = bytesOf(key).subarray(0, 16);
    view(KEY, key.length / 2).fill(0);
    view(STATE, size).fill(0);
    for (const pad of [0, 0x36, 0x5c]) {
      const wanted = secret.map((byte) => byte ^ pad);
      expect(Buffer.from(memory.buffer).indexOf(Buffer.from(wanted))).toBe(-1);
      const swapped = Buffer.from(wanted).swap32();
      expect(Buffer.from(memory.buffer).indexOf(swapped)).toBe(-1);
    }
  });
});

describe('comparison', () => {
  it('sees a difference of any bit at any place, and nothing behind', () => {
    const bytes = new Uint8Array(40).map((_, i) => i * 11);
    view(MESSAGE, 40).set(bytes);
    view(OUT, 40).set(bytes);
    expect(exports.isEqualConstantTime(MESSAGE, OUT, 40)).toBe(1);
    for (let at = 0; at < 40; at++) {
      for (let bit = 1; bit < 256; bit <<= 1) {
        memory[OUT + at]! ^= bit;
        expect(exports.isEqualConstantTime(MESSAGE, OUT, 40)).toBe(0);
        expect(exports.isEqualConstantTime(MESSAGE, OUT, at)).toBe(1);
        memory[OUT + at]! ^= bit;
      }
    }
  });
});
