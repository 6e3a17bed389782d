import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrame } from './frames.js';

describe('a frame of a client', () => {
  it('is read whatever it holds', () => {
    const objects = fc.record(
      {
        type: fc.oneof(fc.constantFrom('hello', 'scan', 'verdict'), fc.jsonValue()),
        seq: fc.oneof(fc.nat(), fc.jsonValue()),
        code: fc.oneof(fc.string(), fc.jsonValue()),
        context: fc.oneof(
          fc.record({ operation: fc.constantFrom('sale', 'eat'), at: fc.string() }, { requiredKeys: [] }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          objects.map((value) => JSON.stringify(value)),
        ),
        (message) => {
          const frame = readFrame(message);
          if (frame.type === 'scan') {
            expect(Number.isSafeInteger(frame.seq)).toBe(true);
            expect(typeof frame.code).toBe('string');
          } else if (frame.type === 'hello') {
            expect(['sale', undefined]).toContain(frame.context?.operation);
          } else {
            expect(['BAD_JSON', 'BAD_FRAME']).toContain(frame.code);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"type":"scan","seq":1,"code":"x"}', { type: 'scan', seq: 1, code: 'x' }],
    ['{"type":"hello"}', { type: 'hello' }],
    ['{"type":"hello","context":{"operation":"sale","country":"UZ"}}', { type: 'hello' }],
    ['{"type":"scan","seq":1}', { type: 'fault', code: 'BAD_FRAME', seq: 1 }],
    ['{"type":"scan","seq":-1,"code":"x"}', { type: 'fault', code: 'BAD_FRAME', seq: -1 }],
    ['{"type":"scan","seq":1.5,"code":"x"}', { type: 'fault', code: 'BAD_FRAME' }],
    ['{"type":"scan","seq":1,"code":"x","more":1}', { type: 'fault', code: 'BAD_FRAME', seq: 1 }],
    ['{"type":"hello","context":{"at":"soon"}}', { type: 'fault', code: 'BAD_FRAME' }],
    ['null', { type: 'fault', code: 'BAD_FRAME' }],
    ['{', { type: 'fault', code: 'BAD_JSON' }],
  ])('%s', (message, frame) => {
    expect(readFrame(message)).toMatchObject(frame);
  });
});
