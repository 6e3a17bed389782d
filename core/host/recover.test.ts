// What recovery promises beside the corpus of damages: how repairs are told, when a result is believed, what decides
// between candidates, and what is left alone.
import { describe, expect, it } from 'vitest';
import { codeErrorMessage, loadCore, type ParsedCode } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const MILK = `0104607000001097215TP8ca${GS}93tkhw`;
const LONG_TAIL = `${GS}91EE06${GS}924JcuaHbcPAT+6qV/BPMb9rupGCKPeSA4sX8UaEEFPqt=`;
const LINEN = `0104607000001042215Df6hMwnNejNz${LONG_TAIL}`;
const recover = (code: string | Uint8Array, options = {}): ParsedCode =>
  core.parse(code, { recover: true, ...options });
const textOf = (code: string | Uint8Array, options = {}): string | undefined => recover(code, options).recovered?.text;

describe('off by default', () => {
  it.each([[`]d2${MILK}`], [MILK.replace(GS, '')], [` ${MILK}`]])('%j', (damaged) => {
    expect(core.parse(damaged)).toEqual(core.parse(damaged, { recover: false }));
    expect(core.parse(damaged).recovered).toBeUndefined();
    expect(recover(damaged).recovered).toBeDefined();
  });
});

describe('repairs tell what, where and how', () => {
  it.each<[string, string, object[]]>([
    ['symbology', `]d2${MILK}`, [{ kind: 'symbology', position: 0, found: ']d2', replaced: '' }]],
    ['separator', MILK.replace(GS, '<GS>'), [{ kind: 'separator', position: 24, found: '<GS>', replaced: GS }]],
    ['lostSeparator', MILK.replace(GS, ''), [{ kind: 'lostSeparator', position: 24, found: '', replaced: GS }]],
    ['blanks', `${MILK}\r`, [{ kind: 'blanks', position: 31, found: '\r', replaced: '' }]],
    ['doubled', MILK.replace(GS, GS + GS), [{ kind: 'doubledSeparator', position: 24, found: GS + GS, replaced: GS }]],
    [
      'several',
      `"]d2${MILK.replace(GS, '\\u001d')}"`,
      [
        { kind: 'quotes', position: 0, found: '"', replaced: '' },
        { kind: 'quotes', position: 40, found: '"', replaced: '' },
        { kind: 'json', position: 28, found: '\\u001d', replaced: GS },
        { kind: 'symbology', position: 1, found: ']d2', replaced: '' },
      ],
    ],
    [
      'bytes count, not characters',
      `«${MILK}»`,
      [
        { kind: 'quotes', position: 0, found: '«', replaced: '' },
        { kind: 'quotes', position: 33, found: '»', replaced: '' },
      ],
    ],
    [
      'layout',
      MILK.replace('TP8ca', 'ЕЗ8сф').replace('tkhw', 'елрц'),
      [{ kind: 'layout', position: 19, found: `ЕЗ8сф${GS}93елрц`, replaced: `TP8ca${GS}93tkhw` }],
    ],
  ])('%s', (_, damaged, repairs) => {
    const result = recover(damaged);
    expect(result).toMatchObject({ ok: true, recovered: { candidates: 1, text: MILK } });
    expect(result.recovered!.repairs).toEqual(repairs);
  });

  it('long texts are cut', () => {
    const wrapped = Buffer.from(LINEN).toString('base64');
    const [repair] = recover(wrapped).recovered!.repairs;
    expect(repair).toMatchObject({ kind: 'base64', position: 0, found: `${wrapped.slice(0, 80)}…` });
  });

  it('a byte in a code page has its own repair', () => {
    const typed = Uint8Array.from(`0104607000001097215\xc5\xc78\xf1\xf4${GS}93\xe5\xeb\xf0\xf6`, (c) =>
      c.charCodeAt(0),
    );
    expect(recover(typed).recovered).toMatchObject({
      text: MILK,
      repairs: [
        { kind: 'encoding', position: 19, found: '0xC5', replaced: 'Е' },
        { kind: 'layout', position: 19 },
      ],
    });
  });

  it('the rest of the result is that of the repaired text', () => {
    const { recovered, ...code } = recover(`]d2${LINEN}`);
    expect(code).toEqual(core.parse(recovered!.text));
  });
});

describe('belief', () => {
  it('the original error stays when nothing fits', () => {
    for (const hopeless of [
      '',
      'HELLO',
      ']d2',
      `]d2${MILK.replace('1097', '1098')}`,
      '4006381333931 ',
      'ЙЦУКЕН',
      '""',
      'MDE=',
    ]) {
      expect(recover(hopeless)).toEqual(core.parse(hopeless));
    }
  });

  it('a well-formed code of no known structure stays as it is', () => {
    const odd = `010952000000303621abcde${GS}93AbC`;
    expect(core.parse(odd).templateMismatch).toBe(true);
    expect(recover(odd)).toEqual(core.parse(odd));
    expect(recover(`]d2${odd}`)).toMatchObject({ ok: true, templateMismatch: true, recovered: { text: odd } });
    expect(recover(odd.replace(GS, 'GS')).recovered).toBeUndefined();
  });

  it('a guess needs a known structure; what has one explanation does not', () => {
    expect(recover(']C191ABC')).toMatchObject({ ok: true, kind: null, recovered: { text: '91ABC' } });
    expect(recover('91шт').ok).toBe(false);
    expect(recover(Buffer.from('91ABCDEFGHIJKL').toString('base64')).ok).toBe(false);
  });

  it('several codes that fit are ambiguous, and all are listed', () => {
    const damaged = '0104607000001097215ЕЗ.сф|93елрц';
    const result = recover(damaged);
    expect(result).toMatchObject({ ok: false, ais: [], format: null, kind: null, key: null });
    expect(result.recovered).toBeUndefined();
    expect(result.error).toEqual({
      code: 'AMBIGUOUS_RECOVERY',
      position: 19,
      length: 1,
      message: codeErrorMessage('AMBIGUOUS_RECOVERY', { position: 19, limit: 2 }),
    });
    expect(result.candidates!.map(({ key, recovered }) => [key, recovered!.candidates])).toEqual([
      ['046070000010975TP/ca', 2],
      ['046070000010975TP.ca', 2],
    ]);
    const [first] = result.candidates!;
    expect(core.parse(first!.recovered!.text)).toMatchObject({ ok: true, key: first!.key });
  });

  it('a list of different codes is ambiguous, sixteen at most are listed', () => {
    const list = JSON.stringify([MILK, LINEN]);
    expect(recover(list).candidates!.map(({ recovered }) => recovered!.text)).toEqual([MILK, LINEN]);
    const nested = JSON.stringify(Array.from({ length: 40 }, (_, i) => MILK.replace('TP8ca', `TP8${10 + i}`)));
    expect(recover(nested).candidates!.length).toBeLessThanOrEqual(16);
  });

  it.each([
    ['a name of GS', ']d2', '_x001D_'],
    ['an escape', ' ', '%7BGS%7D'],
    ['nothing', ']d2', ''],
  ])(
    '%s in the place of GS that fills a serial of 13 or 20 is ambiguous once the scan is known to be damaged',
    (_, front, by) => {
      const text = by.includes('%') ? MILK : `0104607000001172215LEmfc6${GS}93bTRg`;
      const damaged = text.replace(GS, by);
      expect(core.parse(damaged)).toMatchObject({ ok: true, format: expect.stringMatching(/^01-21\.(13|20)$/) });
      expect(recover(damaged)).toEqual(core.parse(damaged));
      const result = recover(front + damaged);
      expect(result.candidates!.map(({ recovered }) => recovered!.text).sort()).toEqual([text, damaged].sort());
    },
  );

  it('an ambiguous reading of the repaired code stays one', () => {
    const pack = '04607000001011aen94feADQUj9qN';
    expect(recover(`]d2${pack}`)).toMatchObject({
      ok: true,
      ambiguous: true,
      recovered: { candidates: 1, text: pack },
    });
    expect(recover(`]d2${pack}`, { country: 'RU' })).toMatchObject({ ok: true, price: 20_500 });
  });

  it('with format gs1 an odd length is no damage', () => {
    const options = { format: 'gs1' as const };
    const lost = MILK.replace(GS, '');
    expect(recover(lost, options)).toEqual(core.parse(lost, { ...options, recover: false }));
  });
});

describe('proof', () => {
  const damaged = '0104607000001097215ЕЗ.сф|93елрц';
  const right = MILK.replace('TP8', 'TP/');

  it('decides between candidates', () => {
    const asked: string[] = [];
    const prove = (candidate: ParsedCode, bytes: Uint8Array): boolean => {
      asked.push(Buffer.from(bytes).toString('latin1'));
      return candidate.serial === '5TP/ca';
    };
    expect(recover(damaged, { prove })).toMatchObject({ ok: true, recovered: { text: right, candidates: 2 } });
    expect(asked).toEqual([right, MILK.replace('TP8', 'TP.')]);
  });

  it('one that is refused leaves the other', () => {
    const prove = ({ serial }: ParsedCode): boolean | undefined => (serial === '5TP.ca' ? false : undefined);
    expect(textOf(damaged, { prove })).toBe(right);
  });

  it.each([[true], [false], [undefined]])('%s for all decides nothing', (answer) => {
    const result = recover(damaged, { prove: () => answer });
    expect(result.error?.code).toBe('AMBIGUOUS_RECOVERY');
    expect(result.candidates).toHaveLength(2);
  });

  it('may parse with the same core, and is not asked about a single candidate', () => {
    const prove = (_: ParsedCode, bytes: Uint8Array): boolean => core.parse(bytes).serial === '5TP.ca';
    expect(textOf(damaged, { prove })).toBe(MILK.replace('TP8', 'TP.'));
    expect(textOf(`]d2${MILK}`, { prove: () => false })).toBe(MILK);
  });
});

describe('Caps Lock', () => {
  const swapped = MILK.replace('TP8ca', 'tp8CA').replace('tkhw', 'TKHW');

  it('is undone without being asked only where capitals alone fit', () => {
    expect(textOf('ru-430302-aaa1234567')).toBe('RU-430302-AAA1234567');
    expect(textOf('1b'.repeat(34))).toBe('1B'.repeat(34));
    expect(recover(swapped)).toEqual(core.parse(swapped));
    expect(textOf(`]D2${swapped}`)).toBe(swapped);
  });

  it('when asked, offers both cases of what is repaired', () => {
    const result = recover(`]D2${swapped}`, { caseInverted: true });
    expect(result.candidates!.map(({ recovered }) => recovered!.text)).toEqual([swapped, MILK]);
    const prove = ({ serial }: ParsedCode): boolean => serial === '5TP8ca';
    expect(textOf(`]D2${swapped}`, { caseInverted: true, prove })).toBe(MILK);
  });

  it('a valid code is read in the other case only when that is proved and the code is not', () => {
    const proved = (text: string) => ({
      caseInverted: true,
      prove: (_: ParsedCode, bytes: Uint8Array) => Buffer.from(bytes).equals(Buffer.from(text)),
    });
    expect(recover(swapped, { caseInverted: true })).toEqual(core.parse(swapped));
    expect(recover(swapped, proved(swapped))).toEqual(core.parse(swapped));
    expect(recover(swapped, proved(MILK))).toMatchObject({
      serial: '5TP8ca',
      recovered: { text: MILK, candidates: 2, repairs: [{ kind: 'case', position: 19 }] },
    });
    expect(recover(swapped, { caseInverted: true, prove: () => true })).toEqual(core.parse(swapped));
  });

  it('on a Cyrillic keyboard', () => {
    const typed = '0104607000001097215ез8СФ|93ЕЛРЦ';
    const prove = ({ serial }: ParsedCode): boolean => serial === '5TP8ca';
    expect(textOf(typed, { caseInverted: true, prove })).toBe(MILK);
  });
});

describe('GS1 Digital Link', () => {
  it.each([
    ['https://example.com/00/195200000000000216', '00195200000000000216'],
    ['https://example.com/01/9520000003036/21/5ab%3C12', '0109520000003036215ab<12'],
    [
      'http://example.com/a/b/01/09520000003036/22/2A/10/LOT/21/5ab12c?17=261231&linkType=gs1:pip',
      `0109520000003036222A${GS}10LOT${GS}215ab12c${GS}17261231`,
    ],
    ['example.com/414/9520000000004/254/32a', `4149520000000004254` + '32a'],
    ['https://example.com/8006/095200000030360102/21/A1', `8006095200000030360102${GS}21A1`],
  ])('%s', (uri, text) => {
    expect(textOf(uri)).toBe(text);
  });

  it.each([
    ['qualifiers out of order', 'https://example.com/01/09520000003036/21/5ab12c/10/LOT'],
    ['a qualifier of another key', 'https://example.com/00/195200000000000216/10/LOT'],
    ['no value', 'https://example.com/01/'],
    ['no key', 'https://example.com/21/5ab12c'],
    ['a wrong check digit', 'https://example.com/01/09520000003035/21/5ab12c'],
  ])('%s is refused', (_, uri) => {
    expect(recover(uri)).toEqual(core.parse(uri));
  });
});

describe('bounds', () => {
  it('4,096 bytes are looked at, longer scans are not', () => {
    const padded = (size: number): string => `${MILK}${' '.repeat(size - MILK.length)}`;
    expect(textOf(padded(4096))).toBe(MILK);
    expect(recover(padded(4097))).toEqual(core.parse(padded(4097)));
  });

  it('a view of the memory of the core may be recovered', () => {
    const damaged = Buffer.from(`]d2${MILK.replace(GS, '{GS}')}`);
    const view = core.input(damaged.length);
    view.set(damaged);
    expect(textOf(view.subarray(0, damaged.length))).toBe(MILK);
  });
});
