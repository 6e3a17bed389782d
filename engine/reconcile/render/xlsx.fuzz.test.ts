// Goal: a workbook holds every text as a text, whatever it says: no cell is a formula, none is lost, no name of JavaScript breaks it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { afterAll, describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../messages/language.js';
import { visible } from '../../messages/visible.js';
import { OUTCOMES } from '../outcomes.js';
import type { Finding } from '../report.js';
import { SAMPLE_REPORT, sampleResult } from './sample.test.data.js';
import { writeXlsxReport } from './xlsx.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-xlsx-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files of a ZIP by its central directory. */
function unzip(path: string): Map<string, string> {
  const bytes = readFileSync(path);
  const files = new Map<string, string>();
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    const [method, size, nameLength] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt16LE(at + 28),
    ];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + size);
    files.set(name, (method === 8 ? inflateRawSync(packed) : packed).toString('utf8'));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** Rows of cells of every sheet, in order. Throws for anything that is no well-formed XML, and for a formula. */
function sheetsOf(path: string): string[][][] {
  const files = unzip(path);
  const strings: string[] = [];
  walk(files.get('xl/sharedStrings.xml') ?? '<sst/>', {
    open: (name) => name === 'si' && strings.push(''),
    text: (piece) => {
      strings[strings.length - 1] += piece;
    },
  });
  const names = [...files.keys()].filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
  return names
    .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
    .map((name) => {
      const rows: string[][] = [];
      let type = '';
      walk(files.get(name) as string, {
        open(tag, attributes) {
          expect(tag).not.toBe('f');
          if (tag === 'row') rows.push([]);
          if (tag === 'c') {
            type = attributes.t ?? '';
            const column = [.../[A-Z]+/.exec(attributes.r)![0]].reduce(
              (sum, letter) => sum * 26 + letter.charCodeAt(0) - 64,
              0,
            );
            rows.at(-1)![column - 1] = '';
          }
        },
        text(piece, tag) {
          if (tag !== 'v' && tag !== 't') return;
          const row = rows.at(-1)!;
          row[row.length - 1] += type === 's' ? strings[Number(piece)] : piece;
        },
      });
      return rows;
    });
}

function walk(
  xml: string,
  on: {
    open: (name: string, attributes: Record<string, string>) => unknown;
    text: (piece: string, tag: string) => void;
  },
): void {
  const parser = new SaxesParser();
  const tags: string[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    tags.push(name);
    on.open(name, attributes as Record<string, string>);
  });
  parser.on('text', (piece) => tags.length > 0 && on.text(piece, tags.at(-1) as string));
  parser.on('closetag', () => tags.pop());
  parser.write(xml).close();
}

const hostile = fc.constantFrom(
  '=1+1',
  '+7',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r',
  '<a>&"\'',
  'constructor',
  '__proto__',
  'toString',
  '\ud800',
  '\u0000',
);
const cell = fc
  .array(fc.oneof(hostile, fc.string({ unit: 'grapheme', maxLength: 8 })), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''));
const finding: fc.Arbitrary<Finding> = fc.record(
  { outcome: fc.constantFrom(...OUTCOMES), code: cell, path: cell, line: fc.nat(), owner: cell },
  { requiredKeys: ['outcome', 'code', 'line'] },
);

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** What the writer drops: what XML can't hold, or advises against. */
const comparable = (text: string): string =>
  visible(text)
    .replace(/[^\x20-\x7e\u0400-\u04ff]/g, '')
    .trim();

it('gives back every code as a text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(finding, { minLength: 1, maxLength: 12 }), async (findings) => {
      const path = join(folder, 'fuzz.xlsx');
      const result = {
        ...sampleResult({ ...SAMPLE_REPORT, byGtin: [], byPackage: [] }),
        findings: () => stream(findings),
        missing: () => stream<Finding>([]),
      };
      await writeXlsxReport(result, path, { language: 'en' });
      const [head, ...rows] = sheetsOf(path).at(-1) as string[][];
      expect(head[1]).toBe('Code');
      expect(rows.map((row) => comparable(row[1] ?? ''))).toEqual(findings.map(({ code }) => comparable(code)));
      expect(rows.map((row) => row[3])).toEqual(findings.map(({ line }) => String(line)));
    }),
    { numRuns: 40 },
  );
});

describe('the workbook', () => {
  it.each(LANGUAGES)('has its sheets in %s', async (language) => {
    const path = join(folder, `${language}.xlsx`);
    await writeXlsxReport(sampleResult(), path, { language, rowsMax: 1500 });
    const sheets = sheetsOf(path);
    expect(sheets.length).toBe(6);
    const [totals, gtins, packages, trees, findings, missing] = sheets;
    expect(totals.flat()).toContain(String(SAMPLE_REPORT.totals.shortage));
    expect(gtins.length).toBe(SAMPLE_REPORT.byGtin.length + 1);
    expect(packages.length).toBe(SAMPLE_REPORT.byPackage.length + 1);
    expect(trees.length).toBe(3);
    expect(findings.length).toBeGreaterThan(1000);
    expect(missing.length).toBe(1502);
  });

  it('ends a sheet at its limit and says so', async () => {
    const path = join(folder, 'limit.xlsx');
    await writeXlsxReport(sampleResult(), path, { language: 'en', rowsMax: 5 });
    for (const rows of sheetsOf(path).slice(1, 3)) {
      expect(rows.length).toBe(7);
      expect(rows.at(-1)?.[0]).toContain('Only the first 5 rows');
    }
  });

  it('reads a stream no further than it shows it', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Finding> {
      for (;;) {
        taken++;
        yield { outcome: 'SHORTAGE', code: `09520000001000S${taken}` };
      }
    }
    await writeXlsxReport({ ...sampleResult(), missing: endless }, join(folder, 'endless.xlsx'), {
      language: 'en',
      rowsMax: 100,
    });
    expect(taken).toBe(101);
  });
});
