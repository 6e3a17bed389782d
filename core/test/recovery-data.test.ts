// The generator must refuse tables of repairs that it doesn't understand.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BLANKS, KEYS, LAYOUTS, LINK_KEYS, SEPARATORS, SEQUENCES } from '../host/generated/recovery.js';

interface Recovery {
  version: number;
  symbologies: Record<string, string>;
  separators: Record<string, string[]>;
  blanks: string[];
  keyboards: { keys: string; layouts: Record<string, string> };
}

const room = new URL('../../../core/', import.meta.url);
const { readRecovery, recoveryTables } = (await import(new URL('generate/recovery.mjs', room).href)) as {
  readRecovery(data: unknown): Recovery;
  recoveryTables(recovery: Recovery, dictionary: string, structures: unknown[]): string;
};

const data = (): Recovery => JSON.parse(readFileSync(new URL('data/recovery.json', room), 'utf8')) as Recovery;

describe('the tables of repairs', () => {
  it('are read whole', () => {
    expect(readRecovery(data())).toEqual(data());
    expect(SEPARATORS.named).toContain('{GS}');
    expect(BLANKS).toContain(' ');
    expect(SEQUENCES).toContainEqual([
      ['01', 14],
      ['21', 6],
      ['93', 4],
    ]);
  });

  it.each<[string, (broken: Recovery) => void]>([
    ['another version', (broken) => (broken.version = 2)],
    ['an identifier without a bracket', (broken) => (broken.symbologies.d2 = 'x')],
    ['an unknown list', (broken) => (broken.separators.more = ['x'])],
    ['a missing list', (broken) => delete broken.separators.bare],
    ['an empty text', (broken) => broken.separators.bare!.push('')],
    ['a text in two lists', (broken) => broken.separators.bare!.push('<gs>')],
    ['a sign of two characters', (broken) => broken.separators.signs!.push('##')],
    ['a blank that is a separator', (broken) => broken.blanks.push('|')],
    ['a layout with a key less', (broken) => (broken.keyboards.layouts.ru = broken.keyboards.layouts.ru!.slice(1))],
    ['a layout with a character twice', (broken) => (broken.keyboards.layouts.ru = `11${LAYOUTS.ru!.slice(2)}`)],
    ['a layout with digits elsewhere', (broken) => (broken.keyboards.layouts.ru = LAYOUTS.ru!.replace('12', '21'))],
    ['a key twice', (broken) => (broken.keyboards.keys = `11${KEYS.slice(2)}`)],
  ])('%s is refused', (_, breakIt) => {
    const broken = data();
    breakIt(broken);
    expect(() => readRecovery(broken)).toThrow(/recovery\.json/);
  });

  it('know the keys of GS1 Digital Link URIs and their qualifiers', () => {
    expect(LINK_KEYS['00']).toEqual([[]]);
    expect(LINK_KEYS['01']).toEqual([['22', '10', '21'], ['235']]);
    expect(LINK_KEYS['414']).toEqual([['254'], ['7040']]);
    expect(Object.keys(LINK_KEYS)).toHaveLength(16);
    expect(() => recoveryTables(data(), '00 *? N18 dlpkey', [])).toThrow(/dlpkey/);
  });
});
