// The table generator must refuse what it doesn't understand: a silent gap would be a wrong verdict.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Entry {
  ai: string;
  predefined: boolean;
  components: { type: string; min: number; max: number; optional: boolean; lints: string[] }[];
}

const room = new URL('../../../core/', import.meta.url);
const { readDictionary } = (await import(new URL('generate/dictionary.mjs', room).href)) as {
  readDictionary(text: string): Entry[];
};
const { readCodeLists } = (await import(new URL('generate/code-lists.mjs', room).href)) as {
  readCodeLists(data: unknown): Map<string, string[]>;
};
interface Association {
  provides: bigint;
  conflicts: bigint;
  groups: bigint[];
  family: boolean;
}
const { readAssociations, holdTogether } = (await import(new URL('generate/associations.mjs', room).href)) as {
  readAssociations(dictionary: Entry[]): Map<string, Association>;
  holdTogether(associations: Map<string, Association>, ais: string[]): boolean;
};
const { readErrors } = (await import(new URL('generate/errors.mjs', room).href)) as {
  readErrors(errors: unknown): unknown;
};
const { readFormats } = (await import(new URL('generate/formats.mjs', room).href)) as {
  readFormats(data: unknown): unknown;
};

const data = (name: string): string => readFileSync(new URL(`data/${name}`, room), 'utf8');

describe('the dictionary', () => {
  it('is read whole', () => {
    const entries = readDictionary(data('gs1-syntax-dictionary.txt'));
    const byAi = new Map(entries.map((entry) => [entry.ai, entry]));
    expect(entries.length).toBeGreaterThan(500);
    expect(byAi.get('01')).toMatchObject({ predefined: true, components: [{ type: 'N', min: 14, max: 14 }] });
    expect(byAi.get('3105')).toMatchObject({ predefined: true });
    expect(byAi.has('3106')).toBe(false);
    expect(byAi.get('99')!.components).toEqual([{ type: 'X', min: 1, max: 90, optional: false, lints: [] }]);
    expect(byAi.get('8008')!.components.map(({ optional }) => optional)).toEqual([false, false, true, true]);
    expect(byAi.get('8014')!.components[0]!.lints).toEqual(['csumalpha', 'gcppos1', 'hasnondigit']);
  });

  it.each([
    ['an unknown type', '10 ? W..20'],
    ['an unknown check', '10 ? X..20,magic'],
    ['an unknown attribute', '10 ? X..20 needs=01'],
    ['an unknown flag', '10 ! X..20'],
    ['an AI of one digit', '1 X..20'],
    ['a range downwards', '3105-3100 N6'],
    ['a range of two lengths', '99-3100 N6'],
    ['an AI twice', '10 X..20\n10 X..20'],
    ['two lengths of AI with one beginning', '23 X..20\n235 X..20'],
    ['a length of variable length before another', '10 X..20 N3'],
    ['a mandatory component after an optional', '10 X2 [N3] N3'],
    ['a predefined AI of variable length', '01 * N..14'],
    ['a component after an attribute', '10 X2 req=01 N3'],
    ['half a bracket', '10 [X2'],
    ['no component', '10 ? req=01'],
    ['nothing', '# only a comment'],
  ])('refuses %s', (_, text) => {
    expect(() => readDictionary(text)).toThrow(/gs1-syntax-dictionary\.txt/);
  });
});

describe('associations', () => {
  const associations = readAssociations(readDictionary(data('gs1-syntax-dictionary.txt')));

  it.each<[boolean, string[]]>([
    [true, ['01', '21', '91', '92']],
    [true, ['01', '21', '93', '3103']],
    [true, ['00', '02', '37']],
    [false, ['02', '37']], // 37 needs 00 as well
    [false, ['21']],
    [false, ['01', '37']],
    [false, ['37', '01']],
    [false, ['01', '235', '21']],
    [true, ['8006', '21', '8030']],
    [false, ['01', '8030']],
    [true, ['01', '30', '3932', '422', '427']],
  ])('%s: %j', (holds, ais) => {
    expect(holdTogether(associations, ais)).toBe(holds);
  });

  it('are symmetric, and families are the decimal places of a measure', () => {
    for (const [ai, { conflicts, provides, family }] of associations) {
      expect(conflicts & provides).toBe(0n);
      expect(family).toBe(/^3[1-6]\d[0-5]$|^39\d\d$/.test(ai));
      for (const [other, that] of associations) {
        expect((conflicts & that.provides) !== 0n, `${ai} and ${other}`).toBe((that.conflicts & provides) !== 0n);
      }
    }
  });

  it.each([
    ['an AI nobody has', '10 ? X..20 req=99'],
    ['half of its own line', '3100-3105 *? N6 ex=3100'],
    ['two requirements', '01 * N14\n10 X..20 req=01 req=01'],
  ])('refuse %s', (_, text) => {
    expect(() => readAssociations(readDictionary(text))).toThrow(/gs1-syntax-dictionary\.txt/);
  });
});

describe('the lists of codes', () => {
  const lists = () => JSON.parse(data('code-lists.json')) as { about: string[]; lists: Record<string, unknown>[] };
  const changed = (change: object): unknown => {
    const all = lists();
    Object.assign(all.lists[0]!, change);
    return all;
  };

  it('are read whole', () => {
    const codes = readCodeLists(lists());
    expect([...codes].map(([check, { length }]) => [check, length])).toEqual([
      ['iso3166', 249],
      ['iso3166alpha2', 249],
      ['iso4217', 179],
      ['mediatype', 30],
      ['packagetype', 431],
    ]);
  });

  it.each([
    ['an unknown check', { check: 'magic' }],
    ['an unknown key', { more: 1 }],
    ['an unknown alphabet', { alphabet: 'runes' }],
    ['another alphabet', { codes: '004 AAA' }],
    ['another length', { codes: '004 08' }],
    ['a code twice', { codes: '004 004' }],
    ['another order', { codes: '008 004' }],
  ])('refuse %s', (_, change) => {
    expect(() => readCodeLists(changed(change))).toThrow(/code-lists\.json/);
  });

  it('refuse a list less', () => {
    expect(() => readCodeLists({ about: [], lists: lists().lists.slice(1) })).toThrow(/no list "iso3166"/);
  });
});

describe('the registry of errors', () => {
  const error = (changes: object) => [
    { code: 'A_B', number: 1, en: 'a {position}', ru: 'б {position}', uz: 'v {position}', ...changes },
  ];

  it('is numbered in order, with equal placeholders', () => {
    expect(() => readErrors(JSON.parse(data('errors.json')))).not.toThrow();
    expect(() => readErrors(error({}))).not.toThrow();
  });

  it.each([
    ['another number', { number: 2 }],
    ['a code in small letters', { code: 'a' }],
    ['an unknown key', { de: 'x' }],
    ['an empty text', { ru: '' }],
    ['other placeholders', { uz: 'v' }],
    ['an unknown placeholder', { en: '{x}', ru: '{x}', uz: '{x}' }],
  ])('refuses %s', (_, changes) => {
    expect(() => readErrors(error(changes))).toThrow(/errors\.json/);
  });
});

describe('the table of formats', () => {
  type Table = { structures: Record<string, unknown>[]; formats: Record<string, unknown>[] } & Record<string, unknown>;
  const changed = (change: (table: Table) => void): Table => {
    const table = JSON.parse(data('marking-formats.json')) as Table;
    change(table);
    return table;
  };

  it('is read whole', () => {
    expect(() => readFormats(changed(() => undefined))).not.toThrow();
  });

  it.each<[string, (table: Table) => void]>([
    ['another version', (table) => Object.assign(table, { version: 2 })],
    ['an unknown key', (table) => Object.assign(table, { extra: 1 })],
    ['an unknown field', (table) => Object.assign(table, { fields: { '01': 'colour' } })],
    ['an alphabet of 79', (table) => Object.assign(table, { alphabets: { price80: 'A' } })],
    ['a structure twice', (table) => table.structures.push(table.structures[0]!)],
    ['a structure without form', (table) => table.structures.push({ id: 'x' })],
    ['an id of capitals', (table) => table.structures.push({ id: 'X', elements: [['01', 14]] })],
    ['an AI of letters', (table) => table.structures.push({ id: 'x', elements: [['ab', 14]] })],
    ['an unknown part', (table) => table.structures.push(reading('colour', 3, 'digits'))],
    ['an unknown alphabet', (table) => table.structures.push(reading('serial', 3, 'runes'))],
    ['a GTIN of 13', (table) => table.structures.push(reading('gtin', 13, 'digits'))],
    ['an unknown country', (table) => Object.assign(table.formats[0]!, { countries: ['FR'] })],
    ['an unknown structure', (table) => Object.assign(table.formats[0]!, { structure: 'x' })],
    ['a date that is none', (table) => Object.assign(table.formats[0]!, { from: '2026-02-30' })],
    ['an unknown status', (table) => Object.assign(table.formats[0]!, { status: 'guessed' })],
    ['a missing key', (table) => void delete table.formats[0]!.until],
  ])('refuses %s', (_, change) => {
    expect(() => readFormats(changed(change))).toThrow();
  });

  function reading(part: string, length: number, alphabet: string): Record<string, unknown> {
    return { id: 'x', readings: [{ countries: ['RU'], parts: [{ part, length, alphabet }] }] };
  }
});
