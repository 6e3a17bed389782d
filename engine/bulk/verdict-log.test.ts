// Goal: the log is an array of bytes on disk. Method: a model array through the same calls, past several buffers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { VerdictLog } from './verdict-log.js';

const folder = mkdtempSync(join(tmpdir(), 'verdict-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = (): VerdictLog => new VerdictLog(join(folder, String(files++)));

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      append: fc.oneof(fc.nat(50), fc.integer({ min: 300_000, max: 2_500_000 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      patch: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      read: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    }),
  },
);

describe('VerdictLog', () => {
  it('gives back what was logged and patched, before and after it went to disk', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 25 }), (steps) => {
        const log = fresh();
        let model = Buffer.alloc(0);
        let value = 0;
        for (const one of steps) {
          if ('append' in one) {
            const outcomes = Uint8Array.from({ length: one.append }, (_, i) => (i * 7 + value) % 251);
            value++;
            log.append(outcomes);
            model = Buffer.concat([model, outcomes]);
          } else if ('patch' in one) {
            if (model.length === 0) continue;
            const line = Math.floor(one.patch * model.length);
            log.patch(line, 255 - (value % 4));
            model[line] = 255 - (value % 4);
          } else {
            const first = Math.floor(one.read * model.length);
            const count = Math.min(100_000, model.length - first);
            expect(Buffer.from(log.read(first, count)).equals(model.subarray(first, first + count))).toBe(true);
          }
          expect(log.lines).toBe(model.length);
        }
        expect(Buffer.from(log.read(0, model.length)).equals(model)).toBe(true);
        log.close();
      }),
      { numRuns: 25, seed: 4 },
    );
  });

  it('patches at the borders of its buffer: the last byte on disk, the first in memory', () => {
    const log = fresh();
    const buffer = 1 << 20;
    log.append(new Uint8Array(buffer + 10).fill(1));
    for (const line of [0, buffer - 1, buffer, buffer + 9]) log.patch(line, 9);
    const outcomes = log.read(0, buffer + 10);
    expect([outcomes[0], outcomes[buffer - 2], outcomes[buffer - 1], outcomes[buffer], outcomes[buffer + 9]]).toEqual([
      9, 1, 9, 9, 9,
    ]);
    log.append(Uint8Array.of(3));
    expect([...log.read(buffer + 8, 3)]).toEqual([1, 9, 3]);
    log.close();
  });

  it('starts empty over a file that was there', () => {
    const path = join(folder, 'again');
    const first = new VerdictLog(path);
    first.append(Uint8Array.of(1, 2, 3));
    first.read(0, 3);
    first.close();
    const second = new VerdictLog(path);
    expect(second.lines).toBe(0);
    second.append(Uint8Array.of(4));
    expect([...second.read(0, 1)]).toEqual([4]);
    second.close();
  });
});
