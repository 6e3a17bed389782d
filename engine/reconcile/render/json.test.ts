import { expect, it } from 'vitest';
import type { ReconcileReport } from '../report.js';
import { reportJsonPieces, reportToJson } from './json.js';
import { SAMPLE_REPORT } from './sample.test.data.js';

/** The same content with every key order turned round. */
function reversed<T>(value: T): T {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, reversed(child)]),
  ) as T;
}

const codes: NonNullable<ReconcileReport['codes']> = {};
for (let index = 9_999; index >= 0; index--)
  codes[`09520000001000"&<\\${index}`] = index % 2 === 0 ? 'MATCHED' : 'SHORTAGE';
const full: ReconcileReport = {
  ...SAMPLE_REPORT,
  codes,
  packages: {
    '195200000000000124': 'NOT_SCANNED',
    '195200000000000117': 'ACCEPTED_WHOLE',
  },
};

it('is one object with the content of the report', () => {
  for (const report of [
    SAMPLE_REPORT,
    full,
    {
      ...full,
      codes: {},
      packages: {},
      register: null,
      byGtin: [],
      timings: [],
    },
  ]) {
    const read = JSON.parse(reportToJson(report)) as ReconcileReport;
    expect(read).toEqual({
      ...report,
      byGtin: [...report.byGtin].sort((a, b) => (a.gtin < b.gtin ? -1 : 1)),
    });
  }
});

it('gives the same bytes for the same content in any order', () => {
  expect(reportToJson(reversed(full))).toBe(reportToJson(full));
  expect(Object.keys(JSON.parse(reportToJson(full)) as object)).toEqual([
    'expectedUnits',
    'totals',
    'outcomes',
    'lines',
    'codes',
    'packages',
    'packageDecisions',
    'byGtin',
    'byPackage',
    'trees',
    'timeline',
    'inputs',
    'expectedSet',
    'register',
    'at',
    'timings',
  ]);
});

it('comes in pieces of bounded size', () => {
  const pieces = [...reportJsonPieces(full)];
  expect(pieces.length).toBeGreaterThan(10);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
});
