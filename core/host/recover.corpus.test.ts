// Every example of the table of formats, damaged in every way that docs/recovery.md lists, alone and combined. What comes
// back must be the code itself, or several candidates with the code among them, or, when the damage made another valid
// code of it, the scan as it is.
import { describe, expect, it } from 'vitest';
import { KEYS, LAYOUTS } from './generated/recovery.js';
import { AI_ROWS } from './generated/tables.js';
import { FORMATS, loadCore } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const EXAMPLES = [...new Set(FORMATS.flatMap(({ example }) => example ?? []))];
const SEPARATED = EXAMPLES.filter((text) => text.includes(GS));
const ELEMENTS = EXAMPLES.filter((text) => core.parse(text).ais.length > 0);

type Damage = (text: string) => string | Uint8Array;
type TextDamage = (text: string) => string;
type Outcome = 'recovered' | 'ambiguous' | 'valid';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? utf8(text) : text);

/** What becomes of a damaged code. Fails when it is anything but the three allowed ends. */
function outcomeOf(text: string, damaged: string | Uint8Array): Outcome {
  const strict = core.parse(damaged);
  const result = core.parse(damaged, { recover: true });
  if (strict.ok && strict.templateMismatch === undefined) {
    expect(result).toEqual(strict);
    return 'valid';
  }
  if (result.error?.code === 'AMBIGUOUS_RECOVERY') {
    expect(result.candidates!.map(({ recovered }) => recovered!.text)).toContain(text);
    expect(result.candidates!.length).toBeGreaterThan(1);
    return 'ambiguous';
  }
  expect(result).toMatchObject({ ok: true, recovered: { text, candidates: 1 } });
  const size = bytesOf(damaged).length;
  for (const { position } of result.recovered!.repairs) expect(position).toBeLessThan(size);
  const { recovered, ...code } = result;
  expect(code).toEqual(core.parse(text));
  expect(recovered!.repairs.length).toBeGreaterThan(0);
  return 'recovered';
}

function tally(examples: readonly string[], damage: Damage): Record<Outcome, number> {
  const counts = { recovered: 0, ambiguous: 0, valid: 0 };
  for (const text of examples) {
    const damaged = damage(text);
    try {
      counts[outcomeOf(text, damaged)]++;
    } catch (cause) {
      throw new Error(`${JSON.stringify(text)} damaged to ${JSON.stringify(damaged)}`, { cause });
    }
  }
  return counts;
}

const hasPredefinedLength = (ai: string): boolean => AI_ROWS[ai]!.predefined;
const ais = (text: string): [string, string][] => core.parse(text).ais;
const bracketed: TextDamage = (text) =>
  ais(text)
    .map(([ai, value]) => `(${ai})${value}`)
    .join('');
const spaced: TextDamage = (text) =>
  ais(text)
    .map(([ai, value]) => `(${ai}) ${value} `)
    .join('');

const typed =
  (layout: string) =>
  (text: string): string =>
    text.replace(/[\x21-\x7e]/g, (character) => LAYOUTS[layout]![KEYS.indexOf(character)]!);

/** Letters of the layout, punctuation untouched: a scanner that sends it by Alt codes. */
const typedLetters = (text: string): string =>
  text.replace(/[A-Za-z]/g, (letter) => LAYOUTS.ru![KEYS.indexOf(letter)]!);

const singleBytes = (text: string, first: number): Uint8Array =>
  Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x80 ? code : code - first;
  });

const link = (text: string): string => {
  const [[, gtin], ...rest] = ais(text) as [[string, string], ...[string, string][]];
  const [[, serial], ...attributes] = rest as [[string, string], ...[string, string][]];
  const query = attributes.map(([ai, value]) => `${ai}=${encodeURIComponent(value)}`).join('&');
  return `https://id.example.org/some/stem/01/${gtin}/21/${encodeURIComponent(serial)}?${query}`;
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const xml = (text: string): string => text.replace(/[&<>"'\u001d]/g, (character) => `&#${character.charCodeAt(0)};`);

describe('around the code: always exactly repaired', () => {
  it.each<[string, Damage]>([
    ...[']d2', ']C1', ']Q3', ']e0', ']d1', ']D2', `]d2${GS}`].map((id): [string, Damage] => [
      `symbology identifier ${JSON.stringify(id)}`,
      (text) => id + text,
    ]),
    ['FNC1 in front as GS', (text) => GS + text],
    ['FNC1 in front as byte 232', (text) => Buffer.concat([Buffer.of(232), Buffer.from(text)])],
    ['FNC1 in front as U+00E8', (text) => `è${text}`],
    ['FNC1 in front by name', (text) => `{FNC1}${text}`],
    ['blanks, carriage return and newline after', (text) => `${text} \t\r\n`],
    ['blanks before', (text) => ` \t${text}`],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['STX and ETX', (text) => `\u0002${text}\u0003`],
    ['NUL after', (text) => `${text}\0`],
    ['quotes', (text) => `"${text}"`],
    ['guillemets and a blank', (text) => `«${text}» `],
    ['a JSON string', (text) => JSON.stringify(text)],
    ['a JSON object', (text) => JSON.stringify({ cis: text, n: 1 })],
    ['an array in an array', (text) => `[[${JSON.stringify(text)}]]`],
    ['an XML element', (text) => `<КИЗ>${xml(text)}</КИЗ>`],
    ['an XML element with attributes', (text) => `<sgtin a="1" b='2'>${xml(text)}</sgtin>`],
    ['CDATA', (text) => `<![CDATA[${text}]]>`],
    ['base64', base64],
    ['base64url without padding', (text) => Buffer.from(text).toString('base64url')],
    ['base64 after a symbology identifier', (text) => base64(`]d2${text}`)],
  ])('%s', (_, damage) => {
    expect(tally(EXAMPLES, damage)).toEqual({ recovered: EXAMPLES.length, ambiguous: 0, valid: 0 });
  });
});

describe('substitutes of GS', () => {
  const replaced = (by: string) => (text: string) => text.replaceAll(GS, by);

  it.each(
    [
      ...[
        '{GS}',
        '␝',
        '\\x1d',
        '\\u001d',
        '\\u001D',
        '\\\\u001d',
        '~1',
        '|',
        '\\F',
        '^]',
        ' ',
        '\t',
        '↔',
        '[GS]',
        '{F8}',
      ],
      ...[
        '&#29;',
        '&#x1D;',
        '&amp;#29;',
        '\\035',
        '\\GS',
        '#',
        '@',
        '$',
        '^',
        '~',
        '\\',
        'è',
        '\u001e',
        '{FNC1}',
        '\r\n',
      ],
    ].map((by) => [by]),
  )('%j: always exactly repaired', (by) => {
    expect(tally(SEPARATED, replaced(by))).toEqual({ recovered: SEPARATED.length, ambiguous: 0, valid: 0 });
  });

  it('byte 232 for every separator, also in front', () => {
    const damage: Damage = (text) => Buffer.from(`\u00e8${text.replaceAll(GS, '\u00e8')}`, 'latin1');
    expect(tally(SEPARATED, damage)).toEqual({ recovered: SEPARATED.length, ambiguous: 0, valid: 0 });
  });

  // Made of characters that a serial may hold: where the longer serial is one of another structure, nothing shows; and
  // where a short one ends in what could be an AI, several readings fit.
  it.each([
    ['<GS>', 0],
    ['%1D', 0],
    ['<FNC1>', 0],
    ['0x1D', 0],
    ['_x001D_', 0],
    ['(GS)', 0],
    ['029', 2],
    ['232', 2],
    ['F8', 0],
    ['GS', 0],
  ])('%s: repaired, or a valid code as it stands', (by, ambiguous) => {
    const counts = tally(SEPARATED, replaced(by));
    expect(counts.ambiguous).toBe(ambiguous);
    expect(counts.valid / SEPARATED.length).toBeLessThan(0.1);
  });

  it('doubled separators', () => {
    expect(tally(SEPARATED, replaced(GS + GS)).recovered).toBe(SEPARATED.length);
  });
});

describe('lost separators', () => {
  it('all of them: repaired, unless the code then reads as a serial of 13 or 20', () => {
    const lost = (text: string): string => text.replaceAll(GS, '');
    const hidden = SEPARATED.filter((text) => core.parse(lost(text)).format?.match(/^01-21\.(13|20)$/));
    expect(new Set(hidden.map((text) => core.parse(text).format))).toEqual(
      new Set(['01-21.7-93', '01-21.6-17-93', '01-21.6-93-17']),
    );
    // a serial of 6, AI 7003 and ten digits are twenty characters, too
    const double = SEPARATED.filter((text) => core.parse(text).format === '01-21.6-7003-93');
    expect(tally(SEPARATED, lost)).toEqual({
      recovered: SEPARATED.length - hidden.length - double.length,
      ambiguous: double.length,
      valid: hidden.length,
    });
    expect(tally(double, lost).ambiguous).toBe(1);
  });

  it('one of several', () => {
    const several = SEPARATED.filter((text) => text.split(GS).length > 2);
    expect(tally(several, (text) => text.replace(GS, '')).ambiguous).toBe(0);
    expect(tally(several, (text) => text.replace(/\u001d(?!.*\u001d)/, '')).ambiguous).toBe(0);
    const long = several.filter((text) => text.length > 70);
    expect(tally(long, (text) => text.replace(GS, '')).recovered).toBe(long.length);
    expect(tally(long, (text) => text.replace(/\u001d(?!.*\u001d)/, '')).recovered).toBe(long.length);
  });
});

describe('other notations: always exactly repaired', () => {
  const units = ELEMENTS.filter((text) => text.startsWith('01'));
  const unified = (text: string): string => {
    let made = '';
    ais(text).forEach(([ai, value], index, all) => {
      made += ai + value + (index < all.length - 1 && !hasPredefinedLength(ai) ? GS : '');
    });
    return made;
  };
  const canonical = [...new Set(units.map(unified))];

  it.each<[string, Damage]>([
    ['AIs in brackets', bracketed],
    ['AIs in brackets and blanks', spaced],
    [
      'AIs in square brackets',
      (text) =>
        ais(text)
          .map(([ai, value]) => `[${ai}]${value}`)
          .join(''),
    ],
    ['AIs in brackets with a symbology identifier', (text) => `]d2${bracketed(text)}`],
    ['AIs in brackets and separators', (text) => bracketed(text).replace(/(\((?:21|91|8005)\)[^(]+)(?=\()/g, '$1{GS}')],
    ['GS1 Digital Link', link],
    ['GS1 Digital Link without a scheme', (text) => link(text).slice('https://'.length)],
    ['GS1 Digital Link in a QR code', (text) => `]Q1${link(text)}\r`],
  ])('%s', (_, damage) => {
    expect(tally(canonical, damage)).toEqual({ recovered: canonical.length, ambiguous: 0, valid: 0 });
  });
});

describe('Cyrillic keyboards', () => {
  const letters = EXAMPLES.filter((text) => /[A-Za-z]/.test(text));
  const plain = letters.filter((text) => /^[A-Za-z0-9\u001d]+$/.test(text));

  it.each([['ru'], ['uz']])('%s: exactly repaired without punctuation', (layout) => {
    expect(plain.length).toBeGreaterThan(20);
    expect(tally(plain, typed(layout))).toEqual({ recovered: plain.length, ambiguous: 0, valid: 0 });
  });

  it.each([['ru'], ['uz']])('%s: the code is among the candidates with punctuation', (layout) => {
    expect(tally(letters, typed(layout)).valid).toBe(0);
    expect(tally(letters, typed(layout)).recovered).toBeGreaterThan(letters.length / 3);
  });

  it('letters only', () => {
    expect(tally(letters, typedLetters).valid).toBe(0);
  });

  it('with a symbology identifier and named separators', () => {
    expect(tally(plain, (text) => typed('ru')(`]d2${text}`)).recovered).toBe(plain.length);
    expect(tally(plain, (text) => typed('ru')(text).replaceAll(GS, '<GS>')).recovered).toBe(plain.length);
    expect(tally(plain, (text) => typed('ru')(text.replaceAll(GS, '^]'))).recovered).toBe(plain.length);
    expect(tally(plain, (text) => JSON.stringify({ code: typed('ru')(text) })).recovered).toBe(plain.length);
  });

  it('in windows-1251', () => {
    const capitals = plain.filter((text) => !/[`~]/.test(text));
    expect(tally(capitals, (text) => singleBytes(typed('ru')(text), 0x410 - 0xc0)).ambiguous).toBeLessThan(3);
  });

  it('and no separators: ambiguous where the code also reads as a serial of 13 or 20', () => {
    const lost = (text: string): string => text.replaceAll(GS, '');
    const double = plain.filter((text) => text.includes(GS) && core.parse(lost(text)).templateMismatch === undefined);
    const counts = tally(plain, (text) => typed('ru')(lost(text)));
    expect(double.length).toBeGreaterThan(0);
    expect(counts.valid).toBe(0);
    expect(counts.ambiguous).toBeGreaterThanOrEqual(double.filter((text) => core.parse(lost(text)).ok).length);
    expect(counts.ambiguous).toBeLessThan(double.length + 3);
  });
});

describe('combinations', () => {
  it.each<[string, Damage]>([
    ['identifier, substitute and line end', (text) => `]d2${text.replaceAll(GS, '{GS}')}\r\n`],
    ['quotes in quotes', (text) => `'"${text}"'`],
    ['base64 in XML', (text) => `<code>${base64(text)}</code>`],
    ['base64 in base64', (text) => base64(base64(text))],
    ['GS, identifier and blanks', (text) => `  ]d2${GS}${text}  `],
    [
      'a file of code page bytes in quotes',
      (text) => Buffer.from(`"\u00e8${text.replaceAll(GS, '\u00e8')}"`, 'latin1'),
    ],
  ])('%s', (_, damage) => {
    expect(tally(EXAMPLES, damage)).toEqual({ recovered: EXAMPLES.length, ambiguous: 0, valid: 0 });
  });

  it.each<[string, Damage]>([
    ['a query of a URL', (text) => `https://example.org/check?type=cis&code=${encodeURIComponent(text)}#top`],
    ['JSON of a percent-encoded code', (text) => JSON.stringify({ code: encodeURIComponent(text) })],
  ])('%s: exactly repaired, but for a serial that is valid with the escape in it', (_, damage) => {
    const valid = EXAMPLES.filter((text) => core.parse(encodeURIComponent(text)).format === '01-21.20');
    expect(tally(EXAMPLES, damage)).toEqual({
      recovered: EXAMPLES.length - 1,
      ambiguous: valid.filter((text) => text.includes(GS)).length,
      valid: 0,
    });
  });

  it('an identifier before a code without separators', () => {
    const long = SEPARATED.filter((text) => text.length > 70);
    expect(tally(long, (text) => `]d2${text.replaceAll(GS, '')}\r`).recovered).toBe(long.length);
  });
});
