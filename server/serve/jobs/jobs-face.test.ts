// Goal: files go to disk under names of our own, jobs come to what the engine comes to, and their results are served page by page and as reports.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample } from '../../../engine/documents/scratch.test.files.js';
import { ask, formOf, refused } from '../ask.test.files.js';
import { startTestServer, type TestServer } from '../running.test.files.js';

const DISPATCH = readFileSync(sample('mdlp-415-move_order.xml'));
const PACKS = ['mdlp-911-unit_pack.xml', 'mdlp-911-unit_pack-2.xml'].map((name) => readFileSync(sample(name)));
const RECEIPT = readFileSync(sample('mdlp-416-receive_order.xml'));
const code = (number: number): string => `010952000000606821UZDEMO${String(number).padStart(7, '0')}`;

/** The byte order mark, which fetch leaves out. */
const BOM_BYTES = 3;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ uploadBytesMax: '300000' });
});
afterAll(() => server.close());

async function done(id: string, key?: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { json } = await ask(server, 'GET', `/v1/jobs/${id}`, { key });
    if (json.state !== 'queued' && json.state !== 'running') return json;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function start(form: FormData, key?: string): Promise<string> {
  const { status, json, headers } = await ask(server, 'POST', '/v1/jobs', { body: form, key });
  expect([status, json.error]).toEqual([202, undefined]);
  expect(headers.get('location')).toBe(`/v1/jobs/${json.id}`);
  return json.id;
}

const uploads = (): string[] => readdirSync(join(server.folder, 'uploads'), { recursive: true }).map(String);
const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('a reconciliation', () => {
  let id: string;

  it('of uploaded documents comes to what the engine comes to', async () => {
    id = await start(
      formOf(
        [
          ['expected', '../../отгрузка <415>.xml', DISPATCH],
          ['expected', 'упаковка.xml', PACKS[0]!],
          ['expected', 'упаковка.xml', PACKS[1]!],
          ['scanned', 'C:\\scans\\приёмка.xml.gz', gzipSync(RECEIPT)],
        ],
        { at: '2026-02-04T00:00:00+03:00' },
      ),
    );
    const job = await done(id);
    expect(job).toMatchObject({
      id,
      kind: 'reconcile',
      state: 'done',
      inputs: [
        { name: 'отгрузка <415>.xml', role: 'expected' },
        { name: 'упаковка.xml', role: 'expected' },
        { name: 'упаковка.xml', role: 'expected' },
        { name: 'приёмка.xml.gz', role: 'scanned' },
      ],
    });
    const { totals, lines: count, outcomes, units } = job as Record<string, Record<string, number>>;
    expect(totals!.expected).toBe(totals!.matched! + totals!.shortage!);
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);
    expect(sum(outcomes!)).toBe(count);
    expect(sum(units!)).toBeGreaterThan(0);
    expect((await ask(server, 'GET', '/v1/jobs')).json.jobs[0]).toEqual(job);
  });

  it('shows its findings page by page, by outcome, and by text', async () => {
    const all = await ask(server, 'GET', `/v1/jobs/${id}/findings?limit=10000`);
    expect(all.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(all.headers.get('x-next-after')).toBeNull();
    const findings = lines(all.text);
    expect(findings.length).toBeGreaterThan(2);
    // Files by their clients' names; no folder of the server.
    expect(all.text).not.toContain(server.folder);
    expect(findings.some(({ path }) => path === 'приёмка.xml.gz')).toBe(true);
    const paged: object[] = [];
    for (let after: string | null = '0'; after !== null; ) {
      const page = await ask(server, 'GET', `/v1/jobs/${id}/findings?limit=1&after=${after}`);
      paged.push(...lines(page.text));
      after = page.headers.get('x-next-after');
    }
    expect(paged).toEqual(findings);
    const { outcome, code: found } = findings[0] as { outcome: string; code: string };
    const ofOutcome = lines((await ask(server, 'GET', `/v1/jobs/${id}/findings?outcome=${outcome}`)).text);
    expect(ofOutcome).toEqual(findings.filter((finding) => finding.outcome === outcome));
    const withText = lines((await ask(server, 'GET', `/v1/jobs/${id}/findings?text=${found.slice(-6)}`)).text);
    expect(withText).toEqual(findings.filter((finding) => String(finding.code).includes(found.slice(-6))));
    expect(lines((await ask(server, 'GET', `/v1/jobs/${id}/findings?text=no-such`)).text)).toEqual([]);
    expect(lines((await ask(server, 'GET', `/v1/jobs/${id}/findings?after=999999999`)).text)).toEqual([]);
    for (const query of ['limit=0', 'limit=10001', 'outcome=EATEN', 'after=-1', 'colour=red'])
      expect(await refused(server, 'GET', `/v1/jobs/${id}/findings?${query}`)).toEqual([400, 'BAD_REQUEST']);
  });

  it.each([
    ['html', 'text/html', 'Отчёт'],
    ['csv', 'text/csv', 'outcome,code,path'],
    ['json', 'application/json', '"expectedUnits"'],
  ])('is reported as %s', async (form, type, part) => {
    const { status, headers, text } = await ask(server, 'GET', `/v1/jobs/${id}/report.${form}?lang=ru`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain(type);
    expect(Number(headers.get('content-length'))).toBe(Buffer.byteLength(text) + (form === 'csv' ? BOM_BYTES : 0));
    if (form !== 'html') expect(text).toContain(part);
    expect(text).not.toContain(server.folder);
    // Made once, the same again.
    expect((await ask(server, 'GET', `/v1/jobs/${id}/report.${form}?lang=ru`)).text).toBe(text);
  });

  it('is reported as a workbook', async () => {
    const response = await fetch(`${server.address}/v1/jobs/${id}/report.xlsx`, {
      headers: { authorization: `Bearer ${server.key.verify}`, 'accept-language': 'uz' },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="tamga-${id}.xlsx"`);
  });

  it('is forgotten with its files', async () => {
    const before = uploads().length;
    expect((await ask(server, 'DELETE', `/v1/jobs/${id}`)).status).toBe(204);
    expect(uploads().length).toBe(before - 6);
    for (const rest of ['', '/findings', '/report.html'])
      expect(await refused(server, 'GET', `/v1/jobs/${id}${rest}`)).toEqual([404, 'NOT_FOUND']);
  });
});

describe('a verification', () => {
  it('counts lines by outcome and shows what needs attention', async () => {
    const text = `${[code(1), code(1), code(2), code(99), 'nonsense'].join('\n')}\n`;
    const id = await start(formOf([['scanned', 'list.txt', text]], { kind: 'verify', operation: 'sale' }));
    expect(await done(id)).toMatchObject({ state: 'done', lines: 5, outcomes: { OK: 2, DUPLICATE: 1, NOT_FOUND: 1 } });
    const findings = lines((await ask(server, 'GET', `/v1/jobs/${id}/findings`)).text);
    expect(findings.map(({ outcome, line, path }) => [outcome, line, path])).toEqual([
      ['DUPLICATE', 2, 'list.txt'],
      ['NOT_FOUND', 4, 'list.txt'],
      ['UNKNOWN_CODE_TYPE', 5, 'list.txt'],
    ]);
    expect(await refused(server, 'GET', `/v1/jobs/${id}/report.html`)).toEqual([409, 'CONFLICT']);
    expect(await refused(server, 'POST', `/v1/jobs/${id}/cancel`)).toEqual([409, 'CONFLICT']);
  });

  it('of a file that is none fails with its reason and the client’s name for it', async () => {
    const id = await start(
      formOf([['scanned', 'photo.jpg', Uint8Array.from({ length: 4096 }, (_, i) => i * 7)]], { kind: 'verify' }),
    );
    const job = await done(id);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'FILE_NOT_TEXT' } });
    const { message } = job.error as { message: string };
    expect(message).toContain('photo.jpg');
    expect(message).not.toContain(server.folder);
    expect(await refused(server, 'GET', `/v1/jobs/${id}/findings`)).toEqual([409, 'CONFLICT']);
  });
});

describe('options of a check', () => {
  it('are those of the engine', async () => {
    await server.engine.submit({ kind: 'restate', at: '2026-02-01T00:00:00Z', group: 8, codes: [code(1)] });
    const scanned = ['scanned', 's.txt', `${code(1)}\n`] as const;
    const at = '2026-02-04T00:00:00+03:00';
    const outcomesOf = async (fields: Record<string, string>) => {
      const id = await start(formOf([scanned], { kind: 'verify', operation: 'accept', at, ...fields }));
      return (await done(id)).outcomes;
    };
    expect(await outcomesOf({})).toEqual({ OK: 1 });
    expect(await outcomesOf({ expiresSoonDays: '3650' })).toEqual({ EXPIRES_SOON: 1 });
    expect(await outcomesOf({ groups: '8,13' })).toEqual({ OK: 1 });
    expect(await outcomesOf({ groups: '13' })).toEqual({ GROUP_NOT_DECLARED: 1 });

    const fields = { at, oneKind: 'true', groups: '13', registeredTails: 'true' };
    const id = await start(formOf([['expected', 'e.txt', `${code(1)}\n`], scanned], fields));
    expect(await done(id)).toMatchObject({ begunAnew: false, units: { GROUP_NOT_DECLARED: 1 } });
    const { json } = await ask(server, 'GET', `/v1/jobs/${id}/report.json`);
    expect(json).toMatchObject({ trees: { oneKind: true }, registeredTails: {} });
  });
});

describe('forms that are refused leave nothing on disk', () => {
  const list = ['scanned', 'a.txt', `${code(1)}\n`] as const;
  const expected = ['expected', 'b.txt', `${code(1)}\n`] as const;
  it.each([
    ['nothing expected', formOf([list]), 400, 'BAD_REQUEST'],
    ['nothing scanned', formOf([expected]), 400, 'BAD_REQUEST'],
    ['a verification of two files', formOf([list, list], { kind: 'verify' }), 400, 'BAD_REQUEST'],
    ['an unknown field', formOf([list, expected], { colour: 'red' }), 400, 'BAD_REQUEST'],
    ['a field of a prototype', formOf([list, expected], { ['__proto__']: 'red' }), 400, 'BAD_REQUEST'],
    ['a file in an unknown part', formOf([list, ['passwd', 'c.txt', 'x']]), 400, 'BAD_REQUEST'],
    ['a kind that is none', formOf([list, expected], { kind: 'eat' }), 400, 'BAD_REQUEST'],
    ['days that are none', formOf([list, expected], { expiresSoonDays: 'ten' }), 400, 'BAD_REQUEST'],
    ['days past the limit', formOf([list, expected], { expiresSoonDays: '9999' }), 400, 'BAD_REQUEST'],
    ['groups that are none', formOf([list, expected], { groups: '8;9' }), 400, 'BAD_REQUEST'],
    ['a group past the limit', formOf([list, expected], { groups: '8,70000' }), 400, 'BAD_REQUEST'],
    ['a flag that is none', formOf([list, expected], { oneKind: 'perhaps' }), 400, 'BAD_REQUEST'],
    ['a verification of one kind', formOf([list], { kind: 'verify', oneKind: 'true' }), 400, 'BAD_REQUEST'],
    ['a moment that is none', formOf([list, expected], { at: 'soon' }), 400, 'BAD_REQUEST'],
    ['a file over the limit', formOf([list, ['expected', 'big.txt', 'A\n'.repeat(200_000)]]), 413, 'TOO_LARGE'],
    ['a field over the limit', formOf([list, expected], { owner: 'A'.repeat(10_000) }), 413, 'TOO_LARGE'],
  ])('%s', async (_, form, status, refusal) => {
    const before = uploads();
    expect(await refused(server, 'POST', '/v1/jobs', { body: form })).toEqual([status, refusal]);
    expect(uploads()).toEqual(before);
    expect(server.engine).toBeDefined();
  });

  it('what is no form, and a form that breaks off', async () => {
    const before = uploads();
    expect(await refused(server, 'POST', '/v1/jobs', { body: {} })).toEqual([415, 'WRONG_TYPE']);
    const body = '--x\r\ncontent-disposition: form-data; name="scanned"; filename="a.txt"\r\n\r\nabc';
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await ask(server, 'POST', '/v1/jobs', { body, headers })).status).toBe(400);
    expect(
      (await ask(server, 'POST', '/v1/jobs', { body: 'x', headers: { 'content-type': 'multipart/form-data' } })).status,
    ).toBe(400);
    expect(uploads()).toEqual(before);
  });
});

describe('a bound key', () => {
  it('sees jobs of its participant only, and of others’ codes only that they are others’', async () => {
    const key = (await server.keys.add({ scope: 'write', participant: '300000001', at: new Date() })).key;
    const other = (await server.keys.add({ scope: 'write', participant: '300000002', at: new Date() })).key;
    const form = () =>
      formOf([
        ['expected', 'e.txt', `${code(1)}\n${code(4)}\n`],
        ['scanned', 's.txt', `${code(1)}\n${code(4)}\n`],
      ]);
    const id = await start(form(), key);
    expect(await done(id, key)).toMatchObject({ state: 'done' });
    const { text } = await ask(server, 'GET', `/v1/jobs/${id}/findings`, { key });
    expect(lines(text)[0]).toMatchObject({ outcome: 'OTHER_OWNER' });
    for (const rest of ['findings', 'report.csv', 'report.json', 'report.html'])
      expect((await ask(server, 'GET', `/v1/jobs/${id}/${rest}`, { key })).text).not.toContain('300000002');
    for (const rest of ['', '/findings', '/report.html'])
      expect(await refused(server, 'GET', `/v1/jobs/${id}${rest}`, { key: other })).toEqual([403, 'OTHER_PARTICIPANT']);
    for (const [method, rest] of [
      ['POST', '/cancel'],
      ['DELETE', ''],
    ] as const)
      expect(await refused(server, method, `/v1/jobs/${id}${rest}`, { key: other })).toEqual([
        403,
        'OTHER_PARTICIPANT',
      ]);
    expect((await ask(server, 'GET', '/v1/jobs', { key: other })).json.jobs).toEqual([]);
    const named = formOf([['scanned', 's.txt', `${code(1)}\n`]], { kind: 'verify', owner: '300000002' });
    expect(await refused(server, 'POST', '/v1/jobs', { body: named, key })).toEqual([403, 'OTHER_PARTICIPANT']);
  });
});
