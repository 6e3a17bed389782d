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
