// Goal: a batch of any codes, in any order and size, with any keys at any moment, gets the results that each code gets by itself from a
// naive opinion. Method: rings with dates, revocations and missing secrets; tails made, damaged, exchanged and left out.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyRing, isMacKey, loadCore, TAIL_RESULTS, type TailKey } from '../index.js';
import { HEADS, NaiveVerifier, serialOf } from './tails.test.data.js';

const naive = new NaiveVerifier(await loadCore());
const core = await loadCore({ keyMemory: 8 * 1024 * 1024 });

const AT = Date.UTC(2026, 2, 16);
const DAY = 86_400_000;
const moment = fc.option(
  fc.integer({ min: -3, max: 3 }).map((days) => AT + days * DAY),
  { nil: undefined, freq: 3 },
);

const ring: fc.Arbitrary<TailKey[]> = fc
  .array(fc.record({ from: moment, to: moment, revokedAt: moment, secret: fc.nat(9) }), {
    minLength: naive.keys.length,
    maxLength: naive.keys.length,
  })
  .map((settings) =>
    naive.keys.map((key, index) => {
      const { from, to, revokedAt, secret } = settings[index]!;
      const dated = { ...key, from, to: to !== undefined && to <= (from ?? -Infinity) ? undefined : to, revokedAt };
      return isMacKey(dated) && secret === 0 ? { ...dated, secret: undefined } : dated;
    }),
  );

const structures = Object.keys(HEADS);
const damage = fc.constantFrom(
  'none',
  'none',
  'none',
  'tail',
  'serial',
  'cut',
  'absent',
  'alphabet',
  'garbage',
  'key id',
);
const row = fc.record({
  key: fc.nat(naive.keys.length - 1),
  structure: fc.nat(structures.length - 1),
  own: fc.boolean(),
  number: fc.nat(5),
  damage,
  at: fc.nat(200),
});

const made = new Map<string, string>();

function lineOf({
  key,
  structure,
  own,
  number,
  damage: how,
  at,
}: typeof row extends fc.Arbitrary<infer T> ? T : never) {
  const chosen = naive.keys[key]!;
  const name = own ? chosen.formats[number % chosen.formats.length]! : structures[structure]!;
  const form = name in HEADS ? name : structures[structure]!;
  const cacheName = `${key} ${form} ${number}`;
  // Signatures in BigInt take their time.
  const code = made.get(cacheName) ?? naive.code(chosen, form, serialOf(number));
  made.set(cacheName, code);
  const last = code.length - 1 - (at % 88);
  if (how === 'tail') return replaced(code, code.length - 1 - (at % 4), 'Q');
  if (how === 'serial') return replaced(code, 20, 'Z');
  if (how === 'cut') return code.slice(0, -1 - (at % 5));
  if (how === 'absent') return code.slice(0, code.search(/\x1d|$/));
  if (how === 'alphabet') return replaced(code, last, '!');
  if (how === 'key id') return code.replace(/\x1d91..../, '\x1d91ZZ99');
  return how === 'garbage' ? code.slice(at % 30) : code;
}

function replaced(text: string, at: number, character: string): string {
  return text.slice(0, Math.max(0, at)) + character + text.slice(at + 1);
}

describe('verifyTails', () => {
  it('gives each row what it gets by itself', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(ring, fc.array(row, { maxLength: 60 }), fc.integer({ min: -3, max: 3 }), (keys, rows, days) => {
        const at = AT + days * DAY;
        const lines = rows.map(lineOf);
        const expected = lines.map((line) => naive.result(line, keys, at));
        const held = createKeyRing(keys);
        const batch = core.parseBatch(Buffer.from(lines.join('\n'), 'latin1'));
        const results = Array.from(
          core.verifyTails(batch, held, { at: new Date(at) }),
          (number) => TAIL_RESULTS[number]!,
        );
        expect(results.map((result, i) => [lines[i], result])).toEqual(
          lines.slice(0, batch.count).map((line, i) => [line, expected[i]]),
        );
        // The batch is as it was.
        for (let i = 0; i < batch.count; i += 7) expect(Buffer.from(batch.line(i)).toString('latin1')).toBe(lines[i]);
        for (const result of results) seen.add(result);
        held.unload();
      }),
      { numRuns: 60, seed: 4 },
    );
    // A test that never meets a result can't fail for it.
    expect([...seen].sort()).toEqual([...TAIL_RESULTS].sort());
  });

  it('gives large batches of mixed keys the same in any order', () => {
    const rows = fc.sample(row, { numRuns: 3000, seed: 7 });
    const lines = rows.map(lineOf);
    const keys = createKeyRing(naive.keys);
    const at = new Date(AT);
    const expected = new Map(lines.map((line) => [line, naive.result(line, naive.keys, AT)]));
    for (const order of [lines, [...lines].reverse(), [...lines].sort(), lines.slice(0, 1), lines.slice(0, 1025)]) {
      const batch = core.parseBatch(Buffer.from(order.join('\n'), 'latin1'));
      const results = core.verifyTails(batch, keys, { at });
      const wrong = order.filter((line, i) => TAIL_RESULTS[results[i]!] !== expected.get(line));
      expect(wrong.slice(0, 3)).toEqual([]);
    }
    keys.unload();
  });

  it('takes any bytes as codes: never a trap, never VALID', () => {
    const keys = createKeyRing(naive.keys);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (codes) => {
        const bytes = Buffer.concat(codes.flatMap((code) => [code, Buffer.from('\n')]));
        const batch = core.parseBatch(bytes);
        const results = core.verifyTails(batch, keys, { at: new Date(AT) });
        expect(results.length).toBe(batch.count);
        expect(results).not.toContain(TAIL_RESULTS.indexOf('VALID'));
      }),
      { numRuns: 200 },
    );
    keys.unload();
  });
});
