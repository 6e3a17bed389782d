import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORD_WORDS, WORDS_USED } from './record.js';
import { packUndo, type UndoParts, undoInto, unpackUndo } from './undo.js';

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

const undos: fc.Arbitrary<UndoParts> = fc
  .uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 2 }), { minLength: 1, maxLength: 40 })
  .chain((ordinals) => {
    const count = ordinals.length;
    const column = fc.oneof(
      fc.constant(undefined),
      word.map((value) => Int32Array.of(value)),
      fc.array(word, { minLength: count, maxLength: count }).map((values) => Int32Array.from(values)),
    );
    const flags = fc.option(
      fc.array(fc.nat(1), { minLength: count, maxLength: count }).map((values) => Uint8Array.from(values)),
      { nil: undefined },
    );
    return fc.record({
      appliedAt: fc.nat(),
      nextOrdinal: fc.nat(),
      document: fc.nat(),
      ordinals: fc.constant(Uint32Array.from(ordinals).sort()),
      former: fc.array(column, { minLength: WORDS_USED, maxLength: WORDS_USED }),
      named: flags,
      inDocument: flags,
    });
  });

describe('what an event changed', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(undos, (parts) => {
        const undo = unpackUndo(9, packUndo(parts));
        const { appliedAt, nextOrdinal, document, ordinals, former, named, inDocument } = parts;
        expect(undo).toMatchObject({ sequence: 9, appliedAt, nextOrdinal, document, ordinals });
        expect(undo.changedWords).toEqual(former.flatMap((column, w) => (column ? [w] : [])));
        ordinals.forEach((_, i) => {
          expect(undo.isNamed(i)).toBe(named ? named[i] === 1 : true);
          expect(undo.wasInDocument(i)).toBe(inDocument?.[i] === 1);
          const words = new Int32Array(RECORD_WORDS).fill(77);
          undoInto(undo, i, words);
          for (let w = 0; w < RECORD_WORDS; w++) {
            const column = former[w];
            expect(words[w]).toBe(column ? (column.length === 1 ? column[0] : column[i]) : 77);
          }
        });
      }),
    );
  });

  it('is refused as a RangeError when its bytes were changed', () => {
    fc.assert(
      fc.property(undos, fc.nat(), fc.integer({ min: 1, max: 255 }), (parts, at, flip) => {
        const bytes = Buffer.from(packUndo(parts));
        bytes[at % bytes.length] ^= flip;
        expect(() => unpackUndo(1, bytes)).toThrow(RangeError);
      }),
    );
  });

  it('of a load of thousands of codes takes a few dozen bytes', () => {
    const ordinals = Uint32Array.from({ length: 16_384 }, (_, i) => 1000 + i);
    const former = [0, 1, 2, 3, 11].reduce<Int32Array[]>((all, w) => {
      all[w] = new Int32Array(1);
      return all;
    }, []);
    expect(packUndo({ appliedAt: 1, nextOrdinal: 1000, document: 0, ordinals, former }).length).toBeLessThan(80);
  });
});
