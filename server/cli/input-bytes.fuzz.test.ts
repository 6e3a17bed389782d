import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isTamgaError } from '../../engine/errors.js';
import { streamBytes } from './input-bytes.js';

const BOM = [0xef, 0xbb, 0xbf];

/** Everything that comes out of a stream whose chunks end at `cuts`. */
async function read(bytes: Uint8Array, cuts: number[]): Promise<Buffer> {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  const chunks = ends.map((end, i) => Buffer.from(bytes.subarray(ends[i - 1] ?? 0, end))).filter((c) => c.length > 0);
  const parts: Uint8Array[] = [];
  for await (const part of streamBytes('-', Readable.from(chunks, { objectMode: true })))
    parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

const letters = fc.uint8Array({ min: 1, max: 0xf0, minLength: 1, maxLength: 200 }).filter((bytes) => bytes[0] !== 0x1f);
const cuts = fc.array(fc.nat(300), { maxLength: 5 });

it('gives the same bytes however they are cut, without the mark at their beginning', async () => {
  await fc.assert(
    fc.asyncProperty(letters, fc.boolean(), fc.boolean(), cuts, async (text, bom, gzip, places) => {
      const marked = bom ? Uint8Array.from([...BOM, ...text]) : text;
      const wanted = BOM.every((byte, i) => marked[i] === byte) ? marked.subarray(BOM.length) : marked;
      expect(await read(gzip ? gzipSync(marked) : marked, places)).toEqual(Buffer.from(wanted));
    }),
    { numRuns: 300 },
  );
});

it('answers any bytes with bytes or an error that names the input', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ maxLength: 40 }).map((b) => Uint8Array.from([0x1f, 0x8b, 8, ...b])),
      ),
      cuts,
      async (bytes, places) => {
        const result = await read(bytes, places).catch((error: unknown) => error);
        if (result instanceof Buffer) return;
        if (!isTamgaError(result)) throw result;
        expect(result.data.path).toBe('-');
        expect(['FILE_EMPTY', 'FILE_NOT_TEXT', 'FILE_UTF16', 'GZIP_BROKEN']).toContain(result.code);
      },
    ),
    { numRuns: 500 },
  );
});
