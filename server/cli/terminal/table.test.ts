import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, message } from '../../../engine/messages/index.js';
import { SAMPLE_REPORT } from '../../../engine/reconcile/render/sample.test.data.js';
import { lookOf, textWidth } from './output.js';
import { printReport, reportText } from './table.js';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('the report on a terminal', () => {
  it.each(LANGUAGES)('has the totals, outcomes, packages, products, inputs and timings in %s', (language) => {
    const text = reportText(SAMPLE_REPORT, language, { colours: false, width: 120 });
    for (const label of ['units', 'lines', 'gtins', 'packages', 'inputs', 'register', 'timings'] as const) {
      expect(text).toContain(message(language, `label.section.${label}`));
    }
    expect(text).toContain(message(language, 'outcome.STATE_FORBIDS.label'));
    expect(text).toContain(message(language, 'package.NOT_SCANNED.label'));
    expect(text).toContain('09520000001037');
    expect(text).not.toContain('\u001b');
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toMatch(/ \n/);
  });

  it('has the numbers of the report', () => {
    const text = plain(reportText(SAMPLE_REPORT, 'en', { colours: false, width: 120 }));
    expect(text).toMatch(/531,710 +518,967 +12,743 +210 +251,877/);
    expect(text).toMatch(/Surplus of another owner +41 +< 0\.1%/);
    expect(text).toContain('4 other products');
  });

  it.each([60, 80, 100, 160])('fits %d columns, with every word of the explanations', (width) => {
    for (const language of LANGUAGES) {
      const text = reportText(SAMPLE_REPORT, language, { colours: true, width });
      for (const line of text.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(width);
      // Nothing is cut: cli-table3 marks what it cuts.
      expect(text).not.toContain('…');
    }
  });

  it('is coloured only on a terminal without NO_COLOR, and says the same either way', () => {
    expect(lookOf({ write: () => true, isTTY: true, columns: 80 }, {})).toEqual({ colours: true, width: 80 });
    expect(lookOf({ write: () => true, isTTY: true }, { NO_COLOR: '1' }).colours).toBe(false);
    expect(lookOf({ write: () => true, isTTY: true }, { NO_COLOR: '' }).colours).toBe(true);
    expect(lookOf({ write: () => true }, {})).toEqual({ colours: false, width: 100 });
    const coloured = reportText(SAMPLE_REPORT, 'ru', { colours: true, width: 100 });
    expect(coloured).toContain('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(reportText(SAMPLE_REPORT, 'ru', { colours: false, width: 100 }));
    let written = '';
    printReport(SAMPLE_REPORT, 'en', { write: (text) => (written += text) });
    expect(written).toBe(reportText(SAMPLE_REPORT, 'en', { colours: false, width: 100 }));
  });

  it('shows what a path holds and obeys none of it', () => {
    const report = { ...SAMPLE_REPORT, inputs: [{ ...SAMPLE_REPORT.inputs[0]!, path: 'a\u001b[2J\u202eb.txt' }] };
    const text = reportText(report, 'en', { colours: false, width: 100 });
    expect(text).toContain('a␛[2J\ufffdb.txt');
  });
});
