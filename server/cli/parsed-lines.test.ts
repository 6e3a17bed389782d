// Goal: the short way from columns to JSON gives what the long way gives, and each line exactly one line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { parsedJsonLines } from './json-lines.js';
import { appendParsed, parsedLines } from './parsed-lines.js';
import { demoCode } from './run-cli.test.files.js';

const core = await loadCore();
const encoder = new TextEncoder();

const serial = fc.stringMatching(/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/);
const base64 = fc.stringMatching(/^[A-Za-z0-9+/]{43}=$/);
const usual = fc
  .tuple(
    serial,
    fc.option(fc.stringMatching(/^[0-9A-Z"]{4}$/)),
    fc.option(fc.tuple(fc.constantFrom('92', '93'), fc.oneof(base64, serial))),
  )
  .map(([text, keyId, tail]) =>
    [
      '0109520000001018',
      '21',
      text,
      keyId === null ? '' : `\x1d91${keyId}`,
      tail === null ? '' : `\x1d${tail[0]}${tail[1]}`,
    ].join(''),
  );
const other = fc.oneof(
  fc.constantFrom(
    '',
    '195200000000000117',
    '00195200000000000117',
    '0109520000001018',
    `${demoCode(1)}\x1d17280131`,
    '\x1d',
    ']d2',
  ),
  fc.string({ maxLength: 60 }).map((text) => text.replaceAll('\n', '')),
  usual.map((code) => `\x1d${code}`),
  usual.map((code) => `${code}\x1d310300150`),
);

describe('a block of lines', () => {
  it('gives the JSON of each parsed code, whichever way it took', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 3, arbitrary: usual }, other), { minLength: 1, maxLength: 20 }),
        (codes) => {
          const bytes = encoder.encode(`${codes.join('\n')}\n`);
          const long = { text: '', failed: 0 };
          const batch = core.parseBatch(bytes, { trim: true });
          for (let row = 0; row < batch.count; row++) appendParsed(long, batch.at(row));
          const short = parsedLines(core, bytes, { trim: true });
          expect(short).toEqual(long);
          expect(short.text.split('\n').length - 1).toBe(codes.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes the short way for most codes', () => {
    const codes = Array.from({ length: 50_000 }, (_, i) => demoCode(i)).join('\n');
    const bytes = encoder.encode(codes);
    const { text, failed } = parsedLines(core, bytes, {});
    expect(failed).toBe(0);
    expect(
      text.startsWith('{"ok":true,"ais":[["01","09520000001018"],["21","5000000000000"],["91","FFD0"],["92","'),
    ).toBe(true);
  });
});

describe('a block of JSON lines', () => {
  it('gives the JSON of each code with its id, newlines inside a code too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(usual, other, fc.constant('a\nb')), fc.option(fc.jsonValue())), {
          minLength: 1,
          maxLength: 10,
        }),
        (items) => {
          const input = items.map(([code, id]) => JSON.stringify(id === null ? { input: code } : { id, input: code }));
          const lines = parsedJsonLines(core, encoder.encode(input.join('\n')), {})
            .text.trimEnd()
            .split('\n');
          expect(lines.length).toBe(items.length);
          for (const [i, [code, id]] of items.entries()) {
            const parsed = core.parse(code);
            const line = JSON.parse(lines[i]!);
            expect(line.ok).toBe(parsed.ok);
            if (parsed.ok) expect(line.key ?? null).toBe(parsed.key);
            if (id !== null) expect(line.id).toEqual(JSON.parse(JSON.stringify(id)));
          }
        },
      ),
    );
  });
});
