// Goal: ordinals come in the order of their keys, however many and however mixed, in memory that doesn't grow with them.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Core, compileCore, loadCore } from '../../core/host/index.js';
import { RoaringBitmap32 } from '../roaring.js';
import { sortedByKey } from './sorted-ordinals.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-sorted-'));
let core: Core;

beforeAll(async () => {
  core = await loadCore({ module: await compileCore() });
});
afterAll(() => rmSync(folder, { recursive: true }));

it('in one part or in many, in order or not', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 60 }),
      fc.boolean(),
      (texts, atOnce, isSorted) => {
        const keys = texts.map((text) => Buffer.from(text));
        if (isSorted) keys.sort(Buffer.compare);
        const ordinals = RoaringBitmap32.fromRange(1, keys.length + 1);
        const sorted = [...sortedByKey(ordinals, { key: (ordinal) => keys[ordinal - 1] }, core, folder, atOnce)];
        expect(sorted.map((ordinal) => keys[ordinal - 1])).toEqual([...keys].sort(Buffer.compare));
      },
    ),
    { numRuns: 150 },
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('five million in a few megabytes', () => {
  const COUNT = 5_000_000;
  const key = Buffer.alloc(8);
  // Odd numbers permute all of 32 bits, so that no part is in order.
  const keys = {
    key(ordinal: number) {
      key.writeUInt32BE(Math.imul(ordinal, 0x9e37_79b1) >>> 0, 0);
      return key;
    },
  };
  const ordinals = RoaringBitmap32.fromRange(1, COUNT + 1);
  const before = process.memoryUsage();
  let most = 0;
  let count = 0;
  let last = -1;
  for (const ordinal of sortedByKey(ordinals, keys, core, folder)) {
    const value = keys.key(ordinal).readUInt32BE(0);
    if (value <= last) expect.unreachable(`${value} after ${last}`);
    last = value;
    if (count++ % 500_000 === 0) {
      const now = process.memoryUsage();
      most = Math.max(most, now.heapUsed + now.arrayBuffers - before.heapUsed - before.arrayBuffers);
    }
  }
  expect(count).toBe(COUNT);
  // Five million keys of 8 bytes with their ordinals would take 60 MB as bare bytes, and ten times that as strings.
  expect(most).toBeLessThan(50 << 20);
}, 60_000);
