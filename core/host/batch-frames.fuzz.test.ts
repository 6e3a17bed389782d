// Length-prefixed bytes that anybody sends: cut into frames as a plain reader cuts them, or refused at the same offset; and
// each frame is read as the code alone is.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FORMATS, loadCore } from './index.js';

const core = await loadCore();
const single = await loadCore();
const SEEDS = FORMATS.flatMap(({ example }) =>
  example === null ? [] : [new Uint8Array(Buffer.from(example, 'latin1'))],
);

/** The frames, and the offset of one that is cut off. */
function cut(bytes: Uint8Array): { codes: Uint8Array[]; cutOff: number | null } {
  const codes: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 2) return { codes, cutOff: at };
    const end = at + 2 + view.getUint16(at, true);
    if (end > bytes.length) return { codes, cutOff: at };
    codes.push(bytes.slice(at + 2, end));
    at = end;
  }
  return { codes, cutOff: null };
}

const frame = fc
  .tuple(
    fc.oneof(fc.constantFrom(...SEEDS), fc.uint8Array({ maxLength: 60 })),
    fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 300 }) }),
  )
  .map(([code, lie]) => {
    const length = Math.max(0, code.length + lie);
    return Uint8Array.of(length & 0xff, length >> 8, ...code);
  });

const input = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(frame, { maxLength: 12 }).map((all) => Uint8Array.from(all.flatMap((one) => [...one]))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(0, 0, 0, 1, 2, 3, 0x0a), { maxLength: 200 })
      .map((bytes) => Uint8Array.from(bytes)),
  },
);

it('frames are cut as a plain reader cuts them, and read as the code alone', () => {
  let whole = 0;
  let refused = 0;
  fc.assert(
    fc.property(input, (bytes) => {
      const { codes, cutOff } = cut(bytes);
      if (cutOff !== null) {
        refused++;
        expect(() => core.parseBatch(bytes, { framing: 'u16' })).toThrow(`the frame at offset ${cutOff} is cut off`);
        return;
      }
      const batch = core.parseBatch(bytes, { framing: 'u16' });
      expect(batch.count).toBe(codes.length);
      codes.forEach((code, row) => {
        expect(batch.at(row)).toEqual(single.parse(code));
      });
      whole += codes.length;
    }),
    { numRuns: 5000 },
  );
  expect(whole).toBeGreaterThan(5000);
  expect(refused).toBeGreaterThan(500);
});
