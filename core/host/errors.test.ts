import { describe, expect, it } from 'vitest';
import { type CodeErrorName, codeErrorMessage, loadCore } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const UNIT = '01095200000030362151ab<1';

const CASES: [code: CodeErrorName, position: number, text: string, ai?: string][] = [
  ['EMPTY', 0, ''],
  ['LINE_TOO_LONG', 4096, 'A'.repeat(4097)],
  ['BAD_CHARACTERS', 0, 'Ы0952000000303621abc'],
  ['BAD_CHARACTERS', 20, '01095200000030362151\u0000b<1'],
  ['BAD_CHARACTERS', 24, `${UNIT}\r`],
  ['BAD_CHARACTERS', 24, `${UNIT}\n${UNIT}`],
  ['UNKNOWN_CODE_TYPE', 0, 'HELLO-WORLD'],
  ['UNKNOWN_CODE_TYPE', 0, ' '],
  ['UNKNOWN_CODE_TYPE', 0, '0520000006068'], // an EAN-13 with a wrong check digit
  ['UNKNOWN_CODE_TYPE', 0, 'RU-430302-aaa1234567'],
  ['UNKNOWN_CODE_TYPE', 0, `]d2${UNIT}`],
  ['NOT_A_MARKING_CODE', 0, '9520000006068'],
  ['WRONG_SYMBOLOGY', 0, ']C10109520000003036215abc'],
  ['WRONG_SYMBOLOGY', 0, ']C10109520000003036215abc\u001d91ab'],
  ['WRONG_SYMBOLOGY', 0, ']E09520000006068'],
  ['WRONG_SYMBOLOGY', 0, ']e0019520000003036'],
  ['WRONG_SYMBOLOGY', 0, ']Q30109520000003036215abc'],
  ['WRONG_SYMBOLOGY', 0, ']A0ABC'],
  ['UNKNOWN_CODE_TYPE', 0, ']C100195200000000000216'],
  ['UNKNOWN_CODE_TYPE', 0, ']d20109520000003036215abc'],
  ['UNKNOWN_CODE_TYPE', 0, ']'],
  ['UNKNOWN_CODE_TYPE', 0, ']12'],
  ['NOT_A_MARKING_CODE', 0, '4006381333931'], // also reads as AI 400
  ['NOT_A_MARKING_CODE', 0, '96385074'],
  ['NOT_A_MARKING_CODE', 0, '09520000003036'],
  ['UNKNOWN_AI', 0, GS + UNIT],
  ['UNKNOWN_AI', 25, `${UNIT}${GS}${GS}93AbCd`],
  ['UNKNOWN_AI', 25, `${UNIT}${GS}05AbCd`],
  ['UNKNOWN_AI', 25, `${UNIT}${GS}9`],
  ['UNKNOWN_AI', 25, `${UNIT}${GS}3199000000`],
  ['UNKNOWN_AI', 16, '0109520000003036x1'],
  ['AI_EMPTY', 18, '010952000000303621', '21'],
  ['AI_EMPTY', 27, `${UNIT}${GS}93`, '93'],
  ['AI_EMPTY', 29, `${UNIT}${GS}8005${GS}93AbCd`, '8005'],
  ['AI_TOO_SHORT', 10, '0109520000', '01'],
  ['AI_TOO_SHORT', 10, `0109520000${GS}215ab<12`, '01'],
  ['AI_TOO_SHORT', 32, `${UNIT}${GS}8005123`, '8005'],
  ['AI_TOO_LONG', 38, `0109520000003036215${'A'.repeat(20)}`, '21'],
  ['AI_TOO_LONG', 35, `${UNIT}${GS}800512345678`, '8005'],
  ['NOT_NUMERIC', 9, `01095200O000303621abcdef`.replace('O0', '0O'), '01'],
  ['NOT_NUMERIC', 30, `${UNIT}${GS}80051a3456`, '8005'],
  ['BAD_CHARSET', 20, '010952000000303621ab#def'],
  ['BAD_CHARSET', 20, '010952000000303621ab def'],
  ['BAD_CHARSET', 16, '095200000010187D$MOBX1A0001'],
  ['BAD_CHECK_DIGIT', 15, '010952000000303521abcdef'],
  ['BAD_CHECK_DIGIT', 19, '00195200000000000217'],
  ['BAD_CHECK_DIGIT', 17, '195200000000000118'],
  ['BAD_CHECK_DIGIT', 13, '095200000010197DEMOBX1A0001'],
  ['BAD_CHECK_DIGIT', 13, '04607000001012aen94feADQUj9qN'],
  ['BAD_CHECK_DIGIT', 13, '04607000001012aen94fe'],
  ['BAD_CHECK_DIGIT', 40, `${UNIT}${GS}0209520000003035`],
  ['BAD_DATE', 29, `${UNIT}${GS}17261301`, '17'],
  ['BAD_DATE', 29, `${UNIT}${GS}17260001`, '17'],
  ['BAD_DATE', 31, `${UNIT}${GS}17260230`, '17'],
  ['BAD_DATE', 31, `${UNIT}${GS}17270229`, '17'],
  ['BAD_DATE', 31, `${UNIT}${GS}11260431`, '11'],
  ['BAD_DATE', 33, `${UNIT}${GS}70032602001200`, '7003'],
  ['BAD_TIME', 35, `${UNIT}${GS}70032602012400`, '7003'],
  ['BAD_TIME', 37, `${UNIT}${GS}70032602012360`, '7003'],
  ['REPEATED_AI', 25, `${UNIT}${GS}215ab<13`, '21'],
  ['REPEATED_AI', 16, '01095200000030360109520000001018', '01'],
  ['REPEATED_AI', 20, '0019520000000000021600195200000000000223', '00'],
];

describe('errors', () => {
  it.each(CASES)('%s at %i', (code, position, text, ai) => {
    const parsed = core.parse(text);
    expect(parsed).toMatchObject({
      ok: false,
      ais: [],
      format: null,
      kind: null,
      gtin: null,
      serial: null,
      tail: null,
      key: null,
    });
    expect(parsed.error).toMatchObject({ code, position });
    if (ai !== undefined) expect(parsed.error!.message).toContain(`(${ai})`);
  });

  it('the longest line that is looked at is LINE_MAX', () => {
    expect(core.parse('A'.repeat(4096)).error?.code).toBe('UNKNOWN_CODE_TYPE');
  });

  it('an identity that repeats itself is accepted', () => {
    expect(core.parse(`${UNIT}${GS}2151ab<1`)).toMatchObject({ ok: true, serial: '51ab<1' });
  });

  it('messages show the place and the byte, in three languages', () => {
    const { message } = core.parse('Ы').error!;
    expect(message).toMatch(/^0xD0 at position 0: /);
    expect(codeErrorMessage('BAD_CHARSET', { position: 3, found: '"#"' }, 'ru')).toMatch(/^"#" в позиции 3: /);
    expect(codeErrorMessage('BAD_CHARSET', { position: 3, found: '"#"' }, 'uz')).toMatch(/^3-oʻrinda "#": /);
    expect(codeErrorMessage('LINE_TOO_LONG', { limit: 4096 })).toContain('4096 bytes');
    expect(codeErrorMessage('AI_EMPTY')).toContain('?');
  });

  it('no message leaves a placeholder', () => {
    for (const [, , text] of CASES) expect(core.parse(text).error!.message).not.toMatch(/[{}]/);
  });
});
