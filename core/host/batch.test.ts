import { describe, expect, it } from 'vitest';
import { CODE_ERRORS, compileCore, FLAGS, loadCore, structureId } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const MILK = `010952000000303621abcdef${GS}93AbCd`;
const BOX = '00195200000000000216';

describe('lines', () => {
  it.each([
    ['', []],
    ['\n', ['']],
    ['\n\n', ['', '']],
    ['A', ['A']],
    ['A\n', ['A']],
    ['A\nB', ['A', 'B']],
    ['A\r\nB\r\n', ['A', 'B']],
    ['A\r\r\nB\r', ['A\r', 'B\r']],
    ['\r\n\nA', ['', '', 'A']],
    ['\r', ['\r']],
    [' A \n', [' A ']],
  ])('%j has the lines %j', (text, lines) => {
    const batch = core.parseBatch(bytes(text));
    const { offset, length } = batch.columns;
    const found = Array.from({ length: batch.count }, (_, row) => text.slice(offset[row], offset[row]! + length[row]!));
    expect(found).toEqual(lines);
  });

  it('blanks at both ends go when asked, positions count from what is left', () => {
    const text = ` \t${MILK}\t \r\n  \n \t${MILK.replace('abc', 'a#c')} `;
    const batch = core.parseBatch(bytes(text), { trim: true });
    expect(batch.count).toBe(3);
    expect(batch.at(0)).toMatchObject({ ok: true, serial: 'abcdef' });
    expect(batch.columns.offset[0]).toBe(2);
    expect(batch.columns.length[0]).toBe(MILK.length);
    expect(batch.at(1).error?.code).toBe('EMPTY');
    expect(batch.at(2).error).toMatchObject({ code: 'BAD_CHARSET', position: 19 });
    expect(core.parse(`  ${MILK} `, { trim: true }).ok).toBe(true);
    expect(core.parse(`  ${MILK} `).ok).toBe(false);
  });

  it('a line of any length is one row, and its neighbours are well', () => {
    for (const size of [4095, 4096, 4097, 100_000, 5_000_000]) {
      const batch = core.parseBatch(bytes(`${MILK}\n${'9'.repeat(size)}\n${BOX}`));
      expect(batch.count).toBe(3);
      expect(batch.columns.length[1]).toBe(size);
      expect([0, 1, 2].map((row) => batch.at(row).error?.code)).toEqual([
        undefined,
        size > 4096 ? 'LINE_TOO_LONG' : 'AI_TOO_LONG',
        undefined,
      ]);
    }
  });

  it('every place of a newline is found, whatever stands around it', () => {
    for (let before = 0; before < 40; before++) {
      for (let after = 0; after < 20; after++) {
        const batch = core.parseBatch(bytes(`${'A'.repeat(before)}\n${'B'.repeat(after)}`));
        expect(batch.count).toBe(after === 0 ? 1 : 2);
        expect(batch.columns.length[0]).toBe(before);
      }
    }
  });
});

describe('columns', () => {
  it('say what the single code says', () => {
    const tail = 'A'.repeat(43);
    const lines = [
      `0109520000001018217DEMOBX1A0001${GS}91EE06${GS}92${tail}=`,
      `010952000000303621abcdef${GS}93AbCd${GS}3103000650`,
      BOX,
      'RU-430302-AAA1234567',
      '04607000001011aen94feADQUj9qN',
      'garbage',
      '',
    ];
    const text = `${lines.join('\n')}\n`;
    const batch = core.parseBatch(bytes(text), { country: 'RU' });
    const { columns } = batch;
    const cut = (offset: Uint32Array, length: Uint8Array) =>
      lines.map((_, row) => text.slice(offset[row], offset[row]! + length[row]!));
    const row = <T>(column: ArrayLike<T>): T[] => Array.from(column).slice(0, lines.length);
    expect(batch.count).toBe(7);
    expect(row(columns.kind)).toEqual([1, 1, 2, 1, 1, 0, 0]);
    expect(row(columns.error).map((error) => CODE_ERRORS[error])).toEqual([
      '',
      '',
      '',
      '',
      '',
      'UNKNOWN_CODE_TYPE',
      'EMPTY',
    ]);
    expect(row(columns.format).map(structureId)).toEqual([
      '01-21.13-91-92.44',
      '01-21.6-93-3103',
      'sscc',
      'fur',
      'tobacco-pack',
      null,
      null,
    ]);
    expect(row(columns.gtin)).toEqual([9_520_000_001_018, 9_520_000_003_036, -1, -1, 4_607_000_001_011, -1, -1]);
    expect(cut(columns.serialOffset, columns.serialLength)).toEqual([
      '7DEMOBX1A0001',
      'abcdef',
      BOX.slice(2),
      'RU-430302-AAA1234567',
      'aen94fe',
      '',
      '',
    ]);
    expect(cut(columns.keyIdOffset, columns.keyIdLength)).toEqual(['EE06', '', '', '', '', '', '']);
    expect(cut(columns.tailOffset, columns.tailLength)).toEqual([`${tail}=`, 'AbCd', '', '', 'j9qN', '', '']);
    expect(row(columns.weight)).toEqual([-1, 650, -1, -1, -1, -1, -1]);
    expect(row(columns.price)).toEqual([-1, -1, -1, -1, 20_500, -1, -1]);
    for (const absent of [columns.expiry, columns.production, columns.volume])
      expect(row(absent)).toEqual(Array(7).fill(-1));
    expect(row(columns.flags)).toEqual([
      FLAGS.tail | FLAGS.elementString,
      FLAGS.tail | FLAGS.elementString,
      FLAGS.elementString,
      0,
      FLAGS.tail,
      0,
      0,
    ]);
    expect(row(columns.fingerprint.subarray(20, 28))).toEqual(Array(7).fill(0)); // rows 5 and 6 have no key
  });

  it('have no moments before 1970, which two-digit years reach with a clock before 2019', () => {
    const line = bytes('0109520000003036116001011770010121abcdef');
    const { columns } = core.parseBatch(line, { at: new Date('2000-01-01') });
    expect([columns.production[0], columns.expiry[0]]).toEqual([-1, 24 * 60 - 1]);
    expect(core.parse(line, { at: new Date('2000-01-01') }).production).toBeUndefined();
    expect(core.parse(line).production).toBe('2060-01-01');
  });

  it('are the same objects while the memory stays, and good after it grew', async () => {
    const fresh = await loadCore();
    const batch = fresh.parseBatch(bytes(`${MILK}\n`.repeat(500)));
    const before = batch.columns;
    expect(batch.columns).toBe(before);
    const keys = Array.from({ length: 200_000 }, (_, i) => `key ${i}`);
    const offsets = new Uint32Array(keys.length + 1);
    keys.forEach((key, i) => {
      offsets[i + 1] = offsets[i]! + key.length;
    });
    fresh.sortKeys(bytes(keys.join('')), offsets);
    expect(before.gtin).toHaveLength(0); // detached
    expect(batch.columns.gtin[499]).toBe(9_520_000_003_036);
    expect(batch.at(499).serial).toBe('abcdef');
  });
});

describe('a batch', () => {
  it('ends with the next one, and says so', () => {
    const first = core.parseBatch(bytes(MILK));
    expect(first.at(0).ok).toBe(true);
    core.parse(BOX);
    expect(() => first.at(0)).toThrow(/no longer valid/);
    expect(() => first.columns).toThrow(/no longer valid/);
    expect(() => core.keys(first)).toThrow(/no longer valid/);
    const second = core.parseBatch(bytes(MILK));
    core.input(10);
    expect(() => second.at(0)).toThrow(/no longer valid/);
  });

  it('belongs to its core', async () => {
    const other = await loadCore({ module: await compileCore() });
    expect(() => other.keys(core.parseBatch(bytes(MILK)))).toThrow(/another core/);
  });

  it('has the rows it has', () => {
    const batch = core.parseBatch(bytes(`${MILK}\n${BOX}`));
    for (const row of [-1, 2, 0.5, Number.NaN]) expect(() => batch.at(row)).toThrow(RangeError);
  });

  it('is read straight from the input region', () => {
    const text = bytes(`${MILK}\n`.repeat(1000));
    core.input(text.length).set(text);
    expect(core.parseInput(text.length).count).toBe(1000);
    expect(core.parseInput(MILK.length + 1).count).toBe(1);
    expect(core.parseInput(MILK.length * 2).count).toBe(2);
    expect(core.parseInput(0).count).toBe(0);
    expect(() => core.parseInput(2 ** 31)).toThrow(/the input region has/);
  });

  it('too large for memory is refused before anything is done', () => {
    expect(() => core.input(2 ** 32)).toThrow(/4 GiB is the most/);
    expect(core.parse(MILK).ok).toBe(true);
  });

  it('a seed has sixteen bytes', async () => {
    await expect(loadCore({ seed: new Uint8Array(15) })).rejects.toThrow(/15 bytes; 16 are expected/);
  });
});
