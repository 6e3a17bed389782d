// Goal: events come out of bytes as they went in, however the bytes are cut; anything else ends with an error that names the line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTamgaError } from '../errors.js';
import { type JsonEvent, jsonEvents } from './event-lines.js';

/** Bytes in pieces of these lengths, over and over. */
async function* cut(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] as number;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function read(text: string | Uint8Array, lengths: readonly number[] = [1 << 20]): Promise<JsonEvent[]> {
  const events: JsonEvent[] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const event of jsonEvents(cut(bytes, lengths), 'f')) events.push(event);
  return events;
}

const LENGTHS = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const OBJECT = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe('JSON events', () => {
  it('a line each, with blank lines between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(OBJECT, fc.constantFrom('', '\n', ' \r\n'))),
        LENGTHS,
        async (rows, lengths) => {
          const text = rows.map(([value, blank]) => `${blank}${JSON.stringify(value)}\n`).join('');
          let line = 0;
          const wanted = rows.map(([value, blank]) => {
            line += blank === '' ? 1 : 2;
            return { value: plain(value), line };
          });
          expect(await read(text, lengths)).toEqual(wanted);
          expect(await read(text.trimEnd(), lengths)).toEqual(wanted);
        },
      ),
    );
  });

  it('one over several lines, or an array of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(OBJECT, { minLength: 1, maxLength: 4 }), LENGTHS, async (values, lengths) => {
        for (const space of [0, 2]) {
          const all = await read(JSON.stringify(values, null, space), lengths);
          expect(all).toEqual(values.map((value) => ({ value: plain(value), line: 1 })));
        }
        expect(await read(`\n${JSON.stringify(values[0], null, 2)}\n`, lengths)).toEqual([
          { value: plain(values[0]), line: 2 },
        ]);
      }),
    );
  });

  it('of any bytes are values or an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), LENGTHS, async (bytes, lengths) => {
        try {
          await read(bytes, lengths);
        } catch (error) {
          expect(isTamgaError(error) ? error.code : error).toMatch(/^(EVENT_INVALID|FILE_ENCODING)$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a":1}\n{"a":\n', 2],
    ['{"a":1}\nnothing\n', 2],
    ['nothing\n', 1],
    ['\n\n"a\n', 3],
  ])('%j says which line is none', async (text, line) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'EVENT_INVALID', data: { line, path: 'f' } });
  });

  it('that never end are refused before memory is full', async () => {
    const block = Buffer.alloc(1 << 20, 'x');
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"a":"');
      for (let i = 0; i < 1000; i++) yield block;
    }
    const all = async (): Promise<void> => {
      for await (const _ of jsonEvents(endless())) expect.fail('an event');
    };
    await expect(all()).rejects.toMatchObject({ code: 'LINE_TOO_LONG' });
  });
});
