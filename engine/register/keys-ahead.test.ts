import { fork } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { AHEAD_CODES_MAX, KeysAhead } from './keys-ahead.js';
import { eventOf, failure, packTexts, scratchRegisters, unit } from './register.test.data.js';

const makeRegister = scratchRegisters();

describe('keys that are looked up ahead', () => {
  it('are found as the index has them, however blocks grow and split between', () => {
    const register = makeRegister();
    const ahead = new KeysAhead(register.store);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.array(fc.nat(3_000), { minLength: 1, maxLength: AHEAD_CODES_MAX })), {
          minLength: 50,
          maxLength: 100,
        }),
        (steps) => {
          for (const [adds, numbers] of steps) {
            const texts = numbers.map((i) => unit(i));
            if (adds) register.apply(eventOf({ codes: texts.map((text) => [text]) }));
            register.refresh();
            expect(Array.from(ahead.find(packTexts(texts), texts.length)?.ordinals ?? [])).toEqual(
              texts.map((text) => register.ordinalOf(textToKey(text))),
            );
          }
        },
      ),
      { numRuns: 20 },
    );
    expect(register.view().codes).toBeGreaterThan(500);
  });

  it('are left alone when they are many', () => {
    const register = makeRegister();
    const texts = Array.from({ length: AHEAD_CODES_MAX + 1 }, (_, i) => unit(i));
    expect(new KeysAhead(register.store).find(packTexts(texts), texts.length)).toBeUndefined();
  });

  it('of a block with a wrong checksum are REGISTER_BROKEN', () => {
    const register = makeRegister();
    register.apply(eventOf({ codes: [[unit(1)]] }));
    const { index } = register.store;
    for (const { key, value } of [...index.getRange({})]) {
      value[value.length - 1] ^= 1;
      index.putSync(key, value);
    }
    failure(() => new KeysAhead(register.store).find(packTexts([unit(1)]), 1), 'REGISTER_BROKEN');
  });
});

describe('an event whose code was unknown when it was submitted', () => {
  it('is applied to the one that an event before it in the same commit brings', async () => {
    const register = makeRegister();
    const results = await Promise.all([
      register.submit(eventOf({ codes: [[unit(1), { price: 1 }]] })),
      register.submit(eventOf({ codes: [[unit(1), { price: 2 }]] })),
    ]);
    expect(results.map(({ created, known }) => [created, known])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(register.view().codes).toBe(1);
    expect(register.find(unit(1))?.price).toBe(2);
  });

  it('is applied to the one that another process brings meanwhile', async () => {
    const register = makeRegister();
    // Remembers the block that the other process adds to.
    await register.submit(eventOf({ codes: [[unit(76), { price: 1 }]] }));
    await register.submit(eventOf({ codes: [[unit(76), { price: 2 }]] }));
    const writer = fork(new URL('./writer-process.test.data.js', import.meta.url), [register.path], { execArgv: [] });
    await once(writer, 'message');
    const submitted = [76, 77, 78].map((i) =>
      register.submit(eventOf({ codes: [[unit(i), { series: 0 }]], texts: ['S'] })),
    );
    expect((await Promise.all(submitted)).map(({ created }) => created)).toEqual([0, 0, 1]);
    expect(register.view()).toMatchObject({ codes: 3, lastEvent: 6 });
    expect(register.find(unit(77))).toMatchObject({ price: 77, series: 'S' });
  });
});
