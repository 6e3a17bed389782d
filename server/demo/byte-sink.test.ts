import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeFileOf } from './byte-sink.js';

describe('writeFileOf', () => {
  it('writes all bytes in their order, across buffers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tamga-sink-'));
    try {
      const piece = fc.tuple(fc.nat(255), fc.nat(600_000), fc.boolean());
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
          const path = join(folder, 'out');
          await writeFileOf(path, async (sink) => {
            for (const [byte, length, flushed] of pieces) {
              await sink.put(Buffer.alloc(length, byte));
              if (flushed) await sink.flush();
            }
          });
          const expected = Buffer.concat(pieces.map(([byte, length]) => Buffer.alloc(length, byte)));
          expect((await readFile(path)).equals(expected)).toBe(true);
        }),
        { numRuns: 30 },
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says that the disk is full', async () => {
    const written = writeFileOf('/dev/full', (sink) => sink.put(Buffer.alloc(5 << 20)));
    await expect(written).rejects.toMatchObject({
      name: 'TamgaError',
      code: 'DISK_FULL',
      data: { path: '/dev/full' },
    });
  });

  it('says that the folder is missing', async () => {
    const written = writeFileOf('/nonexistent/folder/file', async () => undefined);
    await expect(written).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  });

  it('passes on what the writer throws', async () => {
    const written = writeFileOf('/dev/null', async () => {
      throw new RangeError('stop');
    });
    await expect(written).rejects.toThrow('stop');
  });
});
