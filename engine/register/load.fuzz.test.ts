// Goal: a load leaves the register that the same codes leave one record at a time. Method: the same events twice, once with one value for
// all codes and once with a value for each, which are no loads; and walks over bytes that are no keys in order.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkRegister } from './check.js';
import type { RegisterEvent } from './event.js';
import { isUniform } from './load.js';
import { LoadKeys } from './load-keys.js';
import { isAscending, packKeys, unpackKeys } from './packed-keys.js';
import { eventOf, scratchRegisters, sscc, unit } from './register.test.data.js';

const makeRegister = scratchRegisters();

/** The same event with a value of every column for each code. */
const spread = (event: RegisterEvent): RegisterEvent => ({
  ...event,
  columns: Object.fromEntries(
    Object.entries(event.columns).map(([name, [value]]) => [name, new Int32Array(event.count).fill(value)]),
  ),
});

const piece = fc.record({
  /** Products 1 and 2, or boxes. */
  what: fc.constantFrom(1, 2, 0),
  first: fc.integer({ min: 0, max: 3000 }),
  count: fc.constantFrom(255, 256, 300, 1000),
  step: fc.constantFrom(1, 2, 7),
  document: fc.constantFrom('', 'doc'),
  series: fc.boolean(),
});

it('a load leaves the register that its codes leave one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.boolean(), async (pieces, together) => {
      const events = pieces.map(({ what, first, count, step, document, series }, salt) => {
        const texts = Array.from({ length: count }, (_, i) => {
          const n = first + i * step;
          return what === 0 ? sscc(n) : unit(n, what);
        }).sort();
        const event = eventOf({
          codes: texts.map((text) => [text] as const),
          texts: ['owner', 'series'],
          document,
          salt,
        });
        event.columns.state = Int32Array.of(3);
        event.columns.owner = Int32Array.of(0);
        if (series) event.columns.series = Int32Array.of(1);
        return event;
      });
      const [loaded, single] = [makeRegister(), makeRegister()];
      const now = 1_700_000_000_000;
      for (const [register, given] of [
        [loaded, events],
        [single, events.map(spread)],
      ] as const) {
        if (together) register.applyAll(given, now);
        else for (const event of given) register.applyAll([event], now);
      }
      expect(events.some(isUniform)).toBe(pieces.some(({ count }) => count >= 256));
      expect(loaded.digest()).toBe(single.digest());
      for (let sequence = 1; sequence <= events.length; sequence++) {
        const [a, b] = [loaded.undo(sequence), single.undo(sequence)];
        expect([...(a?.ordinals ?? [])]).toEqual([...(b?.ordinals ?? [])]);
        expect([...(a?.changedWords ?? [])]).toEqual([...(b?.changedWords ?? [])]);
      }
      for (const { what, first } of pieces.slice(0, 1)) {
        const text = what === 0 ? sscc(first) : unit(first, what);
        expect(loaded.find(text)).toEqual(single.find(text));
      }
      await single.close();
      await loaded.close();
    }),
    { numRuns: 25, seed: 1 },
  );
}, 60_000);

it('a register of loads is whole', async () => {
  const register = makeRegister();
  for (let event = 0; event < 5; event++) {
    const codes = Array.from({ length: 700 }, (_, i) => [unit(i * 5 + event)] as const);
    const load = eventOf({ codes: [...codes].sort(), salt: event });
    load.columns.state = Int32Array.of(3);
    register.apply(load);
  }
  const { path } = register;
  await register.close();
  expect(await checkRegister(path)).toMatchObject({ ok: true, codes: 3500 });
}, 30_000);

it('a walk takes keys in order and nothing else', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const keys = fc.array(fc.uint8Array({ minLength: 1, maxLength: 12, max: 3 }), { maxLength: 200 }).map((list) => {
    const offsets = new Uint32Array(list.length + 1);
    list.forEach((key, i) => {
      offsets[i + 1] = offsets[i] + key.length;
    });
    return packKeys({ bytes: Uint8Array.from(list.flatMap((key) => [...key])), offsets }, 0, list.length);
  });
  const sorted = fc
    .uniqueArray(fc.tuple(fc.constant(1), fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 300,
      selector: String,
    })
    .map((list) => {
      const column = list.map((key) => Uint8Array.from(key)).sort(Buffer.compare);
      const offsets = Uint32Array.from({ length: column.length + 1 }, (_, i) => i * 3);
      return packKeys({ bytes: Uint8Array.from(column.flatMap((key) => [...key])), offsets }, 0, column.length);
    });
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(bytes, keys, sorted), fc.nat(300), fc.nat(300), (packed, a, b) => {
      let column: ReturnType<typeof unpackKeys> | null = null;
      try {
        column = unpackKeys(packed);
      } catch {
        // No keys.
      }
      const count = column ? column.offsets.length - 1 : a;
      const load = LoadKeys.walk(packed, count);
      if (!load) return;
      taken++;
      if (!column) throw new Error('what is no keys was taken');
      expect(isAscending(column)).toBe(true);
      expect(LoadKeys.walk(packed, count + 1)).toBe(null);
      const again = LoadKeys.walk(packed, count) as LoadKeys;
      const [from, until] = [Math.min(a, b) % count, (Math.max(a, b) % count) + 1];
      if (from >= until) return;
      const piece = again.column(from, until);
      expect(Buffer.from(piece.bytes)).toEqual(
        Buffer.from(column.bytes.subarray(column.offsets[from], column.offsets[until])),
      );
      expect(Buffer.from(again.keyAt(from))).toEqual(
        Buffer.from(column.bytes.subarray(column.offsets[from], column.offsets[from + 1])),
      );
    }),
    { numRuns: 2000, seed: 2 },
  );
  expect(taken).toBeGreaterThan(500);
});
