// Forms of any bytes at all: never an exception but for bad rows, limits of the tags kept, and a КИ identifies what its code
// did.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  FORMATS,
  fiscal,
  identificationCode,
  identificationCodeAt,
  identificationCodeWithPrice,
  loadCore,
  printView,
  sgtin,
} from './index.js';

const core = await loadCore();
const SEEDS = FORMATS.flatMap(({ example }) => (example === null ? [] : [Buffer.from(example, 'latin1')]));
const country = fc.constantFrom(undefined, 'RU' as const, 'UZ' as const);

const scan = fc.oneof(
  fc.uint8Array({ maxLength: 160 }),
  fc
    .tuple(fc.constantFrom(...SEEDS), fc.nat(140), fc.oneof(fc.nat(255), fc.constantFrom(0x1d, 0x30, 0x41)), fc.nat(3))
    .map(([seed, at, byte, cut]) => {
      const copy = Uint8Array.from(seed.subarray(0, seed.length - cut));
      if (at < copy.length) copy[at] = byte;
      return copy;
    }),
);

it('a КИ is itself a code, with the same key and the same КИ', () => {
  let codes = 0;
  fc.assert(
    fc.property(scan, country, (bytes, of) => {
      const code = core.parse(bytes, { country: of });
      const short = identificationCode(code);
      expect(short === null).toBe(code.kind === null);
      const batch = core.parseBatch(Uint8Array.of(bytes.length, 0, ...bytes), { country: of, framing: 'u16' });
      expect(identificationCodeAt(batch, 0)).toBe(short);
      if (short === null) return;
      codes++;
      const again = core.parse(short, { country: of });
      expect(again.key).toBe(code.key);
      expect(identificationCode(again)).toBe(short);
      const priced = core.parse(identificationCodeWithPrice(code, bytes)!, { country: of });
      expect([priced.key, priced.price]).toEqual([code.key, code.price]);
    }),
    { numRuns: 20_000 },
  );
  expect(codes).toBeGreaterThan(5000);
});

it('the tags of a receipt keep their limits', () => {
  fc.assert(
    fc.property(scan, country, (bytes, of) => {
      const code = core.parse(bytes, { country: of });
      const { tag, value, tag1162, tag2000 } = fiscal(code, bytes);
      expect(value.length).toBeLessThanOrEqual(tag === 1300 ? 32 : 38);
      expect(tag1162.length).toBeLessThanOrEqual(32);
      if (tag >= 1304 && tag <= 1306) expect(value).toMatch(/^01\d{14}21.{1,20}$/);
      expect(tag2000).toEqual(code.kind === 'unit' ? bytes : null);
      const name = sgtin(code);
      if (name !== null) expect(core.parse(name).key).toBe(code.key);
      expect(printView(code)).toBe(identificationCode(code));
    }),
    { numRuns: 20_000 },
  );
});
