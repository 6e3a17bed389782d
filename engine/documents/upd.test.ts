import { describe, expect, it } from 'vitest';
import { readDocument } from './read-document.js';
import { failure, issueCodes, readText, sampleText, scratch } from './scratch.test.files.js';

const write = scratch();
const SELLER = sampleText('upd-503-seller.xml');
const BUYER = sampleText('upd-503-buyer.xml');
const FILE_ID = /ИдФайл="([^"]+)"/.exec(SELLER)![1]!;

/** Reads a seller's title that has the right file name, so that only the change is found. */
function read(text: string) {
  return readDocument(write(`${FILE_ID}.xml`, text.replace('windows-1251', 'UTF-8')));
}

describe('findings of a seller’s title', () => {
  it('none in the sample under its own name, also packed', async () => {
    expect((await read(SELLER)).issues).toEqual([]);
  });

  it.each([
    ['a code twice', '0109520000003036215Z+e=3', '0109520000003036215a&amp;b&lt;1', 'CODE_REPEATED'],
    ['a package twice, with and without its 00', '00195200000000000223', '195200000000000216', 'CODE_REPEATED'],
    ['a code of another GTIN', '0109520000003036215Z+e=3', '0109520000004040215Z+e=3', 'CODE_OF_OTHER_GTIN'],
    ['fewer codes than goods', 'КолТов="3"', 'КолТов="4"', 'QUANTITY_DIFFERS'],
    ['quantity accounting that differs', 'КолВедМарк="10"', 'КолВедМарк="9"', 'QUANTITY_DIFFERS'],
    ['quantity accounting without a GTIN', ' ГТИН="09520000005054"', '', 'GTIN_MISSING'],
    ['quantity accounting past exact numbers', 'КолВедМарк="10"', 'КолВедМарк="99999999999999999999"', 'QUANTITY_FORM'],
    [
      'units and packages in one block',
      '<НомУпак>00195200000000000223</НомУпак>',
      '<КИЗ>010952000000404021abc</КИЗ>',
      'CODES_AND_PACKAGES_MIXED',
    ],
    ['a block that names nothing', '<НомСредИдентТов КолВедМарк="10"/>', '<НомСредИдентТов/>', 'CODES_MISSING'],
    ['check digit of a package', '00195200000000000223', '00195200000000000224', 'CODE_CHECK_DIGIT'],
    ['check digit of the GTIN', 'ГТИН="09520000005054"', 'ГТИН="09520000005055"', 'CODE_CHECK_DIGIT'],
    ['total without VAT', 'СтТовБезНДСВсего="153890.00"', 'СтТовБезНДСВсего="153890.01"', 'TOTALS_DIFFER'],
    ['total with VAT', 'СтТовУчНалВсего="187279.00"', 'СтТовУчНалВсего="187279.10"', 'TOTALS_DIFFER'],
    ['total of VAT', '<СумНал>33389.00</СумНал>', '<СумНал>x</СумНал>', 'TOTALS_DIFFER'],
    ['RNPT too short', '10129020/270721/0000123/001', '10129020/270721', 'RNPT_FORM'],
    ['RNPT of a day that is not', '10129020/270721/0000123/001', '10129020/310221/0000123/001', 'RNPT_FORM'],
    ['RNPT with ordinal 0', '0000123/001', '0000123/000', 'RNPT_FORM'],
    ['RNPT later than the document', '10129020/270721/0000123/001', '10129020/270726/0000123/001', 'RNPT_DATE'],
    ['RNPT quantities', 'КолВЕдПрослеж="3"', 'КолВЕдПрослеж="4"', 'RNPT_QUANTITY_DIFFERS'],
    ['RNPT values', 'СтТовБезНДСПрослеж="90000.00"', 'СтТовБезНДСПрослеж="90000.01"', 'RNPT_VALUE_DIFFERS'],
  ])('%s', async (_name, from, to, code) => {
    expect(SELLER).toContain(from);
    const model = await read(SELLER.replace(from, to));
    expect(issueCodes(model)).toEqual([code]);
  });

  it('the same quantity in other words is the same', async () => {
    expect((await read(SELLER.replace('КолТов="3"', 'КолТов="3.000"'))).issues).toEqual([]);
    expect((await read(SELLER.replace('СтТовБезНДСВсего="153890.00"', 'СтТовБезНДСВсего="153890"'))).issues).toEqual(
      [],
    );
  });

  it('another unit than a piece is not compared with codes', async () => {
    expect(
      (
        await read(
          SELLER.replace('ОКЕИ_Тов="796" НаимЕдИзм="шт" КолТов="3"', 'ОКЕИ_Тов="166" НаимЕдИзм="кг" КолТов="2.85"'),
        )
      ).issues,
    ).toEqual([]);
  });

  it('the file name', async () => {
    const model = await readText(write, SELLER);
    expect(issueCodes(model)).toEqual(['FILE_NAME_DIFFERS']);
  });
});

describe('invalid UPD', () => {
  it.each([
    ['ИдФайл', /ИдФайл="[^"]*" /, '', 'Файл: ИдФайл is missing'],
    ['number', 'НомерДок="ОБР-77" ', '', 'СвСчФакт: НомерДок is missing'],
    ['date', '<СвСчФакт НомерДок="ОБР-77" ДатаДок="03.02.2026">', '<СвСчФакт НомерДок="ОБР-77">', 'ДатаДок is missing'],
    [
      'a day that is not',
      '<СвСчФакт НомерДок="ОБР-77" ДатаДок="03.02.2026">',
      '<СвСчФакт НомерДок="ОБР-77" ДатаДок="30.02.2026">',
      'ДатаДок is "30.02.2026"',
    ],
    ['invoice', /<СвСчФакт .*<\/СвСчФакт>/s, '', 'СвСчФакт is missing'],
    ['lines', /<СведТов .*<\/СведТов>/s, '', 'СведТов is missing'],
    ['number of a line', 'НомСтр="2" ', '', 'СведТов: НомСтр is missing'],
    ['number of a line twice', 'НомСтр="2"', 'НомСтр="1"', 'НомСтр 1 stands twice'],
    ['quantity', 'КолТов="8"', 'КолТов="восемь"', 'КолТов is "восемь"; expected a decimal number'],
    ['GTIN', 'ГТИН="09520000004040"', 'ГТИН="9520000004040"', 'ГТИН is "9520000004040"; expected 14 digits'],
    ['amount', 'СтТовБезНДСВсего="153890.00"', 'СтТовБезНДСВсего="153 890.00"', 'СтТовБезНДСВсего'],
    ['RNPT', 'НомТовПрослеж="10129020/270721/0000123/001" ', '', 'НомТовПрослеж is missing'],
    ['document', /<Документ.*<\/Документ>/s, '', 'Документ is missing'],
  ] as [string, string | RegExp, string, string][])('%s', async (_name, from, to, words) => {
    const changed = SELLER.replace(from, to);
    expect(changed).not.toBe(SELLER);
    const data = await failure(read(changed), 'DOCUMENT_INVALID');
    expect(data.detail).toContain(words);
    expect(data.line).toBeGreaterThan(0);
  });

  it('another form or version is unknown, and what is read is told', async () => {
    expect((await failure(read(SELLER.replace('1115131', '1110000')), 'DOCUMENT_UNKNOWN')).detail).toBe(
      'КНД "1110000"; expected 1115131 or 1115132',
    );
    expect(
      (await failure(read(SELLER.replace('ВерсФорм="5.03"', 'ВерсФорм="6.00"')), 'DOCUMENT_UNKNOWN')).detail,
    ).toMatch(/expected 5.03 or 5.01/);
  });
});

describe('codes of a line', () => {
  it('several blocks, and packages that hold the codes named with them', async () => {
    const blocks =
      '<НомСредИдентТов ИдентТрансУпак="195200000000000117"><КИЗ>010952000000404021a</КИЗ><КИЗ>010952000000404021b</КИЗ></НомСредИдентТов>' +
      '<НомСредИдентТов ИдентТрансУпак="195200000000000124"/>';
    const model = await read(
      SELLER.replace(/<НомСредИдентТов>\s*<НомУпак>.*<\/НомУпак>\s*<\/НомСредИдентТов>/s, blocks),
    );
    const line = model.lines[1]!;
    expect([...line.codes]).toEqual(['010952000000404021a', '010952000000404021b']);
    expect([...line.packages]).toEqual(['195200000000000124']);
    expect(model.tree.map(({ parent, children }) => [parent, ...children])).toEqual([
      ['195200000000000117', '010952000000404021a', '010952000000404021b'],
    ]);
    expect(model.issues).toEqual([]);
  });

  it('what the buyer does with the goods', async () => {
    const text = SELLER.replace(
      '<ДенИзм',
      '<ИнфПолФХЖ1><ТекстИнф Идентиф="СвВыбытияМАРК" Значен="1"/></ИнфПолФХЖ1><ДенИзм',
    );
    expect((await read(text)).flags).toMatchObject({
      СвВыбытияМАРК: '1',
      Функция: 'СЧФДОП',
    });
  });

  it('a corrected document names the one it corrects', async () => {
    const model = await read(SELLER.replace('<СвПрод>', '<ИспрДок НомИспр="2" ДатаИспр="05.02.2026"/><СвПрод>'));
    expect(model).toMatchObject({
      number: 'ОБР-77',
      revisionOf: 'ОБР-77',
      flags: { НомИспр: '2' },
    });
    expect(
      (await read(SELLER.replace('<СвПрод>', '<ИспрСчФ НомИспрСчФ="-" ДатаИспрСчФ="-"/><СвПрод>'))).revisionOf,
    ).toBeUndefined();
  });

  it('format 5.01: other names of the same things', async () => {
    const text = SELLER.replace('ВерсФорм="5.03"', 'ВерсФорм="5.01"')
      .replace('<Документ ', '<СвУчДокОбор ИдОтпр="2BM-sender" ИдПол="2BM-receiver"/><Документ ')
      .replace('<СвСчФакт НомерДок="ОБР-77" ДатаДок="03.02.2026">', '<СвСчФакт НомерСчФ="7" ДатаСчФ="04.02.2026">')
      .replace(
        '<ОснПер РеквНаимДок="Договор" РеквНомерДок="ОБР-1" РеквДатаДок="01.01.2026"/>',
        '<ОснПер НаимОсн="Договор" НомОсн="1" ДатаОсн="01.01.2026"/>',
      );
    const model = await read(text);
    expect(model).toMatchObject({
      format: 'upd:5.01',
      number: '7',
      date: '2026-02-04',
      sender: { ediId: '2BM-sender' },
      receiver: { ediId: '2BM-receiver' },
      basis: [{ name: 'Договор', number: '1', date: '2026-01-01' }],
    });
  });
});

describe('the buyer’s title', () => {
  it.each([
    ['result', 'КодИтога="2"', 'КодИтога="4"', 'КодИтога is "4"; expected 1, 2, 3'],
    ['seller’s file', /<ИдИнфПрод.*<\/ИдИнфПрод>/s, '', 'ИдИнфПрод is missing'],
    ['content', /<СодФХЖ4.*<\/СодФХЖ4>/s, '', 'СодФХЖ4 is missing'],
    ['acceptance', /<СвПрин.*<\/СвПрин>/s, '', 'СвПрин is missing'],
    [
      'neither code nor words',
      /СодОпер="[^"]*" ДатаПрин="04.02.2026">.*<\/КодСодОпер>/s,
      'ДатаПрин="04.02.2026">',
      'КодСодОпер is missing',
    ],
  ] as [string, string | RegExp, string, string][])('without its %s is invalid', async (_name, from, to, words) => {
    const changed = BUYER.replace(from, to);
    expect(changed).not.toBe(BUYER);
    expect((await failure(readText(write, changed), 'DOCUMENT_INVALID')).detail).toContain(words);
  });

  it('findings: words with a refusal, a day that is not', async () => {
    expect(issueCodes(await readText(write, BUYER.replace('КодИтога="2"', 'КодИтога="3"')))).toContain('CONTENT_FORM');
    const model = await readText(write, BUYER.replace('ДатаПрин="04.02.2026"', 'ДатаПрин="04.13.2026"'));
    expect(issueCodes(model)).toContain('CONTENT_FORM');
    expect(model.acceptance!.acceptedAt).toBeUndefined();
  });

  it('format 5.01: in ИнфПок', async () => {
    const text = BUYER.replace('ВерсФорм="5.03"', 'ВерсФорм="5.01"')
      .replace('<Документ КНД="1115132"', '<ИнфПок')
      .replace('</Документ>', '</ИнфПок>')
      .replace('ПорНомДокИнфПр', 'НомСчФИнфПр');
    expect(await readText(write, text)).toMatchObject({
      format: 'upd-buyer:5.01',
      number: 'ОБР-77',
      acceptance: { result: 2 },
    });
  });
});
