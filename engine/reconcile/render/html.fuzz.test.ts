import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { visible } from '../../messages/index.js';
import { htmlPieces } from './html.js';
import { SAMPLE_REPORT } from './sample.test.data.js';

const MARKUP = fc.constantFrom(
  '<',
  '>',
  '&',
  '"',
  "'",
  '</code>',
  '<!--slot:findings-->',
  ']]>',
  '&amp;',
  '\u0000',
  '\ud800',
  '<%',
  '%>',
);
const wild = fc
  .array(fc.oneof(MARKUP, fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

it('shows any text as that text and stays well-formed', async () => {
  await fc.assert(
    fc.asyncProperty(wild, wild, wild, async (code, path, title) => {
      const finding = {
        outcome: 'BAD_CHARACTERS' as const,
        code,
        path,
        line: 7,
        state: path,
        owner: title,
        firstPath: code,
        firstLine: 1,
      };
      const report = {
        ...SAMPLE_REPORT,
        totals: { ...SAMPLE_REPORT.totals, shortage: 1 },
        byGtin: [{ gtin: path, expected: 1, matched: 0, shortage: 1, surplus: 0 }],
        trees: {
          ...SAMPLE_REPORT.trees,
          findings: [{ outcome: 'CYCLE' as const, package: title, code, otherPackage: path, path }],
        },
        inputs: [{ ...SAMPLE_REPORT.inputs[0]!, path, format: title }],
      };
      const result = {
        report,
        findings: async function* () {
          yield finding;
        },
        missing: async function* () {
          yield { outcome: 'SHORTAGE' as const, code: `09520000001000${code}` };
        },
      };
      let html = '';
      for await (const piece of htmlPieces(result, { language: 'ru', title })) html += piece;
      const tags: string[] = [];
      let text = '';
      const parser = new SaxesParser();
      parser.on('error', (error) => {
        throw error;
      });
      parser.on('opentag', ({ name }) => tags.push(name));
      parser.on('text', (part) => {
        text += part;
      });
      parser.write(html).close();
      for (const value of [code, path, title]) expect(text).toContain(visible(value));
      expect(tags.filter((name) => name === 'main').length).toBe(1);
      expect(tags.filter((name) => name === 'code').length).toBe(3);
    }),
    { numRuns: 150 },
  );
});
