import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.js';
import { LINE_KINDS, lineKind, lineNumber, packLine, ScanLines } from './scan-lines.js';

const number = fc.nat(2 ** 28 - 1);

describe('packed lines', () => {
  it('keep kind and number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LINE_KINDS), number, (kind, value) => {
        const [line] = Uint32Array.of(packLine(kind, value));
        expect([lineKind(line!), lineNumber(line!)]).toEqual([kind, value]);
      }),
    );
  });
});

describe('ScanLines', () => {
  it('shuffles everything, a full code first, sequences in their order', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(60), fc.nat(8), (seed, blanks, sequences) => {
        const lines = new ScanLines(4);
        for (let i = 0; i < blanks; i++) lines.add('blank', i, 'BLANK_LINE_SKIPPED');
        lines.add('unit', 1000, 'MATCHED');
        for (let i = 0; i < sequences; i++) {
          lines.addInOrder([
            ['unit', i, 'MATCHED_PACKAGE_OPENED'],
            ['box', i, 'OPENED_PACKAGE_USED_AS_WHOLE'],
          ]);
        }
        lines.repeat(sequences, new Set(['unit']), new Random(seed));
        const shuffled = lines.shuffled(new Random(seed));
        expect(shuffled).toHaveLength(blanks + 1 + 3 * sequences);
        expect(Object.values(lines.outcomes).reduce((sum, count) => sum + count, 0)).toBe(shuffled.length);
        expect([packLine('unit', 1000), packLine('identity', 1000)]).toContain(shuffled[0]);
        for (let i = 0; i < sequences; i++) {
          const unit = shuffled.indexOf(packLine('unit', i));
          expect(unit).toBeGreaterThan(0);
          expect(shuffled.indexOf(packLine('box', i))).toBeGreaterThan(unit);
        }
      }),
    );
  });

  it('repeats only plain lines, every fifth in its other form', () => {
    const lines = new ScanLines(4);
    lines.add('pallet', 7, 'PACKAGE_ACCEPTED');
    lines.addInOrder([['box', 1, 'PACKAGE_ACCEPTED']]);
    lines.repeat(10, new Set(['pallet', 'box']), new Random(1));
    const repeated = [...lines.shuffled(new Random(1))].map(lineKind);
    expect(repeated.filter((kind) => kind === 'pallet')).toHaveLength(9);
    expect(repeated.filter((kind) => kind === 'palletAi00')).toHaveLength(2);
    expect(repeated.filter((kind) => kind === 'box')).toHaveLength(1);
  });
});
