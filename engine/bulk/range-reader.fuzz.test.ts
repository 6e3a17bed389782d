// Goal: ranges of any size give every line of a file to exactly one range, whole and in order.
import { closeSync, openSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { LINE_BYTES_MAX } from '../line-blocks.js';
import { scratchFiles } from './lists.test.data.js';
import { cutRanges, readRange } from './range-reader.js';

const core = await loadCore();
const { write } = scratchFiles();

/** Bytes that each range of `[start, end)` owns. */
function rangesOf(path: string, start: number, end: number, size: number): Buffer[] {
  const file = openSync(path, 'r');
  try {
    return Array.from(cutRanges(start, end, size), (range) => {
      const length = readRange(core, file, path, range);
      return Buffer.from(core.input(length).slice(0, length));
    });
  } finally {
    closeSync(file);
  }
}

const lineLength = fc.oneof(
  { weight: 6, arbitrary: fc.nat(120) },
  { weight: 1, arbitrary: fc.integer({ min: 4090, max: 4100 }) },
  { weight: 1, arbitrary: fc.integer({ min: 5000, max: 20_000 }) },
);

describe('cutRanges', () => {
  it('covers every byte once; only the first range is known to begin at a line', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(5000), fc.integer({ min: 1, max: 700 }), (start, length, size) => {
        let at = start;
        for (const range of cutRanges(start, start + length, size)) {
          expect(range.start).toBe(at);
          expect(range.end).toBeGreaterThan(at);
          expect(range.end - range.start).toBeLessThanOrEqual(size);
          expect(range.aligned).toBe(at === start);
          at = range.end;
        }
        expect(at).toBe(start + length);
      }),
      { seed: 8 },
    );
  });
});

describe('readRange', () => {
  it('ranges of any size partition the lines', () => {
    fc.assert(
      fc.property(
        fc.array(lineLength, { minLength: 1, maxLength: 25 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.nat(3),
        fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 9000 })),
        (lengths, end, closed, skip, size) => {
          const lines = lengths.map((length, i) => String.fromCharCode(0x41 + (i % 26)).repeat(length));
          const text = '#'.repeat(skip) + lines.join(end) + (closed ? end : '');
          const path = write(text);
          const parts = rangesOf(path, skip, text.length, size);
          expect(Buffer.concat(parts).toString('latin1')).toBe(text.slice(skip));
          const owners = parts.filter((part) => part.length > 0);
          for (const part of owners.slice(0, -1)) expect(part.at(-1)).toBe(0x0a);
        },
      ),
      { numRuns: 150, seed: 9 },
    );
  });

  it('a range holds the lines that begin in it', () => {
    const path = write('aa\nbb\ncc\n');
    const parts = rangesOf(path, 0, 9, 4).map((part) => part.toString());
    expect(parts).toEqual(['aa\nbb\n', 'cc\n', '']);
  });

  it('refuses a line over the limit that begins in a range or reaches into it', () => {
    const lines = ['first', 'x'.repeat(LINE_BYTES_MAX * 6), 'last', ''].join('\n');
    const path = write(lines);
    const file = openSync(path, 'r');
    const inside = LINE_BYTES_MAX;
    expect(() => readRange(core, file, path, { start: 0, end: 10, aligned: true })).toThrow(
      expect.objectContaining({
        name: 'TamgaError',
        code: 'LINE_TOO_LONG',
        data: expect.objectContaining({ line: 2 }),
      }),
    );
    expect(() => readRange(core, file, path, { start: inside, end: inside + 10, aligned: false })).toThrow(
      expect.objectContaining({ code: 'LINE_TOO_LONG' }),
    );
    closeSync(file);
  });

  it('a file that cannot be read is FILE_UNREADABLE', () => {
    const path = write('aa\n');
    const file = openSync(path, 'r');
    closeSync(file);
    expect(() => readRange(core, file, path, { start: 0, end: 3, aligned: true })).toThrow(
      expect.objectContaining({ code: 'FILE_UNREADABLE', data: expect.objectContaining({ path }) }),
    );
  });
});
