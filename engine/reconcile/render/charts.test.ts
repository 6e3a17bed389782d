import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OUTCOMES } from '../outcomes.js';
import { BAR_WIDTH, GTIN_ROWS, gtinRows, ringPieces } from './charts.js';

const totals = fc.array(
  fc.record({
    matched: fc.nat(1e7),
    shortage: fc.nat(1e7),
    surplus: fc.nat(1e7),
  }),
  {
    maxLength: 60,
  },
);

it('shows every outcome that occurs, however rare', () => {
  const pieces = ringPieces([
    { outcome: 'MATCHED', count: 1_000_000 },
    { outcome: 'SHORTAGE', count: 1 },
    { outcome: 'SURPLUS', count: 0 },
  ]);
  expect(pieces.map(({ outcome, count }) => [outcome, count])).toEqual([
    ['MATCHED', 1_000_000],
    ['SHORTAGE', 1],
  ]);
  for (const { path } of pieces) expect(path).toMatch(/^M[-\d.,A-Z]+Z$/);
  expect(ringPieces(OUTCOMES.map((outcome) => ({ outcome, count: 0 })))).toEqual([]);
});

it('keeps every bar inside its box, without gaps, and loses no product', () => {
  fc.assert(
    fc.property(totals, (list) => {
      const byGtin = list.map((counts, index) => ({
        gtin: String(index).padStart(14, '0'),
        expected: counts.matched + counts.shortage,
        ...counts,
      }));
      const { rows, other, otherCount } = gtinRows(byGtin);
      expect(rows.length + otherCount).toBe(byGtin.length);
      expect(rows.length).toBeLessThanOrEqual(GTIN_ROWS);
      const all = other === null ? rows : [...rows, other];
      expect(all.reduce((sum, row) => sum + row.expected, 0)).toBe(byGtin.reduce((sum, row) => sum + row.expected, 0));
      for (const { pieces, ...row } of all) {
        let end = 0;
        for (const { kind, x, width } of pieces) {
          expect(row[kind]).toBeGreaterThan(0);
          expect(Math.abs(x - end)).toBeLessThan(0.03);
          expect(width).toBeGreaterThan(1.9);
          end = x + width;
        }
        expect(end).toBeLessThan(BAR_WIDTH + 0.05);
        expect(pieces.length).toBe([row.matched, row.shortage, row.surplus].filter((count) => count > 0).length);
      }
    }),
  );
});
