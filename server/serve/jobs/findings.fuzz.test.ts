// Goal: pages of any size are the findings in order, none twice and none left out; a page that begins anywhere begins at a line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../engine/index.js';
import { readPage } from './findings.js';
import { shownName } from './upload.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-findings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'findings.ndjson');

const outcome = fc.constantFrom('SHORTAGE', 'SURPLUS', 'DUPLICATE') as fc.Arbitrary<Finding['outcome']>;
const finding: fc.Arbitrary<Finding> = fc.record({ outcome, code: fc.string({ unit: 'binary', maxLength: 30 }) });

describe('pages of findings', () => {
  it('are the findings that fit, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(finding, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.option(outcome, { nil: undefined }),
        fc.option(fc.string({ minLength: 1, maxLength: 2 }), { nil: undefined }),
        async (findings, limit, only, text) => {
          writeFileSync(path, findings.map((one) => `${JSON.stringify(one)}\n`).join(''));
          const read: Finding[] = [];
          for (let after: number | null = 0; after !== null; ) {
            const page = await readPage(path, { outcome: only, text, after, limit });
            expect(page.findings.length).toBeLessThanOrEqual(limit);
            read.push(...page.findings);
            after = page.next;
          }
          const fit = findings.filter(
            (one) => (only === undefined || one.outcome === only) && (text === undefined || one.code.includes(text)),
          );
          // As JSON has them: half a code unit comes back as such.
          expect(read).toEqual(fit);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('begin at a line, wherever they are asked to', async () => {
    const findings = Array.from({ length: 50 }, (_, i) => ({ outcome: 'SURPLUS', code: `${i}` }) as Finding);
    const lines = findings.map((one) => `${JSON.stringify(one)}\n`);
    writeFileSync(path, lines.join(''));
    const starts = lines.map((_, i) => lines.slice(0, i).join('').length);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3000 }), async (after) => {
        const { findings: page } = await readPage(path, { after, limit: 1000 });
        expect(page).toEqual(findings.filter((_, i) => starts[i]! >= after));
      }),
      { numRuns: 200 },
    );
  });

  it('have lines of any length', async () => {
    const long = { outcome: 'SURPLUS', code: 'x'.repeat(700_000) } as Finding;
    writeFileSync(path, `${JSON.stringify(long)}\n${JSON.stringify(long)}\n`);
    expect((await readPage(path, { after: 0, limit: 10 })).findings).toEqual([long, long]);
  });
});

describe('a client’s name for a file', () => {
  it('is shown without folders and control characters, and never empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const shown = shownName(name);
        expect(shown).not.toBe('');
        expect(shown.length).toBeLessThanOrEqual(200);
        expect(shown).not.toMatch(/[/\\\p{Cc}\u202e]/u);
      }),
    );
  });
});
