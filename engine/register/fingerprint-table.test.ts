import { describe, expect, it } from 'vitest';
import { FingerprintTable } from './fingerprint-table.js';
import { random } from './register.test.data.js';

type Print = [number, number, number];

/** Prints as the core gives them: four words each, of which the table compares three. */
function columnOf(prints: readonly Print[]): Uint32Array {
  const words = new Uint32Array(prints.length * 4);
  prints.forEach((print, i) => {
    words.set(print, i * 4);
    words[i * 4 + 3] = i;
  });
  return words;
}

function fill(table: FingerprintTable, prints: readonly Print[], first = 1): void {
  const column = columnOf(prints);
  prints.forEach((_, i) => {
    expect(table.insert(column, i * 4, first + i)).toBe(first + i);
  });
}

function check(table: FingerprintTable, prints: readonly Print[], first = 1): void {
  const column = columnOf(prints);
  prints.forEach((print, i) => {
    expect(table.find(column, i * 4), String(print)).toBe(first + i);
  });
  const ordinals = new Uint32Array(prints.length + 1);
  table.findMany(column, prints.length, ordinals, 1);
  expect([...ordinals]).toEqual([0, ...prints.map((_, i) => first + i)]);
}

describe('the fingerprint table', () => {
  it('equals a map, however small it began', () => {
    for (const room of [0, 1, 10, 5000]) {
      const next = random(5 + room);
      const word = (): number => Math.floor(next() * 2 ** 32);
      const table = FingerprintTable.withRoomFor(room);
      const model = new Map<string, number>();
      const few = Array.from({ length: 40 }, word);
      const column = new Uint32Array(4);
      for (let i = 1; i <= 5000; i++) {
        // Half of them share words with others, some are the same.
        const pick = (): number => (next() < 0.5 ? few[Math.floor(next() * few.length)] : word());
        column.set([pick(), pick(), pick(), word()]);
        const key = column.subarray(0, 3).join(' ');
        const known = model.get(key);
        expect(table.insert(column, 0, i)).toBe(known ?? i);
        if (known === undefined) model.set(key, i);
      }
      for (const [key, ordinal] of model) {
        column.set(key.split(' ').map(Number));
        expect(table.find(column, 0)).toBe(ordinal);
      }
      for (let i = 0; i < 2000; i++) {
        column.set([next() < 0.5 ? few[i % few.length] : word(), word(), few[(i * 7) % few.length]]);
        expect(table.find(column, 0)).toBe(model.get(column.subarray(0, 3).join(' ')) ?? 0);
        const many = new Uint32Array(1);
        table.findMany(column, 1, many, 0);
        expect(many[0]).toBe(table.find(column, 0));
      }
    }
  });

  it('tells apart planted collisions of one and of two words', () => {
    const same = 0x9abc_def0;
    const prints: Print[] = [];
    for (let i = 0; i < 300; i++) prints.push([same, i, 7], [same, 7, 1000 + i], [i, same, same], [same, same, i]);
    const table = FingerprintTable.withRoomFor(4);
    fill(table, prints);
    check(table, prints);
    const absent = columnOf([
      [same, 300, 7],
      [same, 7, 999],
      [same, same, 300],
      [300, same, same],
      [same, same, same],
    ]);
    for (let i = 0; i < 5; i++) expect(table.find(absent, i * 4)).toBe(0);
  });

  it('keeps the first ordinal of a fingerprint that comes twice', () => {
    const table = FingerprintTable.withRoomFor(2);
    const column = columnOf([[1, 2, 3]]);
    expect(table.insert(column, 0, 11)).toBe(11);
    expect(table.insert(column, 0, 12)).toBe(11);
    expect(table.find(column, 0)).toBe(11);
  });

  it('goes on at its beginning after the last slot', () => {
    const last = 0xffff_ffff;
    const prints: Print[] = Array.from({ length: 9 }, (_, i) => [last, i, 0]);
    const table = FingerprintTable.withRoomFor(9);
    fill(table, prints);
    check(table, prints);
    expect(table.words[3]).not.toBe(0);
    expect(table.find(columnOf([[last, 9, 0]]), 0)).toBe(0);
    expect(table.find(columnOf([[0, 0, 0]]), 0)).toBe(0);
  });

  it('holds prints of all zeros and all ones, and ordinals of 32 bits', () => {
    const table = FingerprintTable.withRoomFor(1);
    const prints: Print[] = [
      [0, 0, 0],
      [0xffff_ffff, 0xffff_ffff, 0xffff_ffff],
    ];
    fill(table, prints, 0xffff_fffd);
    check(table, prints, 0xffff_fffd);
  });

  it('is read by others over the same shared words', () => {
    const next = random(9);
    const prints: Print[] = Array.from({ length: 1000 }, () => [next() * 2 ** 32, next() * 2 ** 32, next() * 2 ** 32]);
    const table = FingerprintTable.withRoomFor(1000);
    fill(table, prints);
    expect(table.words.buffer).toBeInstanceOf(SharedArrayBuffer);
    check(FingerprintTable.over(table.words), prints);
    check(FingerprintTable.over(Uint32Array.from(table.words)), prints);
  });

  it('always has a free slot, so that a look-up of what it does not have ends', () => {
    for (let count = 0; count <= 200; count++) {
      const table = FingerprintTable.withRoomFor(0);
      fill(
        table,
        Array.from({ length: count }, (_, i): Print => [i * 21_474_836, i, i]),
      );
      let free = 0;
      for (let at = 3; at < table.words.length; at += 4) if (table.words[at] === 0) free++;
      expect(free).toBeGreaterThan((table.words.length / 4) * 0.35);
    }
  });
});
