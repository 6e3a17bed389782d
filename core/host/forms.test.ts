import { describe, expect, it } from 'vitest';
import {
  FORMATS,
  identificationCode,
  identificationCodeAt,
  identificationCodeWithPrice,
  loadCore,
  printView,
  sgtin,
} from './index.js';

const core = await loadCore();
const GS = '\u001d';
const RU = { country: 'RU' } as const;
const UZ = { country: 'UZ' } as const;
const PACK = '04607000001011aen94feADQUj9qN';
const BLOCK = `010460700000102821bM6jgts${GS}8005205000${GS}935MGe`;
const MEDICINE = `0104607000001080215xHh4svhSAZVK${GS}91EE06${GS}92wsNkL3XvehRWbvSNtd663N/PaQqWPJJhY89CyET7LHe=`;
const FUR = 'RU-430302-AAA1234567';
const EXAMPLES = FORMATS.flatMap(({ group, countries, structure, example }) =>
  example === null ? [] : countries.map((country) => [`${group} (${country})`, country, structure!, example] as const),
);

describe('КМ → КИ for the example of every format', () => {
  it.each(EXAMPLES)('%s', (_, country, structure, example) => {
    const code = core.parse(example, { country });
    const short = identificationCode(code)!;
    // By hand, with nothing of the parser: everything before the first GS; a pack's first 21 characters.
    if (structure.startsWith('01-21.')) {
      expect(short).toBe(example.split(GS)[0]);
      expect(short).toHaveLength(18 + Number(/^01-21\.(\d+)/.exec(structure)![1]));
    } else if (structure.startsWith('tobacco-pack')) expect(short).toBe(example.slice(0, 21));
    else if (structure === 'sgtin') expect(short).toBe(`01${example.slice(0, 14)}21${example.slice(14)}`);
    else if (structure === 'sscc') expect(short).toBe(example.slice(-18));
    else expect([structure, short]).toEqual(['fur', example]);

    const again = core.parse(short, { country });
    expect(again.key).toBe(code.key);
    expect(identificationCode(again)).toBe(short);
    expect(printView(code)).toBe(short);
    const batch = core.parseBatch(Buffer.from(`\n${example}\n`, 'latin1'), { country });
    expect(identificationCodeAt(batch, 0)).toBeNull();
    expect(identificationCodeAt(batch, 1)).toBe(short);
  });

  it('meets every structure that has an example', () => {
    expect(EXAMPLES.length).toBeGreaterThan(100);
    expect(new Set(EXAMPLES.map(([, , structure]) => structure)).size).toBeGreaterThanOrEqual(28);
  });
});

describe('КИ', () => {
  it.each([
    ['a serial of 6 is 24 characters, not 31', `0104607000001097215TP8ca${GS}93tkhw`, '0104607000001097215TP8ca'],
    ['AIs before the serial', `0109520000003036172612311051A${GS}215ab<12`, '0109520000003036215ab<12'],
    ['AIs in a serial', `010952000000303621939193${GS}93AbCd`, '010952000000303621939193'],
    ['an SSCC with more AIs', '00195200000000000216020952000000303637100', '195200000000000216'],
  ])('%s', (_, scan, expected) => {
    expect(identificationCode(core.parse(scan))).toBe(expected);
  });

  it('is nothing for what identifies nothing', () => {
    for (const scan of ['', 'garbage', '0109520000003036', '4006381333931']) {
      const code = core.parse(scan);
      expect([identificationCode(code), identificationCodeWithPrice(code, scan), printView(code), sgtin(code)]).toEqual(
        [null, null, null, null],
      );
    }
  });

  it('is the same for an alcohol stamp: no check part is known', () => {
    expect(identificationCode(core.parse('1B'.repeat(75)))).toBe('1B'.repeat(75));
  });

  it('of a row that is none is refused', () => {
    const batch = core.parseBatch(Buffer.from(PACK));
    for (const row of [-1, 1, 0.5, Number.NaN]) expect(() => identificationCodeAt(batch, row)).toThrow(RangeError);
    core.parse(PACK);
    expect(() => identificationCodeAt(batch, 0)).toThrow(/no longer valid/);
  });
});

describe('КИ with price', () => {
  it('keeps the price of a Russian pack and block', () => {
    expect(identificationCodeWithPrice(core.parse(PACK, RU), PACK)).toBe(PACK.slice(0, 25));
    expect(identificationCodeWithPrice(core.parse(PACK, RU), Buffer.from(PACK))).toBe(PACK.slice(0, 25));
    expect(identificationCodeWithPrice(core.parse(PACK.slice(0, 25), RU), PACK)).toBe(PACK.slice(0, 25));
    const block = identificationCodeWithPrice(core.parse(BLOCK, RU), BLOCK)!;
    expect(block).toBe(`010460700000102821bM6jgts${GS}8005205000`);
    expect(block.slice(30)).toBe('205000'); // 25 + GS + 8005: where readers of `cis` find it
  });

  it('is the КИ where no price is', () => {
    expect(identificationCodeWithPrice(core.parse(PACK), PACK)).toBe(PACK.slice(0, 21));
    expect(identificationCodeWithPrice(core.parse(PACK, UZ), PACK)).toBe(PACK.slice(0, 21));
    expect(identificationCodeWithPrice(core.parse(PACK.slice(0, 21), RU), PACK)).toBe(PACK.slice(0, 21));
    expect(identificationCodeWithPrice(core.parse(MEDICINE, RU), MEDICINE)).toBe(MEDICINE.slice(0, 31));
  });
});

describe('printView', () => {
  it('has brackets around 01, 21 and 8005 when asked', () => {
    const view = (scan: string) => printView(core.parse(scan), { brackets: true });
    expect(view(MEDICINE)).toBe('(01)04607000001080(21)5xHh4svhSAZVK');
    expect(view(BLOCK)).toBe('(01)04607000001028(21)bM6jgts(8005)205000');
    expect(view(PACK)).toBe(PACK.slice(0, 21));
    expect(view('00046070000000001011')).toBe('046070000000001011');
    expect(view(FUR)).toBe(FUR);
  });
});

describe('SGTIN', () => {
  it('is GTIN and the serial of 13', () => {
    expect(sgtin(core.parse(MEDICINE))).toBe('046070000010805xHh4svhSAZVK');
    expect(sgtin(core.parse('046070000010805xHh4svhSAZVK'))).toBe('046070000010805xHh4svhSAZVK');
    expect(sgtin(core.parse(MEDICINE.slice(0, 31)))).toBe('046070000010805xHh4svhSAZVK');
  });

  it('is nothing for other serials, packages, packs', () => {
    for (const scan of [`0104607000001097215TP8ca${GS}93tkhw`, '00046070000000001011', PACK, FUR]) {
      expect(sgtin(core.parse(scan))).toBeNull();
    }
  });
});
