import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDocument } from './read-document.js';
import { sample, sampleText } from './scratch.test.files.js';
import { sniff } from './source.js';
import { summarizeDocument, summarizeUpd } from './summary.js';
import { readTable, type TableBatch } from './table.js';

const expected = JSON.parse(readFileSync(sample('expected.json'), 'utf8')) as {
  acceptance: {
    registerTree: Record<string, string[]>;
    expectedUnits: number;
    codes: Record<string, string>;
  };
  upd: unknown;
};

describe('the samples', () => {
  it('MDLP 311: one line with its series and codes', async () => {
    const model = await readDocument(sample('mdlp-311-register_end_packing.xml'));
    expect(model).toMatchObject({
      kind: 'endPacking',
      format: 'mdlp:311@1.34',
      operationAt: '2026-01-12T08:15:00+03:00',
      sender: { mdlpSubjectId: '00000000000101' },
      tree: [],
      issues: [],
    });
    expect(model.lines).toHaveLength(1);
    expect(model.lines[0]).toMatchObject({
      no: 1,
      gtin: '09520000001018',
      series: 'A0126',
      expiry: '2028-12-31',
    });
    expect([...model.lines[0]!.codes]).toEqual(expected.acceptance.registerTree['195200000000000117']);
    expect([...model.lines[0]!.codes.rows()]).toEqual([11, 12, 13, 14, 15]);
  });

  it('MDLP 911: the stated tree is the expected one', async () => {
    const models = await Promise.all(
      ['mdlp-911-unit_pack.xml', 'mdlp-911-unit_pack-2.xml'].map((name) => readDocument(sample(name))),
    );
    const tree = Object.fromEntries(
      models.flatMap((model) => model.tree.map(({ parent, children }) => [parent, [...children]])),
    );
    expect(tree).toEqual(expected.acceptance.registerTree);
    for (const model of models) {
      expect(model).toMatchObject({
        kind: 'aggregation',
        format: 'mdlp:911@1.37',
        lines: [],
        issues: [],
      });
      expect(model.tree[0]!.at).toBe('2026-01-12T09:40:00+03:00');
    }
  });

  it('MDLP 415 with the tree names the expected units; 416 names what came', async () => {
    const dispatch = await readDocument(sample('mdlp-415-move_order.xml'));
    const receipt = await readDocument(sample('mdlp-416-receive_order.xml'));
    expect(dispatch).toMatchObject({
      kind: 'dispatch',
      number: 'ОБР-0415/1',
      date: '2026-02-03',
      sender: { mdlpSubjectId: '00000000000101' },
      receiver: { mdlpSubjectId: '00000000000202' },
      flags: { turnover_type: '1', source: '1', contract_type: '1' },
      issues: [],
    });
    expect(receipt).toMatchObject({
      kind: 'receipt',
      sender: { mdlpSubjectId: '00000000000101' },
      receiver: { mdlpSubjectId: '00000000000202' },
      issues: [],
    });
    const units = dispatch.lines.flatMap((line) => [
      ...line.codes,
      ...[...line.packages].flatMap((sscc) => expected.acceptance.registerTree[sscc]!),
    ]);
    expect(units).toHaveLength(expected.acceptance.expectedUnits);
    const surplus = Object.entries(expected.acceptance.codes).flatMap(([code, outcome]) =>
      outcome === 'SURPLUS' ? [code] : [],
    );
    expect([...units, ...surplus].sort()).toEqual(Object.keys(expected.acceptance.codes).sort());
    expect(receipt.lines.flatMap((line) => [...line.packages])).toEqual(['195200000000000117']);
    expect(receipt.lines.flatMap((line) => [...line.codes])).toEqual([
      '095200000020227DEMOBX2B0001',
      '095200000020227DEMOBX2B0002',
      '095200000020227DEMOLSEC0001',
      '095200000010187DEMOSURP0001',
    ]);
    expect(
      dispatch.lines.map(({ gtin, series, price, vat, priceIncludesVat }) => [
        gtin,
        series,
        price,
        vat,
        priceIncludesVat,
      ]),
    ).toEqual([
      ['09520000001018', 'A0126', '110.00', '10.00', true],
      ['09520000002022', 'B0226', '220.00', '20.00', true],
      ['09520000002022', undefined, '220.00', '20.00', true],
    ]);
  });

  it('UPD 5.03, seller and buyer: the expected block', async () => {
    const seller = await readDocument(sample('upd-503-seller.xml'));
    const buyer = await readDocument(sample('upd-503-buyer.xml'));
    expect(summarizeUpd(seller, buyer)).toEqual(expected.upd);
    expect(summarizeUpd(seller).buyerResult).toBeNull();
    expect(summarizeDocument(seller)).toMatchObject({
      kind: 'upd',
      lines: 4,
      codes: 3,
      packages: 2,
      statements: 0,
      number: 'ОБР-77',
    });
    // The sample's file name is not its id; nothing else is amiss.
    expect(seller.issues.map(({ code }) => code)).toEqual(['FILE_NAME_DIFFERS']);
    expect(seller).toMatchObject({
      format: 'upd:5.03',
      date: '2026-02-03',
      sender: {
        tin: '9999000101',
        kpp: '999901001',
        ediId: '2XX-0000000001',
        name: 'ООО "Образец-Поставщик"',
      },
      receiver: {
        tin: '9999000207',
        kpp: '999902001',
        ediId: '2XX-0000000002',
      },
      basis: [{ name: 'Договор', number: 'ОБР-1', date: '2026-01-01' }],
    });
    expect(seller.lines[1]!.name).toBe('Сыр полутвёрдый «Chloé», короб 4 шт');
    expect(seller.lines[3]!.customsDeclarations).toEqual([{ number: '10129020/270721/0000123', country: '156' }]);
    expect(buyer).toMatchObject({
      kind: 'updBuyer',
      number: 'ОБР-77',
      acceptance: {
        result: 2,
        operation: 'Товары приняты с расхождениями',
        acceptedAt: '2026-02-04',
        differences: {
          name: 'Акт о расхождениях',
          number: 'ОБР-АР-1',
          date: '2026-02-04',
        },
      },
    });
    expect(sampleText('upd-503-seller.xml')).toContain(`ИдФайл="${buyer.acceptance!.sellerFileId}"`);
  });

  it('the snapshot: every row with its fields', async () => {
    const [batch, ...more] = await batches('registry-snapshot.csv');
    expect(more).toEqual([]);
    expect(batch).toMatchObject({ form: 'snapshot', issues: [] });
    expect(batch!.rows).toHaveLength(20);
    const byCode = new Map(batch!.rows.map((row) => [row.code, row]));
    expect(byCode.get('010952000000606821UZDEMO0000003')).toMatchObject({
      row: 4,
      type: 'UNIT',
      status: 'INTRODUCED',
      owner: '300000001',
      parent: undefined,
      appliedAt: '2025-11-01T10:00:00+05:00',
      retiredAt: undefined,
      remaining: { n: 1, m: 2 },
      origin: 'LOCAL',
      customsCleared: undefined,
      expiry: '2028-01-31',
    });
    expect(byCode.get('010952000000606821UZDEMO0000012')).toMatchObject({
      invoiceFrom: '300000003',
      invoiceTo: '300000001',
      invoiceAt: '2026-03-14T10:00:00+05:00',
    });
    expect(byCode.get('010952000000606821UZDEMO0000015')).toMatchObject({
      origin: 'IMPORT',
      customsCleared: false,
    });
    expect(byCode.get('195200000000000315')).toMatchObject({
      type: 'BOX',
      parent: '295200000000000329',
      row: 17,
    });
  });

  it('the scan log: separators restored, symbology kept', async () => {
    const [batch] = await batches('inventory-scans.csv');
    expect(batch!.form).toBe('scanLog');
    expect(batch!.rows).toHaveLength(21);
    expect(batch!.rows[0]).toMatchObject({
      code: `010952000000606821UZDEMO0000001\x1d91EE06\x1d92${'A'.repeat(43)}=`,
      row: 2,
      scan: {
        scannedAt: '2026-03-16T09:10:00+05:00',
        warehouse: 'W1',
        employee: 'E1',
        symbology: ']d2',
        action: 'SCAN',
      },
    });
    expect(batch!.rows.map((row) => row.scan!.symbology).filter((aim) => aim !== ']d2')).toEqual([']E0', ']C1']);
    expect(batch!.rows[13]!.scan!.action).toBe('REMOVE');
    expect(batch!.issues).toEqual([
      {
        code: 'GS_SUBSTITUTED',
        line: 2,
        detail: '\\x1d stood for the separator in 18 rows, from this line on',
      },
    ]);
  });

  it('have an id that follows the content, not the name', async () => {
    const first = await readDocument(sample('mdlp-911-unit_pack.xml'));
    const again = await readDocument(sample('mdlp-911-unit_pack.xml'));
    const other = await readDocument(sample('mdlp-911-unit_pack-2.xml'));
    expect(first.id).toBe(again.id);
    expect(first.id).not.toBe(other.id);
    expect(first.id).toMatch(/^mdlp:911@1\.37\/[0-9a-f]{32}$/);
  });
});

async function batches(name: string): Promise<TableBatch[]> {
  const all: TableBatch[] = [];
  for await (const batch of readTable(await sniff(sample(name)))) all.push(batch);
  return all;
}
