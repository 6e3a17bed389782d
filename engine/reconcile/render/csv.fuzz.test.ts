import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { OUTCOMES } from '../outcomes.js';
import type { Finding } from '../report.js';
import { writeFindingsCsv } from './csv.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-csv-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SPECIAL = fc.constantFrom(
  '=',
  '+',
  '-',
  '@',
  '\t',
  '\r',
  '\n',
  '"',
  ',',
  ';',
  "'",
  '\u001d',
  '=cmd()',
  '\uff1d',
  '\ufeff',
);
const cell = fc
  .array(fc.oneof(SPECIAL, fc.string({ unit: 'grapheme', maxLength: 6 })), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
const finding: fc.Arbitrary<Finding> = fc.record(
  {
    outcome: fc.constantFrom(...OUTCOMES),
    code: cell,
    path: cell,
    line: fc.nat(),
    owner: cell,
    state: cell,
  },
  { requiredKeys: ['outcome', 'code'] },
);

it('gives back every cell, and no cell that a spreadsheet would run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(finding, { maxLength: 20 }), async (findings) => {
      const path = join(folder, 'findings.csv');
      await writeFindingsCsv(
        (async function* () {
          yield* findings;
        })(),
        path,
      );
      const rows = parse(readFileSync(path), {
        columns: true,
        record_delimiter: '\r\n',
      }) as Record<keyof Finding, string>[];
      expect(rows.length).toBe(findings.length);
      for (const [index, row] of rows.entries()) {
        for (const column of ['outcome', 'code', 'path', 'line', 'owner', 'state'] as const) {
          const value = String(findings[index]![column] ?? '');
          expect(row[column]).not.toMatch(/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/);
          expect([value, `'${value}`]).toContain(row[column]);
          if (/^[^=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value)) expect(row[column]).toBe(value);
        }
      }
    }),
    { numRuns: 200 },
  );
});
