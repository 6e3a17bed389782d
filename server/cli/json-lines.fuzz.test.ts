import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { parsedJsonLines, readJsonLine } from './json-lines.js';

const core = await loadCore();

it('answers any line with a code or a fault', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.json().map((json) => `{"input":${json}}`),
      ),
      (line) => {
        const read = readJsonLine(line);
        expect('input' in read ? typeof read.input : typeof read.fault).toBe('string');
      },
    ),
    { numRuns: 1000 },
  );
});

it('answers any bytes with one line of JSON for each line', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const { text, failed } = parsedJsonLines(core, bytes, {});
      const lines = text.split('\n').slice(0, -1);
      const ends = bytes.filter((byte) => byte === 0x0a).length;
      expect(lines.length).toBe(bytes.length === 0 || bytes.at(-1) === 0x0a ? ends : ends + 1);
      expect(lines.filter((line) => !JSON.parse(line).ok).length).toBe(failed);
    }),
    { numRuns: 500 },
  );
});
