import { describe, expect, it } from 'vitest';
import { DOCUMENT_LIMITS } from './limits.js';
import { readDocument } from './read-document.js';
import { failure, issueCodes, readText, sampleText, scratch } from './scratch.test.files.js';

const write = scratch();
const PACKED = sampleText('mdlp-311-register_end_packing.xml');
const MOVE = sampleText('mdlp-415-move_order.xml');
const RECEIVE = sampleText('mdlp-416-receive_order.xml');
const PACK = sampleText('mdlp-911-unit_pack.xml');

const HEAD = '<subject_id>00000000000101</subject_id><operation_date>2026-01-12T10:00:00+03:00</operation_date>';
const document = (body: string) => `<documents version="1.37">${body}</documents>`;
const read = (text: string) => readText(write, text);

describe('required parts', () => {
  const removals: [string, string, string][] = [
    ['subject_id', MOVE, '<subject_id>00000000000101</subject_id>'],
    ['receiver_id', MOVE, '<receiver_id>00000000000202</receiver_id>'],
    ['operation_date', MOVE, '<operation_date>2026-02-03T10:05:00+03:00</operation_date>'],
    ['doc_num', MOVE, '<doc_num>ОБР-0415/1</doc_num>'],
    ['doc_date', MOVE, '<doc_date>03.02.2026</doc_date>'],
    ['turnover_type', MOVE, '<turnover_type>1</turnover_type>'],
    ['source', MOVE, '<source>1</source>'],
    ['contract_type', MOVE, '<contract_type>1</contract_type>'],
    ['shipper_id', RECEIVE, '<shipper_id>00000000000101</shipper_id>'],
    ['receive_type', RECEIVE, '<receive_type>1</receive_type>'],
    ['series_number', PACKED, '<series_number>A0126</series_number>'],
    ['expiration_date', PACKED, '<expiration_date>31.12.2028</expiration_date>'],
    ['gtin', PACKED, '<gtin>09520000001018</gtin>'],
    ['sscc', PACK, '<sscc>195200000000000117</sscc>'],
  ];
  it.each(removals)('%s', async (name, text, part) => {
    expect(text).toContain(part);
    const data = await failure(read(text.replace(part, '')), 'DOCUMENT_INVALID');
    expect(data.detail).toContain(`${name} is missing`);
    expect(data.line).toBe(3);
  });

  it.each([
    [
      'cost of a union',
      MOVE,
      /<cost>220.00<\/cost>\s*<vat_value>20.00<\/vat_value>\s*<\/union>\s*<\/order_details>/,
      '</union></order_details>',
      'union: cost is missing',
    ],
    ['series of a detail', MOVE, '<series_number>A0126</series_number>', '', 'detail: series_number is missing'],
    ['content', PACK, /<content>.*<\/content>/s, '', 'unit_pack: content is missing'],
    ['codes', PACKED, /<signs>.*<\/signs>/s, '<signs/>', 'it names no codes'],
    ['what a union is about', MOVE, '<sgtin>095200000020227DEMOLSEC0001</sgtin>', '', 'either sgtin or sscc_detail'],
    ['version', MOVE, ' version="1.37"', '', 'version'],
    ['action', MOVE, / {2}<move_order.*<\/move_order>/s, '', 'no action'],
  ] as [string, string, string | RegExp, string, string][])('%s', async (_name, text, from, to, words) => {
    const data = await failure(read(text.replace(from, to)), 'DOCUMENT_INVALID');
    expect(data.detail).toContain(words);
    expect(data.line).toBeGreaterThan(0);
  });
});

describe('malformed parts', () => {
  it.each([
    ['subject_id', '<subject_id>00000000000101', '<subject_id>101', 'expected 14 digits or a GUID'],
    ['operation_date', '10:05:00+03:00', '10:05:00', 'offset'],
    ['operation_date', '2026-02-03T10:05', '2026-02-31T10:05', 'offset'],
    ['doc_date', '03.02.2026', '2026-02-03', 'DD.MM.YYYY'],
    ['doc_date', '03.02.2026', '31.02.2026', 'DD.MM.YYYY'],
    ['turnover_type', '<turnover_type>1', '<turnover_type>3', 'expected 1, 2'],
    ['cost', '<cost>110.00', '<cost>110,00', 'amount'],
    ['cost', '<cost>110.00', '<cost>1e9', 'amount'],
    ['gtin', '<gtin>09520000001018', '<gtin>9520000001018', '14 digits'],
  ])('%s', async (name, from, to, words) => {
    const data = await failure(read(MOVE.replace(from, to)), 'DOCUMENT_INVALID');
    expect(data.detail).toContain(name);
    expect(data.detail).toContain(words);
  });

  it('action_id of another action, a second action, a second sscc, a scalar twice', async () => {
    expect((await failure(read(MOVE.replace('"415"', '"416"')), 'DOCUMENT_INVALID')).detail).toMatch(/expected 415/);
    const second = PACK.replace('</documents>', `<unit_pack action_id="911">${HEAD}</unit_pack></documents>`);
    expect((await failure(read(second), 'DOCUMENT_INVALID')).detail).toMatch(/second action/);
    expect(
      (await failure(read(PACK.replace('<content>', '<sscc>195200000000000124</sscc><content>')), 'DOCUMENT_INVALID'))
        .detail,
    ).toMatch(/second package/);
    expect(
      (await failure(read(MOVE.replace('<source>', '<source>2</source><source>')), 'DOCUMENT_INVALID')).detail,
    ).toMatch(/twice/);
  });

  it('an action or root that is not read names what is', async () => {
    const data = await failure(read(document('<withdrawal action_id="552"/>')), 'DOCUMENT_UNKNOWN');
    expect(data.detail).toMatch(/withdrawal; expected MDLP 311, 10311, 415, 416, 911, 912, 913, 914, 915/);
    expect((await failure(read('<html/>'), 'DOCUMENT_UNKNOWN')).detail).toMatch(
      /root element html; expected MDLP .*UPD/,
    );
  });
});

describe('findings', () => {
  it.each([
    ['a code twice', PACKED, 'DEMOBX1A0002', 'DEMOBX1A0001', 'CODE_REPEATED', 12],
    [
      'a code of another GTIN',
      PACKED,
      '095200000010187DEMOBX1A0002',
      '095200000020227DEMOBX1A0002',
      'CODE_OF_OTHER_GTIN',
      12,
    ],
    ['an sgtin too short', PACKED, '7DEMOBX1A0002', '7DEMOBX1A000', 'CODE_FORM', 12],
    ['an sgtin with a foreign character', PACKED, '7DEMOBX1A0002', '7DEMOBX1A00-2', 'CODE_FORM', 12],
    ['the check digit of the GTIN', PACKED, '<gtin>09520000001018', '<gtin>09520000001019', 'CODE_CHECK_DIGIT', 3],
    ['the check digit of an SSCC', MOVE, '195200000000000117', '195200000000000118', 'CODE_CHECK_DIGIT', 13],
    ['an SSCC too short', MOVE, '195200000000000117', '19520000000000011', 'CODE_FORM', 13],
    ['the same package twice', MOVE, '195200000000000124', '195200000000000117', 'CODE_REPEATED', 26],
    ['an empty code', PACKED, '095200000010187DEMOBX1A0002', '', 'CODE_EMPTY', 12],
    ['a code with a line feed', PACKED, 'DEMOBX1A0002', 'DEMOBX&#10;0002', 'CODE_CONTROL_CHARACTER', 12],
  ] as [string, string, string, string, string, number][])('%s', async (_name, text, from, to, code, line) => {
    const model = await read(text.replace(from, to));
    expect(model.issues).toContainEqual(expect.objectContaining({ code, line }));
  });

  it('a package as its own content', async () => {
    const model = await read(PACK.replace('<content>', '<content><sscc>195200000000000117</sscc>'));
    expect(issueCodes(model)).toEqual(['CODE_REPEATED']);
  });

  it('more items than MDLP takes', async () => {
    const signs = (count: number) =>
      Array.from({ length: count }, (_, i) => `<sgtin>095200000010187${String(i).padStart(12, '0')}</sgtin>`).join('');
    const text = (count: number) => PACK.replace(/<content>.*<\/content>/s, `<content>${signs(count)}</content>`);
    expect(issueCodes(await read(text(25_000)))).toEqual([]);
    expect(issueCodes(await read(text(25_001)))).toEqual(['LIMIT_EXCEEDED']);
  });

  it('a very long code is kept and reported', async () => {
    const model = await read(PACKED.replace('DEMOBX1A0002', 'A'.repeat(DOCUMENT_LIMITS.codeLength)));
    expect(model.lines[0]!.codes.count).toBe(5);
    expect(issueCodes(model)).toContain('CODE_TOO_LONG');
  });
});

describe('other actions', () => {
  it('912 names dissolved packages', async () => {
    const model = await read(
      document(
        `<unit_unpack action_id="912">${HEAD}<sscc>195200000000000117</sscc><sscc>195200000000000124</sscc><is_recursive>true</is_recursive></unit_unpack>`,
      ),
    );
    expect(model).toMatchObject({
      kind: 'disaggregation',
      format: 'mdlp:912@1.37',
      flags: { is_recursive: 'true' },
      tree: [],
      issues: [],
    });
    expect([...model.lines[0]!.packages]).toEqual(['195200000000000117', '195200000000000124']);
  });

  it('913 names freed children, units and packages', async () => {
    const model = await read(
      document(
        `<unit_extract action_id="913">${HEAD}<content><sgtin>095200000010187DEMOBX1A0001</sgtin><sscc>195200000000000124</sscc></content></unit_extract>`,
      ),
    );
    expect(model.kind).toBe('extract');
    expect([...model.lines[0]!.codes, ...model.lines[0]!.packages]).toEqual([
      '095200000010187DEMOBX1A0001',
      '195200000000000124',
    ]);
  });

  it('914 states children added', async () => {
    const model = await read(
      document(
        `<unit_append action_id="914">${HEAD}<sscc>195200000000000117</sscc><content><sgtin>095200000010187DEMOBX1A0001</sgtin></content></unit_append>`,
      ),
    );
    expect(model).toMatchObject({
      kind: 'append',
      tree: [{ parent: '195200000000000117', at: '2026-01-12T10:00:00+03:00' }],
    });
  });

  it('915 states many packages, content before or after its package', async () => {
    const model = await read(
      document(
        `<multi_pack action_id="915">${HEAD}<by_sscc><detail><sscc>295200000000000015</sscc><content><sscc>195200000000000117</sscc><sscc>195200000000000124</sscc></content></detail></by_sscc>` +
          '<by_sgtin><detail><content><sgtin>095200000010187DEMOBX1A0001</sgtin></content><sscc>295200000000000022</sscc></detail></by_sgtin></multi_pack>',
      ),
    );
    expect(model.tree.map(({ parent, children }) => [parent, ...children])).toEqual([
      ['295200000000000015', '195200000000000117', '195200000000000124'],
      ['295200000000000022', '095200000010187DEMOBX1A0001'],
    ]);
    expect(model.issues).toEqual([]);
    const missing = document(
      `<multi_pack action_id="915">${HEAD}<by_sscc><detail><content><sscc>195200000000000117</sscc></content></detail></by_sscc></multi_pack>`,
    );
    expect((await failure(read(missing), 'DOCUMENT_INVALID')).detail).toBe('detail: sscc is missing');
  });

  it('10311 as 311', async () => {
    const model = await read(
      PACKED.replaceAll('register_end_packing', 'skzkm_register_end_packing').replace('"311"', '"10311"'),
    );
    expect(model.format).toBe('mdlp:10311@1.34');
    expect(model.lines[0]!.codes.count).toBe(5);
  });

  it('a package of two goods stands under both lines, once as an item', async () => {
    const two =
      '<detail><gtin>09520000002022</gtin><series_number>B0226</series_number><cost>220.00</cost><vat_value>20.00</vat_value></detail>';
    const model = await read(MOVE.replace('</detail>', `</detail>${two}`));
    expect(model.issues).toEqual([]);
    expect(model.lines.map((line) => [...line.packages])).toEqual([
      ['195200000000000117'],
      ['195200000000000117', '195200000000000124'],
      [],
    ]);
  });

  it('the session that is corrected', async () => {
    const text = MOVE.replace('version="1.37"', 'version="1.37" original_id="s-1"');
    expect(await readDocument(write('move.xml', text))).toMatchObject({
      revisionOf: 's-1',
    });
  });
});
