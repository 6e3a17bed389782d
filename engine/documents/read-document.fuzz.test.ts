import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTamgaError } from '../errors.js';
import type { DocumentModel } from './model.js';
import { readDocument } from './read-document.js';
import { sample, scratch } from './scratch.test.files.js';
import { summarizeUpd } from './summary.js';

const write = scratch();
const SAMPLES = [
  'mdlp-311-register_end_packing.xml',
  'mdlp-415-move_order.xml',
  'mdlp-416-receive_order.xml',
  'mdlp-911-unit_pack.xml',
  'upd-503-buyer.xml',
  'upd-503-seller.xml',
].map((name) => readFileSync(sample(name)));

/** A model, or undefined for a typed error. Anything else fails the test. */
async function read(bytes: Uint8Array): Promise<DocumentModel | undefined> {
  try {
    return await readDocument(write('fuzz.xml', bytes));
  } catch (error) {
    if (!isTamgaError(error)) throw error;
    expect(error.data.path).toBeDefined();
    return undefined;
  }
}

/** What every model keeps, whatever it was read from. */
function check(model: DocumentModel): void {
  expect(model.id.startsWith(`${model.format}/`)).toBe(true);
  expect(model.id).toMatch(/^[\x21-\x7e]{1,64}$/);
  expect(Object.getPrototypeOf(model.flags)).toBeNull();
  for (const list of [
    ...model.lines.flatMap((line) => [line.codes, line.packages]),
    ...model.tree.map((one) => one.children),
  ]) {
    for (const code of list) expect(code).toMatch(/^[^\x00-\x1c\x1e\x1f\x7f]+$/);
  }
  expect(summarizeUpd(model).lines).toBe(model.lines.length);
}

describe('readDocument', () => {
  it('any bytes that begin like XML: a model or a typed error', async () => {
    const start = fc.constantFrom(
      '<',
      '<?xml version="1.0"?>',
      '<documents version="1.37">',
      '<Файл ИдФайл="x" ВерсФорм="5.03">',
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 200 }), async (head, tail) => {
        const model = await read(Buffer.concat([Buffer.from(head), tail]));
        if (model !== undefined) check(model);
      }),
      { numRuns: 300 },
    );
  });

  it('samples with a few bytes changed, removed or doubled: a model or a typed error', async () => {
    const edit = fc.record({
      at: fc.nat({ max: 100_000 }),
      remove: fc.nat({ max: 4 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        fc
          .constantFrom('<', '>', '&', '&#0;', '&#10;', ']]>', '"', '<КИЗ>', '</sgtin>', '<!--', '0', '-', '__proto__')
          .map((text) => Buffer.from(text)),
      ),
    });
    let models = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SAMPLES),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        async (bytes, edits) => {
          let changed: Buffer = bytes;
          for (const { at, remove, insert } of edits) {
            const start = at % changed.length;
            changed = Buffer.concat([changed.subarray(0, start), insert, changed.subarray(start + remove)]);
          }
          const model = await read(changed);
          if (model === undefined) return;
          models++;
          check(model);
        },
      ),
      { numRuns: 600 },
    );
    // Both ways out are met, or the test would not test much.
    expect(models).toBeGreaterThan(10);
    expect(models).toBeLessThan(590);
  });

  it('elements in any order, missing and doubled: a model or a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SAMPLES),
        fc.array(fc.nat({ max: 200 }), { maxLength: 6 }),
        async (bytes, moves) => {
          const lines = bytes.toString('latin1').split('\n');
          for (const move of moves) {
            const [line] = lines.splice(move % lines.length, 1);
            if (move % 3 > 0) lines.splice((move * 7) % (lines.length + 1), 0, line!);
            if (move % 3 > 1) lines.splice((move * 3) % (lines.length + 1), 0, line!);
          }
          const model = await read(Buffer.from(lines.join('\n'), 'latin1'));
          if (model !== undefined) check(model);
        },
      ),
      { numRuns: 300 },
    );
  });
});
