import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { afterAll, describe, expect, it } from 'vitest';
import { LANGUAGES, message, visible } from '../../messages/index.js';
import type { Finding, ReconcileReport, ReconcileResult } from '../report.js';
import { htmlPieces, writeHtmlReport } from './html.js';
import { allot, FINDINGS_MAX, SERIALS_MAX } from './lists.js';
import { HOSTILE_CODES, SAMPLE_REPORT, sampleResult, TREE_FINDINGS } from './sample.test.data.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-html-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Seen {
  tags: Map<string, number>;
  attributes: { tag: string; name: string; value: string }[];
  text: string;
  codes: string[];
}

/** The page is written so that it is XML too: a strict parser finds what a browser would forgive. */
function parse(html: string): Seen {
  expect(html.startsWith('<!DOCTYPE html>')).toBe(true);
  const seen: Seen = { tags: new Map(), attributes: [], text: '', codes: [] };
  const parser = new SaxesParser();
  let inCode = false;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    seen.tags.set(name, (seen.tags.get(name) ?? 0) + 1);
    for (const [key, value] of Object.entries(attributes)) seen.attributes.push({ tag: name, name: key, value });
    inCode = name === 'code';
    if (inCode) seen.codes.push('');
  });
  parser.on('closetag', () => {
    inCode = false;
  });
  parser.on('text', (text) => {
    seen.text += text;
    if (inCode) seen.codes[seen.codes.length - 1] += text;
  });
  parser.write(html).close();
  return seen;
}

async function textOf(
  result: Pick<ReconcileResult, 'report' | 'findings' | 'missing'>,
  title?: string,
): Promise<string> {
  let text = '';
  for await (const piece of htmlPieces(result, {
    language: 'en',
    title,
    timeZone: 'UTC',
  }))
    text += piece;
  return text;
}

describe('the HTML report', () => {
  it.each(LANGUAGES)('is well-formed, complete and self-contained in %s', async (language) => {
    const path = join(folder, `${language}.html`);
    const result = sampleResult();
    await writeHtmlReport(result, path, {
      language,
      madeAt: new Date('2026-03-16T09:00:00Z'),
      timeZone: 'Asia/Tashkent',
    });
    const html = readFileSync(path, 'utf8');
    const { tags, attributes, text, codes } = parse(html);

    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'base', 'form'])
      expect(tags.has(name), name).toBe(false);
    expect(attributes.filter(({ name }) => /^(src|href|on.*|style|action|srcset)$/.test(name))).toEqual([]);
    expect(readFileSync(path, 'utf8')).not.toMatch(/@import|url\(/);
    const policy = attributes.find(({ value }) => value.startsWith("default-src 'none'"))!.value;
    expect(policy).toMatch(/style-src 'sha256-[\w+/]{43}='/);
    expect(policy).not.toContain('unsafe');

    expect(attributes.find(({ tag, name }) => tag === 'html' && name === 'lang')!.value).toBe(language);
    expect(text).toContain(message(language, 'label.verdict.differences'));
    expect(text).toContain(
      message(language, 'label.fact.shortage', {
        count: SAMPLE_REPORT.totals.shortage,
      }),
    );
    expect(text).toContain(message(language, 'outcome.STATE_FORBIDS.meaning'));
    expect(text).toContain(message(language, 'package.NEEDS_DISAGGREGATION.meaning'));
    expect(text).toContain(
      message(language, 'label.note.otherGtins', {
        count: SAMPLE_REPORT.byGtin.length - 20,
      }),
    );
    expect(text).toContain('/srv/tamga/register');
    expect(text).toContain(message(language, 'tree.TWO_PARENTS.meaning'));
    expect(text).toContain(message(language, 'label.section.timeline'));
    expect(text).toContain(SAMPLE_REPORT.byPackage.find(({ expected, matched }) => matched < expected)!.package);
    expect(tags.get('g')).toBe(SAMPLE_REPORT.timeline!.steps.length);
    for (const code of HOSTILE_CODES) expect(codes).toContain(visible(code));
    // By code, with the package and what is left out.
    expect(codes).toContain('09520000001000=1+1');
    expect(text).toContain(message(language, 'label.detail.parent', { value: '195200000000000124' }));
    expect(text).toContain(message(language, 'label.note.shownOf', { shown: 1, count: 9 }));

    // 10,000 serial numbers, 200 findings of each long kind, and what is left out is said.
    const findings = 200 * 3 + 9 + 57 + 41 + HOSTILE_CODES.length;
    expect(codes.length).toBe(SERIALS_MAX + findings + TREE_FINDINGS.length);
    const rest = SAMPLE_REPORT.totals.shortage - SERIALS_MAX;
    expect(text).toContain(
      message(language, 'label.note.missingLimit', {
        shown: SERIALS_MAX,
        count: rest,
      }),
    );
    expect(text).toContain(
      message(language, 'label.note.shownOf', {
        shown: FINDINGS_MAX,
        count: 912,
      }),
    );
  });

  it('is accessible: headers have scopes, charts have names, sections have headings', async () => {
    const html = await textOf(sampleResult());
    const { tags, attributes } = parse(html);
    const having = (tag: string, name: string): number =>
      attributes.filter((attribute) => attribute.tag === tag && attribute.name === name).length;
    expect(having('th', 'scope')).toBe(tags.get('th'));
    expect(having('section', 'aria-labelledby')).toBe(tags.get('section'));
    expect(having('svg', 'aria-label') + having('svg', 'aria-labelledby') + having('svg', 'aria-hidden')).toBe(
      tags.get('svg'),
    );
    const ids = attributes.filter(({ name }) => name === 'id').map(({ value }) => value);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { value } of attributes.filter(({ name }) => name === 'aria-labelledby')) expect(ids).toContain(value);
  });

  it('has words for a result without a register, findings or anything at all', async () => {
    const empty: ReconcileReport = {
      expectedUnits: 0,
      totals: { matched: 0, shortage: 0, surplus: 0 },
      outcomes: {},
      lines: { count: 0, outcomes: {} },
      packageDecisions: {},
      byGtin: [],
      byPackage: [],
      trees: { stated: 0, oneKind: false, outcomes: {}, findings: [] },
      inputs: [],
      expectedSet: null,
      register: null,
      at: '2026-03-16T09:00:00.000Z',
      timings: [],
    };
    const { text } = parse(await textOf(fixed(empty, [], []), 'Ночь & "<день>"'));
    for (const label of ['noMissing', 'noFindings', 'noPackages', 'noUnits', 'noRegister'] as const) {
      expect(text).toContain(message('en', `label.note.${label}`));
    }
    expect(text).toContain('Nothing was expected');
    expect(text).toContain('Ночь & "<день>"');
  });

  it('gives small shortages their place beside a great one', () => {
    const shares = allot(
      new Map([
        ['a', 50_000],
        ['b', 3],
        ['c', 7_000],
      ]),
      SERIALS_MAX,
    );
    expect(Object.fromEntries(shares)).toEqual({ a: 4_999, b: 3, c: 4_998 });
    expect(allot(new Map(), 10).size).toBe(0);
  });

  it('lists codes that have no GTIN, and products of which the stream says nothing', async () => {
    const gtin = '09520000001000';
    const report: ReconcileReport = {
      ...SAMPLE_REPORT,
      totals: { matched: 0, shortage: 4, surplus: 0 },
      byGtin: [{ gtin, expected: 3, matched: 0, shortage: 3, surplus: 0 }],
    };
    const missing: Finding[] = [{ outcome: 'SHORTAGE', code: 'RU-430302-ABC1234567' }];
    const { text, codes } = parse(await textOf(fixed(report, [], missing)));
    expect(codes).toContain('RU-430302-ABC1234567');
    expect(text).toContain('Without a GTIN');
    expect(text).toContain('1 serial numbers are shown here, 3 more are not');
  });

  it('keeps the earlier file when a stream of the result fails', async () => {
    const path = join(folder, 'kept.html');
    writeFileSync(path, 'earlier');
    const failing: Pick<ReconcileResult, 'report' | 'findings' | 'missing'> = {
      ...sampleResult(),
      // biome-ignore lint/correctness/useYield: it fails before its first finding
      async *findings() {
        throw new Error('register closed');
      },
    };
    await expect(writeHtmlReport(failing, path, { language: 'en' })).rejects.toThrow('register closed');
    expect(readFileSync(path, 'utf8')).toBe('earlier');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('says DISK_FULL on a full disk', async () => {
    await expect(writeHtmlReport(sampleResult(), '/dev/full', { language: 'en' })).rejects.toMatchObject({
      code: 'DISK_FULL',
      data: { path: '/dev/full' },
    });
  });
});

function fixed(
  report: ReconcileReport,
  findings: Finding[],
  missing: Finding[],
): Pick<ReconcileResult, 'report' | 'findings' | 'missing'> {
  const stream = async function* (items: Finding[]): AsyncGenerator<Finding> {
    yield* items;
  };
  return {
    report,
    findings: () => stream(findings),
    missing: () => stream(missing),
  };
}
