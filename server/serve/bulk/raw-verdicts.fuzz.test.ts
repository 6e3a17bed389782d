// Goal: a raw body comes to the same verdicts as its lines one by one, however it is cut into pieces.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../../engine/index.js';
import { OUTCOMES } from '../../../engine/reconcile/outcomes.js';
import { SNAPSHOT } from '../running.test.files.js';
import { type RawForm, rawVerdicts } from './raw-verdicts.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-raw-'));
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ register: join(folder, 'register'), create: true, workers: 0 });
  await engine.import([SNAPSHOT]);
  engine.warmUp();
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const known = Array.from({ length: 15 }, (_, i) => `010952000000606821UZDEMO${String(i + 1).padStart(7, '0')}`);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...known, '00295200000000000329', '010952000000606821UNKNOWN1') },
  { weight: 1, arbitrary: fc.string({ maxLength: 40, unit: 'binary' }).map((text) => text.replace(/[\r\n]/g, ' ')) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '9520000006068', '010952000000606821AB\x1d91EE06\x1d92AAAA') },
);

async function answered(body: Buffer[], form: RawForm): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const answers = rawVerdicts(
    (async function* () {
      yield* body;
    })(),
    engine.verifyText({ operation: 'count' }),
    form,
    1 << 30,
    () => undefined,
  );
  for await (const piece of answers) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('a raw body', () => {
  it('comes to what its lines come to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 10 }),
        fc.boolean(),
        async (lines, cuts, ended) => {
          // A last line that is empty and not ended is no line.
          fc.pre(ended || lines.at(-1) !== '');
          const text = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
          const pieces: Buffer[] = [];
          let from = 0;
          for (const cut of cuts) {
            pieces.push(text.subarray(from, from + cut));
            from += cut;
          }
          pieces.push(text.subarray(from));
          const expected = engine.verify(lines, { operation: 'count' }).map(({ reason }) => reason);
          expect((await answered(pieces, 'lines')).toString()).toBe(expected.map((name) => `${name}\n`).join(''));
          const bytes = await answered(pieces, 'bytes');
          expect([...bytes].map((number) => OUTCOMES[number])).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds repetitions however far apart, of known and of unknown codes', async () => {
    const unknown = (i: number): string => `010952000000606821UZDEMO1${String(i).padStart(6, '0')}`;
    const lines = [known[0]!, ...Array.from({ length: 30_000 }, (_, i) => unknown(i)), unknown(5), known[0]!];
    const bytes = await answered([Buffer.from(lines.join('\n'))], 'bytes');
    expect(bytes.length).toBe(lines.length);
    const names = [...bytes].map((number) => OUTCOMES[number]);
    expect(names[0]).toBe('OK');
    expect(new Set(names.slice(1, -2))).toEqual(new Set(['NOT_FOUND']));
    expect(names.slice(-2)).toEqual(['DUPLICATE', 'DUPLICATE']);
  });

  it('refuses a line without an end, and a body over the limit', async () => {
    await expect(answered([Buffer.alloc(1 << 20, 65)], 'lines')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const over = rawVerdicts(
      (async function* () {
        yield Buffer.from('A\n'.repeat(100));
      })(),
      engine.verifyText({ operation: 'count' }),
      'lines',
      100,
      () => undefined,
    );
    await expect(over.next()).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});
