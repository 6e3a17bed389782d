// Goal: a block comes back from its bytes as it was, whatever stands in its columns; other bytes are refused. Method: made-up blocks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { REGISTERED_TAILS } from '../keys/index.js';
import { emptyImage } from '../register/image.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { BlockResult } from './classify.js';
import { LineBuffers } from './line-buffers.js';
import { BlockPacker, unpackBlock } from './packed-block.js';
import { Universe } from './universe.js';

const core = await loadCore({ seed: new Uint8Array(16).fill(7) });
const CODES = 300;
const universe = new Universe(emptyImage());
for (let n = 0; n < CODES; n++) {
  const ordinal = universe.add(Uint32Array.of(n, n, n, n), 0, Uint8Array.of(1, n), n % 5 === 0);
  if (n % 3 === 0) universe.setParent(ordinal, 1 + (n % 7));
}

interface Made {
  rows: { ordinal: number; outcome: number; tail: number; key: Uint8Array | null }[];
  tailed: boolean;
  forSets: boolean;
  registeredTails: number[] | undefined;
}

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const made: fc.Arbitrary<Made> = fc.record({
  rows: fc.array(
    fc.record({
      ordinal: fc.integer({ min: 0, max: universe.size - 1 }),
      // Mostly alike, as they are.
      outcome: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 0, max: 255 })),
      tail: fc.constantFrom(0, 1, 255),
      key: fc.option(fc.uint8Array({ minLength: 1, maxLength: 300 }), { freq: 3, nil: null }),
    }),
    { maxLength: 400 },
  ),
  tailed: fc.boolean(),
  forSets: fc.boolean(),
  registeredTails: fc.option(
    fc.array(word, { minLength: REGISTERED_TAILS.length, maxLength: REGISTERED_TAILS.length }),
    { nil: undefined },
  ),
});

/** A block as a classifier would leave it; a row with a key is a stray. */
function blockOf({ rows, tailed, forSets, registeredTails }: Made): BlockResult {
  const strayRows = rows.flatMap(({ key }, line) => (key === null ? [] : [{ key, line }]));
  const keys = Uint8Array.from(Buffer.concat(strayRows.map(({ key }) => key)));
  const keyOffsets = new Uint32Array(strayRows.length + 1);
  strayRows.forEach(({ key }, s) => {
    keyOffsets[s + 1] = keyOffsets[s]! + key.length;
  });
  const ordinals = Uint32Array.from(rows, ({ ordinal, key }) => (key === null ? ordinal : 0));
  const set = new RoaringBitmap32(ordinals);
  set.delete(0);
  return {
    lines: rows.length,
    ordinals,
    parents: ordinals.map((ordinal) => (ordinal === 0 ? 0 : universe.parent(ordinal))),
    outcomes: Uint8Array.from(rows, ({ outcome }) => outcome),
    tails: Uint8Array.from(tailed ? rows : [], ({ tail }) => tail),
    packages: false,
    registeredTails,
    found: forSets ? Uint8Array.from(set.serialize('portable')) : new Uint8Array(0),
    strays: {
      lines: Uint32Array.from(strayRows, ({ line }) => line),
      prints: core.fingerprintKeys(keys, keyOffsets).subarray(0, strayRows.length * 4),
      keys: forSets ? keys : new Uint8Array(0),
      keyOffsets: forSets && strayRows.length > 0 ? keyOffsets : new Uint32Array(1),
    },
    release: () => undefined,
  };
}

function unpacked(bytes: Uint8Array) {
  const { lines, strays, buffers, tailed, ...rest } = unpackBlock(bytes, universe, core, LineBuffers.withRoomFor(0));
  return {
    ...rest,
    lines,
    columns: [buffers.ordinals, buffers.parents, buffers.outcomes].map((column) => [...column.subarray(0, lines)]),
    tails: [...buffers.tails.subarray(0, tailed ? lines : 0)],
    strayLines: [...buffers.strayLines.subarray(0, strays)],
    prints: [...buffers.strayPrints.subarray(0, strays * 4)],
  };
}

describe('a packed block', () => {
  const packer = new BlockPacker();

  it('comes back as it was', () => {
    fc.assert(
      fc.property(made, (given) => {
        const block = blockOf(given);
        expect(unpacked(packer.pack(block, given.forSets).slice())).toEqual({
          lines: block.lines,
          columns: [block.ordinals, block.parents, block.outcomes].map((column) => [...column]),
          // A block of no lines doesn't say whether tails were checked.
          tails: [...block.tails],
          packages: false,
          registeredTails: block.registeredTails,
          found: block.found,
          strayLines: [...block.strays.lines],
          prints: [...block.strays.prints],
          keys: block.strays.keys,
          keyOffsets: block.strays.keyOffsets,
        });
      }),
    );
  });

  it('that is cut short, goes on, or is other bytes is refused or is a block', () => {
    fc.assert(
      fc.property(made, fc.nat(), fc.integer({ min: 0, max: 255 }), (given, place, byte) => {
        const bytes = packer.pack(blockOf(given), given.forSets).slice();
        expect(() => unpacked(bytes.subarray(0, place % bytes.length))).toThrow(RangeError);
        expect(() => unpacked(Uint8Array.of(...bytes, byte))).toThrow(RangeError);
        bytes[place % bytes.length] = byte;
        refusedOrRead(bytes);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), refusedOrRead));
  });

  it('of codes in the order of the register takes a byte or two a line, in any order four', () => {
    const lines = 20_000;
    const sizeOf = (ordinals: Uint32Array): number =>
      packer.pack(
        {
          ...blockOf({ rows: [], tailed: false, forSets: false, registeredTails: undefined }),
          lines,
          ordinals,
          outcomes: new Uint8Array(lines),
        },
        false,
      ).length;
    expect(sizeOf(Uint32Array.from({ length: lines }, (_, i) => 90_000_000 + i))).toBeLessThan(lines * 1.1);
    const anyOrder = Uint32Array.from({ length: lines }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 5);
    expect(sizeOf(anyOrder)).toBeLessThan(lines * 4.1);
  });
});

function refusedOrRead(bytes: Uint8Array): void {
  try {
    unpacked(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
  }
}
