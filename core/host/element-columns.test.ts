import { describe, expect, it } from 'vitest';
import { aiText, loadCore } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const UNIT = '010952000000303621ABCDEF';
const LINES = [`${UNIT}${GS}93abcd${GS}3103000650`, '', '00195200000000000216', `${UNIT}${GS}17261301`, `${UNIT}\r`];
const bytes = Buffer.from(LINES.join('\n'));

function rows(from: Uint8Array): string[][] {
  const batch = core.parseBatch(new Uint8Array(from), { format: 'gs1' });
  const { first, ai, offset, length } = batch.elements!;
  return Array.from({ length: batch.count }, (_, row) =>
    Array.from({ length: first[row + 1]! - first[row]! }, (_, place) => {
      const i = first[row]! + place;
      const value = from.subarray(offset[i], offset[i]! + length[i]!);
      return `(${aiText(ai[i]!)})${Buffer.from(value).toString()}`;
    }),
  );
}

describe('elements as columns', () => {
  it('are those of each row, none of a row with an error', () => {
    expect(rows(bytes)).toEqual([
      ['(01)09520000003036', '(21)ABCDEF', '(93)abcd', '(3103)000650'],
      [],
      ['(00)195200000000000216'],
      [],
      [], // a carriage return without a newline belongs to the code
    ]);
    expect(rows(Buffer.from(''))).toEqual([]);
  });

  it('are as many as the input can hold', () => {
    const line = Array.from({ length: 300 }, () => '91A').join(GS);
    const all = rows(Buffer.from(`${line}\n`.repeat(500)));
    expect(all).toHaveLength(500);
    for (const row of all) expect(row).toHaveLength(300);
  });

  it('belong to the format gs1, and end with their batch', () => {
    expect(core.parseBatch(new Uint8Array(bytes)).elements).toBeUndefined();
    const batch = core.parseBatch(new Uint8Array(bytes), { format: 'gs1' });
    const { offsets } = core.keys(batch);
    expect(offsets).toHaveLength(LINES.length + 1);
    expect(batch.elements!.first).toEqual(Uint32Array.of(0, 4, 4, 5, 5, 5));
    core.parse(UNIT);
    expect(() => batch.elements).toThrow(/no longer valid/);
  });
});
