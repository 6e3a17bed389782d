// Strict base64: what decodes is exactly what an encoder writes, and the position names the first wrong byte.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCore } from '../load.js';
import { instantiate } from '../module.js';

const { exports, layout } = await instantiate(await compileCore());
exports.memory.grow(2);
const memory = Buffer.from(exports.memory.buffer);
const TEXT = exports.inputStart();
const OUT = TEXT + 4_096;
const { BASE64_STANDARD: STANDARD, BASE64_URL: URL_SAFE, BASE64_UNPADDED: UNPADDED } = layout;

/** The bytes, or the position of the first wrong one. */
function decode(text: string, alphabet: number = STANDARD): Buffer | number {
  const length = memory.write(text, TEXT, 'latin1');
  memory.fill(0xcc, OUT, OUT + 4_096);
  const result = exports.decodeBase64(TEXT, length, alphabet, OUT) | 0;
  expect(memory[OUT + (result < 0 ? Math.ceil(length / 4) * 3 : result)]).toBe(0xcc);
  return result < 0 ? -1 - result : Buffer.from(memory.subarray(OUT, OUT + result));
}

const SPECIAL = '+/-_=AQgwz09\0\x7f\x80\xff\n ';
const text = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...'ABCDabcd0123xyz+/') }, fc.constantFrom(...SPECIAL)), {
    maxLength: 40,
  })
  .map((characters) => characters.join(''));
const nearly = fc
  .tuple(fc.uint8Array({ maxLength: 30 }), fc.nat(40), fc.constantFrom('', ...SPECIAL), fc.nat(1))
  .map(([bytes, at, character, removed]) => {
    const good = Buffer.from(bytes).toString('base64');
    return good.slice(0, at) + character + good.slice(at + removed);
  });

describe('decoding base64', () => {
  it('takes what Buffer would write again, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(text, nearly), (some) => {
        const round = Buffer.from(some, 'base64');
        const result = decode(some);
        if (round.toString('base64') === some) expect(result).toEqual(round);
        else expect(typeof result).toBe('number');
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes the URL alphabet with its padding, or without when that is allowed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          nearly.map((some) => some.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')),
        ),
        (some) => {
          const round = Buffer.from(some.replace(/=+$/, ''), 'base64url');
          const unpadded = round.toString('base64url');
          const padded = unpadded + '='.repeat(-unpadded.length & 3);
          const strict = decode(some, URL_SAFE);
          const free = decode(some, URL_SAFE | UNPADDED);
          if (some === padded) expect(strict).toEqual(round);
          else expect(typeof strict).toBe('number');
          if (some === padded || some === unpadded) expect(free).toEqual(round);
          else expect(typeof free).toBe('number');
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('the position is of a byte before which all is well', () => {
    fc.assert(
      fc.property(fc.oneof(text, nearly), (some) => {
        const result = decode(some);
        if (typeof result !== 'number') return;
        expect(result).toBeLessThanOrEqual(some.length);
        // With other bytes from there on it is right.
        const head = some.slice(0, result);
        const completions = ['', 'A', 'AA', 'AAA', 'AAAA', '=', '=='].map((tail) => decode(head + tail));
        expect(completions.some((completed) => typeof completed !== 'number')).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('names the place', () => {
    expect(decode('')).toEqual(Buffer.alloc(0));
    expect(decode('QUJD')).toEqual(Buffer.from('ABC'));
    expect(decode('QU-D')).toBe(2);
    expect(decode('QUJD\n')).toBe(4);
    expect(decode('QQ==')).toEqual(Buffer.from('A'));
    expect(decode('QR==')).toBe(1);
    expect(decode('QUI=')).toEqual(Buffer.from('AB'));
    expect(decode('QUJ=')).toBe(2);
    expect(decode('QQ')).toBe(2);
    expect(decode('QQ=')).toBe(2);
    expect(decode('Q===')).toBe(1);
    expect(decode('====')).toBe(0);
    expect(decode('QQ==QQ==')).toBe(2);
    expect(decode('Q')).toBe(1);
    expect(decode('Q', STANDARD | UNPADDED)).toBe(1);
    expect(decode('QQ', STANDARD | UNPADDED)).toEqual(Buffer.from('A'));
    expect(decode('QR', STANDARD | UNPADDED)).toBe(1);
    expect(decode('-_-_', URL_SAFE)).toEqual(Buffer.from('+/+/', 'base64'));
    expect(decode('+_-_', URL_SAFE)).toBe(0);
  });
});
