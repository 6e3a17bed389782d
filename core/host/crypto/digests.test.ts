// Hashes and MACs: every line of the vectors, alone and among others; the standards' examples; the promises of the host's methods.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../index.js';
import {
  bytesOf,
  HASHES,
  type HashVector,
  hexOf,
  MACS,
  type MacVector,
  packed,
  parts,
  vectors,
} from './messages.test.data.js';

const core = await loadCore();

describe('hash vectors', () => {
  for (const name of ['streebog256', 'streebog512'] as const) {
    const lines = vectors<HashVector>(name);
    it(`${name}: each line alone`, () => {
      expect(lines).toHaveLength(200);
      for (const { msg, digest } of lines) expect(hexOf(core[name](bytesOf(msg)))).toBe(digest);
    });
    it(`${name}: all lines in one call`, () => {
      const results = core.hashMany(name, packed(lines.map(({ msg }) => bytesOf(msg))));
      expect(parts(results, lines.length)).toEqual(lines.map(({ digest }) => digest));
    });
  }
});

describe('MAC vectors', () => {
  const files = {
    hmac_streebog256: ['hmacStreebog256', 150],
    hmac_sha256: ['hmacSha256', 100],
    kuznyechik_cmac: ['kuznyechikCmac', 100],
    magma_cmac: ['magmaCmac', 100],
  } as const;
  for (const [file, [name, count]] of Object.entries(files)) {
    const lines = vectors<MacVector>(file);
    it(`${file}: each line alone`, () => {
      expect(lines).toHaveLength(count);
      for (const { key, msg, mac } of lines) expect(hexOf(core[name](bytesOf(key), bytesOf(msg)))).toBe(mac);
    });
    it(`${file}: each line among all messages, in both orders`, () => {
      const messages = lines.map(({ msg }) => bytesOf(msg));
      const reversed = packed(messages.toReversed());
      const forward = packed(messages);
      lines.forEach(({ key, mac }, i) => {
        expect(parts(core.macMany(name, bytesOf(key), forward), messages.length)[i]).toBe(mac);
        expect(parts(core.macMany(name, bytesOf(key), reversed), messages.length).at(-1 - i)).toBe(mac);
      });
    });
  }
});

describe("the standards' examples", () => {
  const reversed = (hex: string): Uint8Array => bytesOf(hex).reverse();
  const M1 =
    '323130393837363534333231303938373635343332313039383736353433323130393837363534333231303938373635343332313039383736353433323130';
  const M2 =
    'fbe2e5f0eee3c820fbeafaebef20fffbf0e1e0f0f520e0ed20e8ece0ebe5f0f2f120fff0eeec20f120faf2fee5e2202ce8f6f3ede220e8e6eee1e8f0f2d1202ce8f0f2e5e220e5d1';

  it('RFC 6986 section 10, printed as numbers', () => {
    expect(hexOf(core.streebog512(reversed(M1)).reverse())).toBe(
      '486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b',
    );
    expect(hexOf(core.streebog256(reversed(M1)).reverse())).toBe(
      '00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d',
    );
    expect(hexOf(core.streebog512(reversed(M2)).reverse())).toBe(
      '28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f037613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e',
    );
    expect(hexOf(core.streebog256(reversed(M2)).reverse())).toBe(
      '508f7e553c06501d749a66fc28c6cac0b005746d97537fa85d9e40904efed29d',
    );
  });

  it('FIPS 180-4: the digests of abc and of two blocks', () => {
    const text = (string: string): Uint8Array => new TextEncoder().encode(string);
    expect(hexOf(core.sha256(text('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hexOf(core.sha256(text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')))).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });

  // A MAC of one whole block is the cipher's of block ⊕ K1; the annexes of GOST R 34.13-2015 print K1 for the RFCs' keys.
  const oneBlock = (block: string, subkey: string): Uint8Array => {
    const mask = bytesOf(subkey);
    return bytesOf(block).map((byte, i) => byte ^ mask[i]!);
  };

  it('RFC 7801 section 5.5: Kuznyechik encrypts the block', () => {
    const key = bytesOf('8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef');
    const block = oneBlock('1122334455667700ffeeddccbbaa9988', '297d82bc4d39e3ca0de0573298151dc7');
    expect(hexOf(core.kuznyechikCmac(key, block))).toBe('7f679d90bebc24305a468d42b9d4edcd');
  });

  it('RFC 8891 appendix A: Magma encrypts the block', () => {
    const key = bytesOf('ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
    expect(hexOf(core.magmaCmac(key, oneBlock('fedcba9876543210', '5f459b3342521424')))).toBe('4ee901e5c2d8ca3d');
  });
});

describe('the methods', () => {
  it('take the keys the algorithms take', () => {
    for (const length of [0, 16, 31, 33, 64]) {
      expect(() => core.kuznyechikCmac(new Uint8Array(length), new Uint8Array(3))).toThrow(RangeError);
      expect(() => core.magmaCmac(new Uint8Array(length), new Uint8Array(3))).toThrow(
        `the key has ${length} bytes; 32`,
      );
    }
    const message = new Uint8Array(45).map((_, i) => i * 5);
    for (let length = 0; length < 200; length++) {
      const key = new Uint8Array(length).map((_, i) => i * 7 + length);
      expect(hexOf(core.hmacSha256(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'));
      const long = length > 64 ? core.streebog256(key) : key;
      expect(core.hmacStreebog256(key, message)).toEqual(hmac(long, message));
    }
  });

  it('agree with node:crypto at every length from 0 to 300', () => {
    const key = new Uint8Array(32).map((_, i) => 200 - i);
    const messages = Array.from({ length: 301 }, (_, length) => new Uint8Array(length).map((_, i) => i * 13 + length));
    const digests = messages.map((message) => createHash('sha256').update(message).digest('hex'));
    const macs = messages.map((message) => createHmac('sha256', key).update(message).digest('hex'));
    expect(messages.map((message) => hexOf(core.sha256(message)))).toEqual(digests);
    expect(messages.map((message) => hexOf(core.hmacSha256(key, message)))).toEqual(macs);
    expect(parts(core.hashMany('sha256', packed(messages)), 301)).toEqual(digests);
    expect(parts(core.macMany('hmacSha256', key, packed(messages)), 301)).toEqual(macs);
  });

  it('hash a long message in pieces, without room for all of it', async () => {
    const small = await loadCore();
    const before = memoryOf(small);
    const long = new Uint8Array(3_000_001).map((_, i) => i ^ (i >> 8));
    expect(hexOf(small.sha256(long))).toBe(createHash('sha256').update(long).digest('hex'));
    expect(parts(small.hashMany('streebog256', packed([long])), 1)[0]).toBe(hexOf(core.streebog256(long)));
    small.streebog512(long);
    expect(memoryOf(small)).toBeGreaterThan(before);
    const pieces = await loadCore();
    pieces.streebog256(long);
    pieces.sha256(long);
    expect(memoryOf(pieces) - before).toBeLessThan(200_000);
  });

  it('give nothing for no messages, and refuse offsets that go back or out', () => {
    for (const name of HASHES) expect(core.hashMany(name, packed([]))).toHaveLength(0);
    for (const name of MACS) expect(core.macMany(name, new Uint8Array(32), packed([]))).toHaveLength(0);
    for (const name of MACS) {
      const none = { bytes: new Uint8Array(), offsets: new Uint32Array() };
      expect(core.macMany(name, new Uint8Array(32), none)).toHaveLength(0);
    }
    const bytes = new Uint8Array(10);
    expect(() => core.hashMany('sha256', { bytes, offsets: Uint32Array.of(0, 6, 5) })).toThrow('offset 2 is less');
    expect(() => core.hashMany('sha256', { bytes, offsets: Uint32Array.of(0, 11) })).toThrow('past the 10 bytes');
    expect(() => core.macMany('magmaCmac', new Uint8Array(32), { bytes, offsets: Uint32Array.of(3, 2) })).toThrow(
      RangeError,
    );
  });

  it('leave the last batch as it was, and keep no key', async () => {
    const own = await loadCore();
    const batch = own.parseBatch(new TextEncoder().encode('0104607000001042211234567890123\n'));
    const before = batch.at(0);
    const key = Uint8Array.from({ length: 32 }, (_, i) => 0xa1 + i * 3);
    const bytes = own.input(0).buffer;
    const again = own.parseBatch(new TextEncoder().encode('0104607000001042211234567890123\n'));
    for (const name of MACS) own[name](key, new Uint8Array(100));
    for (const name of HASHES) own[name](key);
    expect(again.at(0)).toEqual(before);
    expect(Buffer.from(bytes).indexOf(Buffer.from(key.subarray(0, 8)))).toBe(-1);
  });
});

/** HMAC as RFC 2104 words it, of Streebog-256 and a key of at most a block. */
function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  const pad = (byte: number): Uint8Array => new Uint8Array(64).map((_, i) => (key[i] ?? 0) ^ byte);
  const inner = core.streebog256(Buffer.concat([pad(0x36), message]));
  return core.streebog256(Buffer.concat([pad(0x5c), inner]));
}

function memoryOf(some: typeof core): number {
  return some.input(0).buffer.byteLength;
}
