/** The parse stage of one worker: bytes to columns, fingerprints included, in one thread. */
import { readFile } from 'node:fs/promises';
import { loadCore } from '../../core/host/index.js';
import { benchCorpus } from '../corpus.js';
import { type BenchOptions, type BenchResult, measure } from '../result.js';

const CODES = 100_000;
const CODES_SMALL = 2_000;

/** What one would write by hand: split into strings, one object a code, GTIN and serial by a regular expression, no check of anything else. */
const BY_HAND = /^01(\d{14})21([^\u001d]{1,20})(?:\u001d91(.{4})\u001d92(.+)|\u001d93(.{4}))?$/;

export async function parseBatch(options: BenchOptions): Promise<BenchResult[]> {
  const { corpus } = await benchCorpus(options.small ? 20_000 : 2_000_000, options.small ? 10_000 : 1_000_000);
  const bytes = firstLines(await readFile(corpus.paths.scans), options.small ? CODES_SMALL : CODES);
  const codes = options.small ? CODES_SMALL : CODES;
  const core = await loadCore();
  const text = new TextDecoder();
  let sink = 0;
  const result = await measure(
    'core/parse-batch',
    [
      {
        name: 'ours',
        codes,
        run: () => {
          // As in a worker: the bytes are put into the core's memory, and one call makes all columns.
          core.input(bytes.length).set(bytes);
          sink += core.parseInput(bytes.length, { trim: true }).count;
        },
      },
      {
        name: 'splitAndMatch',
        codes,
        run: () => {
          for (const line of text.decode(bytes).split('\n')) {
            const match = BY_HAND.exec(line);
            if (match)
              sink += {
                gtin: match[1],
                serial: match[2],
                keyId: match[3],
                tail: match[4] ?? match[5],
              }.gtin.length;
          }
        },
      },
    ],
    options,
  );
  if (sink === 0) throw new Error('nothing was parsed');
  return [result];
}

function firstLines(bytes: Buffer, lines: number): Uint8Array {
  let end = 0;
  for (let i = 0; i < lines; i++) end = bytes.indexOf(0x0a, end) + 1;
  return Uint8Array.from(bytes.subarray(0, end));
}
