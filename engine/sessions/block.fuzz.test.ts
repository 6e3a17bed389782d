import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../reconcile/outcomes.js';
import { ALLOWS, BlockWriter, endBlock, type KeptScan, readBlock } from './block.js';
import { CODE_BYTES_MAX, SEQ_MAX } from './limits.js';

const scan: fc.Arbitrary<KeptScan> = fc.record({
  device: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
  seq: fc.integer({ min: 1, max: SEQ_MAX }),
  time: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  code: fc.string({ unit: 'grapheme', maxLength: 200 }),
  outcome: fc.nat(OUTCOMES.length - 1),
  allow: fc.nat(ALLOWS.length - 1),
  repeated: fc.boolean(),
  ordinal: fc.integer({ min: 0, max: 0xffff_fffe }),
});

function blockOf(scans: readonly KeptScan[], writer = new BlockWriter()): Buffer {
  for (const one of scans) writer.add(one);
  expect(writer.count).toBe(scans.length);
  return writer.take();
}

describe('a block of scans', () => {
  it('is read as it was written, whatever a writer wrote before', () => {
    const writer = new BlockWriter();
    fc.assert(
      fc.property(fc.array(scan, { maxLength: 40 }), (scans) => {
        expect(readBlock(blockOf(scans, writer))).toEqual({ kind: 'scans', scans });
        expect(writer.count).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is told from what is none, cut or with a byte too many', () => {
    fc.assert(
      fc.property(fc.array(scan, { minLength: 1, maxLength: 5 }), fc.nat(), (scans, at) => {
        const block = blockOf(scans);
        expect(readBlock(block.subarray(0, at % block.length))).toBeNull();
        expect(readBlock(Buffer.concat([block, Buffer.alloc(1)]))).toBeNull();
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const read = readBlock(bytes);
        if (read?.kind === 'scans') for (const { outcome } of read.scans) expect(OUTCOMES[outcome]).toBeDefined();
      }),
      { numRuns: 2000 },
    );
    expect(readBlock(endBlock())).toEqual({ kind: 'end' });
  });

  it('keeps the beginning of an endless code, whole characters of it', () => {
    const code = 'я'.repeat(CODE_BYTES_MAX);
    const one: KeptScan = { device: 'a', seq: 1, time: 0, code, outcome: 0, allow: 0, repeated: false, ordinal: 0 };
    const read = readBlock(blockOf([one, { ...one, seq: 2, code: 'x' }]));
    expect(read).toMatchObject({ scans: [{ code: 'я'.repeat(CODE_BYTES_MAX / 2) }, { code: 'x' }] });
  });
});
