import { describe, expect, it } from 'vitest';
import { FISCAL_TYPES, FORMATS, fiscal, loadCore } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const of = (scan: string) => fiscal(core.parse(scan), scan);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const SPACES = (count: number) => '20'.repeat(count);
const ascii = (text: string) => hex(Buffer.from(text, 'latin1'));
/** Six bytes, by way of integers of any size, as no code of ours makes them. */
const six = (digits: string) => BigInt(digits).toString(16).toUpperCase().padStart(12, '0');

const EXAMPLES = FORMATS.flatMap(({ group, countries, structure, example }) =>
  example === null ? [] : [[`${group} (${countries})`, structure!, example] as const],
);

describe('the example of every format', () => {
  it.each(EXAMPLES)('%s', (_, structure, example) => {
    const { type, tag, value, tag1162, tag2000 } = of(example);
    if (structure.startsWith('01-21.')) {
      const [head] = example.split(GS) as [string];
      expect([type, tag]).toEqual(/-(92|93)\b/.test(structure) ? ['GS1.M', 1305] : ['GS1.0', 1304]);
      expect(value).toBe(head);
      expect(value).toMatch(/^01\d{14}21.{1,20}$/);
      const serial = head.slice(18);
      expect(hex(tag1162)).toBe(
        `444D${six(head.slice(2, 16))}${ascii(serial)}${SPACES(Math.max(0, 13 - serial.length))}`,
      );
    } else if (structure.startsWith('tobacco-pack')) {
      expect([type, tag, value]).toEqual(['short', 1306, `01${example.slice(0, 14)}21${example.slice(14, 21)}`]);
      const rest = example.slice(14, 25);
      expect(hex(tag1162)).toBe(`444D${six(example.slice(0, 14))}${ascii(rest)}${SPACES(13 - rest.length)}`);
    } else if (structure === 'fur') {
      expect([type, tag, value]).toEqual(['fur', 1307, example]);
      expect(hex(tag1162)).toBe(`5246${ascii(example)}`);
    } else {
      expect(['sgtin', 'sscc']).toContain(structure);
      expect([type, tag, value]).toEqual(['unidentified', 1300, example]);
      expect(hex(tag1162)).toBe(`0000${ascii(example)}`);
    }
    expect(tag1162.length).toBeLessThanOrEqual(32);
    expect(value.length).toBeLessThanOrEqual(38);
    expect(tag2000 === null ? null : hex(tag2000)).toBe(structure === 'sscc' ? null : ascii(example));
  });
});

describe('worked examples and rules of single rows', () => {
  it('GTIN 04600123020013 with serial 5sBEPsaKtSYrZ is 44 4D 04 2F 0C B2 D2 ED 35 73 …', () => {
    const bytes = '444D042F0CB2D2ED357342455073614B745359725A';
    expect(hex(of('0104600123020013215sBEPsaKtSYrZ').tag1162)).toBe(bytes);
    expect(hex(of(`0104600123020013215sBEPsaKtSYrZ${GS}91EE06${GS}92${'A'.repeat(43)}=`).tag1162)).toBe(bytes);
  });

  it('bar codes of goods are numbers of six bytes', () => {
    expect(of('4006381333931')).toMatchObject({ type: 'EAN-13', tag: 1302, value: '4006381333931', tag2000: null });
    expect(hex(of('4006381333931').tag1162)).toBe(`450D${six('4006381333931')}`);
    expect(hex(of('96385074').tag1162)).toBe(`4508${six('96385074')}`);
    expect(of('96385074')).toMatchObject({ type: 'EAN-8', tag: 1301 });
    expect(hex(of('14006381333938').tag1162)).toBe(`490E${six('14006381333938')}`);
    expect(of('14006381333938')).toMatchObject({ type: 'ITF-14', tag: 1303 });
    expect(of('4006381333932')).toMatchObject({ type: 'unidentified', tag: 1300 }); // wrong check digit
  });

  it('alcohol stamps: characters 8 to 30 of the old, the first 14 of the new', () => {
    const old = `22N0000${'ABCDEFGHIJKLMNOPQRSTUVW'}${'9'.repeat(38)}`;
    expect(of(old)).toMatchObject({ type: 'EGAIS-2', tag: 1308, value: 'ABCDEFGHIJKLMNOPQRSTUVW' });
    expect(hex(of(old).tag1162)).toBe(`C514${ascii('ABCDEFGHIJKLMNOPQRSTUVW')}`);
    const young = `ABCDEFGHIJKLMN${'7'.repeat(136)}`;
    expect(of(young)).toMatchObject({ type: 'EGAIS-3', tag: 1309, value: 'ABCDEFGHIJKLMN' });
    expect(hex(of(young).tag1162)).toBe(`C51E${ascii('ABCDEFGHIJKLMN')}`);
  });

  it('the price of a pack stands beside the serial whatever country was told', () => {
    const pack = '04607000001011aen94feADQUj9qN';
    for (const options of [{}, { country: 'RU' }, { country: 'UZ' }] as const) {
      expect(hex(fiscal(core.parse(pack, options), pack).tag1162)).toBe(
        `444D${six('04607000001011')}${ascii('aen94feADQU')}2020`,
      );
    }
  });

  it('any of the AIs 91, 92, 93 makes GS1.M; a serial that looks like one does not', () => {
    expect(of(`010952000000303621abcdef${GS}91EE06`).type).toBe('GS1.M');
    expect(of('010952000000303621939193').type).toBe('GS1.0');
  });

  it('what is unknown is cut: 32 characters, 30 bytes', () => {
    const long = 'Ъ'.repeat(40);
    expect(of(long)).toMatchObject({ type: 'unidentified', value: 'Ъ'.repeat(32), tag2000: null });
    expect(hex(of(long).tag1162)).toBe(`0000${'D0AA'.repeat(15)}`);
    expect(of('')).toMatchObject({ type: 'unidentified', value: '' });
    const bytes = Uint8Array.of(0xff, 0x0a, 0x41);
    expect(hex(fiscal(core.parse(bytes), bytes).tag1162)).toBe('0000FF0A41');
  });

  it('each type has a tag of its own, in order', () => {
    expect(Object.values(FISCAL_TYPES).map(({ tag }) => tag)).toEqual([
      1300, 1301, 1302, 1303, 1304, 1305, 1306, 1307, 1308, 1309,
    ]);
  });
});
