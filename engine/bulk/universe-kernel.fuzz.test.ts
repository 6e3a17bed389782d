// Goal: with the kernel a universe finds and judges what it does without. Method: one image, seen both ways: fingerprints that crowd behind
// the same few slots and around the table's end, unknown ones among them, random rows and rules, columns longer than one call.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { ImageKernel, kernelOf, OWNERS_MAX } from '../register/image-kernel.js';
import { CLAIMS, imageMemory } from '../register/image-memory.js';
import { FLAG, HOT_WORDS, headOf, WORD } from '../register/record.js';
import { random } from '../register/register.test.data.js';
import { KERNEL_CODES_MIN, SharedImage } from '../register/shared-image.js';
import { STATES } from '../register/states.js';
import { RuleTable } from '../verdict/rule-table.js';
import { OPERATIONS } from '../verdict/rules.js';
import { Universe } from './universe.js';

const NOW = 29_000_000;
const UNTOUCHED = 200;

/** Fingerprints of `count` codes, most of them of neighbouring slots; the last are those of the table's last slots. */
function crowdedPrints(count: number, next: () => number): Uint32Array {
  const prints = new Uint32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const kind = next();
    const first = kind < 0.3 ? 0xffff_ffff - Math.floor(next() * 50_000) : kind < 0.5 ? 7 : next() * 2 ** 32;
    prints.set([first, next() * 2 ** 32, next() * 2 ** 32, next() * 2 ** 32], i * 4);
    // Every other one differs from the one before in a single bit.
    if (i % 2 === 1) for (let w = 0; w < 3; w++) prints[i * 4 + w] = prints[i * 4 - 4 + w] ^ (w === i % 3 ? 1 : 0);
  }
  return prints;
}

/** An image of the first `codes − 1` fingerprints, with ordinals from 1 on and random rows. */
function imageOf(prints: Uint32Array, codes: number, next: () => number): SharedImage {
  // In half of them none is a package.
  const packages = next() < 0.5 ? 0 : 0.001;
  const image = SharedImage.withRoomFor(KERNEL_CODES_MIN);
  for (let ordinal = 1; ordinal < codes; ordinal++) {
    const row = ordinal * HOT_WORDS;
    const flags = next() < 0.3 ? FLAG.blocked | FLAG.customs : next() < packages ? FLAG.package : 0;
    const expiry = [0, NOW - 1, NOW, NOW + 1, 1, 2 ** 31 - 1, -5][Math.floor(next() * 7)]!;
    image.rows[row + WORD.head] = headOf(Math.floor(next() * (STATES.length + 1)), flags, next() < 0.5 ? 0 : 0xffff);
    image.rows[row + WORD.owner] = Math.floor(next() * 4);
    image.rows[row + WORD.parent] = Math.floor(next() * 2 ** 31);
    image.rows[row + WORD.expiry] = expiry;
    image.table.insert(prints, (ordinal - 1) * 4, ordinal);
  }
  image.set(codes, 1);
  return image;
}

describe('a universe with the kernel', () => {
  it('finds and judges what one without does', () => {
    const context = fc.record(
      {
        operation: fc.constantFrom(...OPERATIONS),
        now: fc.constant(NOW),
        owners: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
        soon: fc.constantFrom(NOW, NOW + 1, NOW + 2),
        groups: fc.subarray([1, 0xffff]),
      },
      { requiredKeys: ['operation', 'now', 'owners'] },
    );
    const sizes = fc.record({ known: fc.integer({ min: 1, max: 3000 }), lines: fc.integer({ min: 16, max: 5000 }) });
    fc.assert(
      fc.property(sizes, context, fc.nat(), fc.nat(3), ({ known, lines }, rules, seed, later) => {
        const next = random(seed);
        const prints = crowdedPrints(known + 500, next);
        const image = imageOf(prints, known + 1, next);
        // Codes that came behind this universe stand in the table, and are unknown to it.
        const codes = Math.max(1, known + 1 - later);
        const seen = { header: image.header, rows: image.rows, table: image.table, memory: image.memory, codes };
        const sides = [new Universe(seen), new Universe(seen, 0, null)].map((universe) => {
          const asked = new Uint32Array(lines * 4);
          const pick = random(seed + 1);
          for (let i = 0; i < lines; i++) {
            const at = Math.floor(pick() * (known + 500)) * 4;
            asked.set(prints.subarray(at, at + 4), i * 4);
          }
          const ordinals = new Uint32Array(lines + 3).fill(UNTOUCHED);
          universe.findMany(asked, lines, ordinals, 2);
          const outcomes = new Uint8Array(lines + 3).fill(UNTOUCHED);
          const parents = new Uint32Array(lines + 3).fill(UNTOUCHED);
          const table = new RuleTable(rules);
          const packages = universe.judge(table, OUTCOME_NUMBER.NOT_FOUND, ordinals, 2, lines + 2, outcomes, parents);
          const some = ordinals.subarray(2, lines + 2).some((ordinal) => universe.isPackage(ordinal) && ordinal !== 0);
          expect(packages).toBe(some);
          const bits = new Uint32Array((codes >>> 5) + 1);
          universe.markPackages(bits);
          return { ordinals, outcomes, parents, bits };
        });
        expect(sides[0]).toEqual(sides[1]);
      }),
      { numRuns: 150, seed: 12 },
    );
  }, 120_000);

  it('fills a table that finds them all', () => {
    const next = random(3);
    const count = 30_000;
    const prints = crowdedPrints(count, next);
    const image = SharedImage.withRoomFor(KERNEL_CODES_MIN);
    const kernel = kernelOf(image.memory!)!;
    kernel.fill(prints, 0, 17, image.table.slots, 1);
    kernel.fill(prints, 17, count, image.table.slots, 18);
    image.table.counted(count);
    const found = new Uint32Array(count);
    image.table.findMany(prints, count, found, 0);
    expect(found).toEqual(Uint32Array.from({ length: count }, (_, i) => i + 1));
  });

  it('does without when there are more owners than it has room for', () => {
    const owners = Array.from({ length: OWNERS_MAX + 1 }, (_, i) => i + 1);
    expect(new RuleTable({ operation: 'sale', now: NOW, owners }).terms).toBeNull();
    expect(new RuleTable({ operation: 'sale', now: NOW, owners: owners.slice(1) }).terms).not.toBeNull();
  });

  it('is given to as many threads as there are areas, and again when one is let go', () => {
    const { memory } = SharedImage.withRoomFor(KERNEL_CODES_MIN);
    const kernels = Array.from({ length: CLAIMS }, () => ImageKernel.over(memory!));
    expect(kernels).not.toContain(null);
    expect(ImageKernel.over(memory!)).toBeNull();
    kernels[5]!.release();
    expect(ImageKernel.over(memory!)).not.toBeNull();
  });

  it('is for images that are large enough, and not larger than its memory', () => {
    expect(SharedImage.withRoomFor(KERNEL_CODES_MIN - 1).memory).toBeNull();
    expect(SharedImage.withRoomFor(KERNEL_CODES_MIN).memory).not.toBeNull();
    expect(imageMemory(2 ** 32, 16)).toBeNull();
  });
});
