// One example of every fault of a GS1 element string: code, position, length, and the AI that the message is about.
import { describe, expect, it } from 'vitest';
import { CODE_ERRORS, type CodeErrorName, codeErrorMessage, loadCore } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const GTIN = '0109520000003036';
const COUPON = '8110106141416543213150110120';

type Case = [code: CodeErrorName, position: number, length: number, text: string, ai?: string];

const GS1_CASES: Case[] = [
  ['EMPTY', 0, 0, ''],
  ['LINE_TOO_LONG', 4096, 4, 'A'.repeat(4100)],
  ['UNKNOWN_AI', 0, 1, GS + GTIN],
  ['UNKNOWN_AI', 16, 4, `${GTIN}3199000000`],
  ['UNKNOWN_AI', 16, 1, `${GTIN}9`],
  ['CARET', 18, 1, `${GTIN}21^AB#`],
  ['AI_EMPTY', 18, 0, `${GTIN}21`, '21'],
  ['AI_TOO_SHORT', 10, 0, '0109520000', '01'],
  ['AI_TOO_LONG', 38, 3, `${GTIN}21${'A'.repeat(23)}`, '21'],
  ['NOT_NUMERIC', 7, 1, '0100000X00000000', '01'],
  ['BAD_CHARSET', 18, 1, `${GTIN}21#`],
  ['BAD_CHARSET', 8, 1, '80101234a'],
  ['BAD_CHARSET', 5, 1, '8030A+BC'],
  ['BAD_CHECK_DIGIT', 15, 1, '0109520000003037'],
  ['BAD_CHECK_DIGIT', 19, 1, '00195200000000000217'],
  ['BAD_DATE', 20, 2, `${GTIN}17261301`, '17'],
  ['BAD_DATE', 10, 2, '725019000229', '7250'],
  ['BAD_TIME', 10, 2, '70032602012400', '7003'],
  ['BAD_TIME', 10, 2, '800826020124', '8008'],
  ['BAD_TIME', 14, 2, '80082602012359' + '60', '8008'],
  ['REPEATED_AI', 22, 5, `${GTIN}21ABC${GS}21ABD`, '21'],
  ['EXCLUDED_AI', 16, 2, `${GTIN}3712`, '37'],
  ['EXCLUDED_AI', 26, 4, `${GTIN}31000000013105000001`, '3105'],
  ['REQUIRED_AI', 0, 2, '10ABC', '10'],
  ['REQUIRED_AI', 0, 4, '8030ABC', '8030'],
  ['DIGSIG_WITHOUT_SERIAL', 0, 16, `2539520000003036${GS}8030ABC`, '253'],
  ['BAD_CHECK_CHARACTERS', 27, 2, '80131987654Ad4X4bL5ttr2310c2L', '8013'],
  ['BAD_CHECK_CHARACTERS', 4, 1, '8013A', '8013'],
  ['BAD_COMPANY_PREFIX', 3, 1, '401A1234', '401'],
  ['BAD_COMPANY_PREFIX', 4, 3, '8004123', '8004'],
  ['BAD_PADDING', 5, 1, '8030A=', '8030'],
  ['BAD_PADDING', 7, 3, '8030ABC===', '8030'],
  ['BAD_COUNTRY', 3, 3, '422999', '422'],
  ['BAD_COUNTRY', 4, 3, '7030000A', '7030'],
  ['BAD_COUNTRY', 4, 2, '4307UK', '4307'],
  ['BAD_CURRENCY', 4, 3, '391000012', '3910'],
  ['BAD_SEX', 4, 1, '72523', '7252'],
  ['BAD_IBAN_COUNTRY', 4, 2, '8007XX12345678901', '8007'],
  ['BAD_IBAN_LENGTH', 4, 10, '8007GB82WEST12', '8007'],
  ['BAD_IBAN_CHARACTER', 25, 1, '8007GB82WEST1234569876543a', '8007'],
  ['BAD_IBAN_CHECK_DIGITS', 6, 2, '8007GB83WEST12345698765432', '8007'],
  ['BAD_LATITUDE', 4, 10, '430918000000010000000000', '4309'],
  ['BAD_LONGITUDE', 14, 10, '430918000000003600000001', '4309'],
  ['BAD_PERCENT_ENCODING', 5, 2, '4300A%2', '4300'],
  ['BAD_PERCENT_ENCODING', 4, 3, '4300%2G', '4300'],
  ['BAD_IMPORTER_INDEX', 7, 1, '70401AB.', '7040'],
  ['BAD_MEDIA_TYPE', 4, 2, '724111', '7241'],
  ['BAD_PACKAGE_TYPE', 4, 3, '7041XYZ', '7041'],
  ['NO_NON_DIGIT', 4, 12, '8014100199693423', '8014'],
  ['NOT_HYPHEN', 10, 1, '4330000100A', '4330'],
  ['ZERO_VALUE', 4, 4, '800100000000100100', '8001'],
  ['LEADING_ZERO', 4, 1, '801101', '8011'],
  ['LEADING_ZERO', 6, 1, '72581/0', '7258'],
  ['BAD_PIECE_OF_TOTAL', 18, 4, '8006095200000030360302', '8006'],
  ['BAD_PIECE_OF_TOTAL', 18, 2, '8006095200000030360002', '8006'],
  ['BAD_SEQUENCE_POSITION', 4, 3, '72582/1', '7258'],
  ['BAD_WINDING', 16, 1, '800100010000100120', '8001'],
  ['NOT_YES_NO', 4, 1, '43212', '4321'],
  ['NOT_ZERO', 4, 1, '800319520000003036', '8003'],
  ['COUPON_TOO_SHORT', 4, 8, '811010614141', '8110'],
  ['COUPON_TOO_SHORT', 12, 3, '811010614141654', '8110'],
  ['COUPON_BAD_LENGTH', 4, 1, '81107', '8110'],
  ['COUPON_BAD_CODE', 24, 1, `${COUPON.slice(0, 24)}5${COUPON.slice(25)}`, '8110'],
  ['COUPON_BAD_DATE', 29, 6, `${COUPON}3991301`, '8110'],
  ['COUPON_BAD_DATE', 28, 14, `${COUPON}32601014260102`, '8110'],
  ['COUPON_TOO_LONG', 28, 1, `${COUPON}7`, '8110'],
  ['COUPON_BAD_CODE', 4, 1, '81122', '8112'],
];

/** Faults of codes that are no element strings, and of repairs. */
const ELSEWHERE: CodeErrorName[] = [
  'BAD_CHARACTERS',
  'UNKNOWN_CODE_TYPE',
  'NOT_A_MARKING_CODE',
  'AMBIGUOUS_RECOVERY',
  'WRONG_SYMBOLOGY',
];

describe('faults of element strings', () => {
  it.each(GS1_CASES)('%s at %i, %i bytes', (code, position, length, text, ai) => {
    const { ok, ais, error } = core.parse(text, { format: 'gs1' });
    expect([ok, ais]).toEqual([false, []]);
    expect(error).toMatchObject({ code, position, length });
    if (ai !== undefined) expect(error!.message).toContain(`(${ai})`);
    expect(error!.message).not.toMatch(/[{}?]/);
  });

  it('every code of the registry that an element string can have is in the list above', () => {
    expect(new Set([...GS1_CASES.map(([code]) => code), ...ELSEWHERE])).toEqual(new Set(CODE_ERRORS.slice(1)));
  });

  it('every message says in three languages where, or what was expected', () => {
    for (const [code] of GS1_CASES) {
      for (const language of ['en', 'ru', 'uz'] as const) {
        const data = { position: 7, ai: '8110', found: '"x"', other: '01', needed: '(01)', limit: 1 };
        expect(codeErrorMessage(code, data, language)).not.toMatch(/[{}?]/);
      }
    }
  });

  it('a pair names both AIs, a lonely AI what it needs', () => {
    const message = (text: string) => core.parse(text, { format: 'gs1' }).error!.message;
    expect(message(`${GTIN}3712`)).toMatch(/AI \(37\).*AI \(01\)/);
    expect(message('8040123456789012345')).toContain('(01)+(21)');
    expect(message('427RU')).toContain('(01)+(422) / (02)+(422) / (03)+(422)');
  });

  it('in marking codes they are the same, and associations count there as well', () => {
    expect(core.parse(`${GTIN}21ABC${GS}17261301`).error).toMatchObject({ code: 'BAD_DATE', position: 26, length: 2 });
    expect(core.parse(`${GTIN}21ABC${GS}3712`).error).toMatchObject({ code: 'EXCLUDED_AI', position: 22, length: 2 });
    expect(core.parse('10ABC').error?.code).toBe('REQUIRED_AI');
  });
});

describe('all faults of a code', () => {
  const list = (text: string, format: 'gs1' | 'marking' = 'gs1') =>
    core.parse(text, { format, all: true }).errors!.map(({ code, position }) => [code, position]);

  it('are none in a code that is well formed', () => {
    expect(list(`${GTIN}21ABC`)).toEqual([]);
    expect(core.parse(`${GTIN}21ABC`).errors).toBeUndefined();
  });

  it('come in the order of the checks, content before associations', () => {
    expect(list(`0109520000003037${GS}17261301${GS}05X${GS}70072602302613013712`)).toEqual([
      ['BAD_CHECK_DIGIT', 15],
      ['BAD_DATE', 21],
      ['UNKNOWN_AI', 26],
      ['BAD_DATE', 38],
      ['BAD_DATE', 42],
      ['AI_TOO_LONG', 46],
    ]);
    expect(list(`${GTIN}3712${GS}10A#${GS}8011`)).toEqual([
      ['BAD_CHARSET', 24],
      ['AI_EMPTY', 30],
      ['EXCLUDED_AI', 16],
      ['REQUIRED_AI', 16],
      ['REQUIRED_AI', 26],
    ]);
  });

  it('begin with the one that the error is', () => {
    expect(list(`${GTIN}21A^B${GS}17261301`)).toEqual([
      ['CARET', 19],
      ['BAD_DATE', 26],
    ]);
    expect(list(`${GTIN}21A\u0000B${GS}17261301`, 'marking')).toEqual([
      ['BAD_CHARACTERS', 19],
      ['BAD_DATE', 26],
    ]);
    expect(list('095200000010197DEMOBX1A0001', 'marking')).toEqual([['BAD_CHECK_DIGIT', 13]]);
    expect(list('', 'marking')).toEqual([['EMPTY', 0]]);
  });

  it('are 1,024 at most', () => {
    expect(list('9\u001d'.repeat(2048)).length).toBeLessThanOrEqual(1025);
  });
});
