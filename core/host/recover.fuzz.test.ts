// Recovery on hostile and on damaged bytes: it never traps, leaves valid codes alone, tells positions inside the input,
// gives results that are valid by themselves, gives the same each time, and ends soon.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BLANKS, KEYS, LAYOUTS, SEPARATORS, SYMBOLOGIES } from './generated/recovery.js';
import { FORMATS, loadCore, type ParsedCode } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const EXAMPLES = FORMATS.flatMap(({ example }) => example ?? []);
const TOKENS = [...Object.values(SEPARATORS).flat(), ...BLANKS, GS, ''];

const typed = (text: string, layout: string): string =>
  text.replace(/[\x21-\x7e]/g, (character) => LAYOUTS[layout]![KEYS.indexOf(character)]!);

/** What devices and programs do, in the order in which they would. */
const damage = fc.record({
  token: fc.constantFrom(GS, ...TOKENS),
  keep: fc.boolean(),
  identifier: fc.constantFrom('', '', ...Object.keys(SYMBOLOGIES)),
  layout: fc.constantFrom('', '', '', 'ru', 'uz'),
  wrap: fc.array(fc.constantFrom('json', 'quotes', 'xml', 'base64', 'percent', 'blanks', 'object'), { maxLength: 2 }),
});

const wrapped = (text: string, wrap: string): string => {
  if (wrap === 'json') return JSON.stringify(text);
  if (wrap === 'object') return JSON.stringify({ code: text });
  if (wrap === 'quotes') return `'${text}'`;
  if (wrap === 'xml') return `<c>${text.replace(/[&<\u001d]/g, (c) => `&#${c.charCodeAt(0)};`)}</c>`;
  if (wrap === 'base64') return Buffer.from(text).toString('base64');
  if (wrap === 'percent') return encodeURIComponent(text);
  return ` ${text}\r\n`;
};

const damaged = fc
  .tuple(fc.constantFrom(...EXAMPLES), damage)
  .map(([text, { token, keep, identifier, layout, wrap }]) => {
    let scan = identifier + (keep ? text.replace(GS, token) : text.replaceAll(GS, token));
    if (layout !== '') scan = typed(scan, layout);
    for (const each of wrap) scan = wrapped(scan, each);
    return { text, scan };
  });

const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  damaged.map(({ scan }) => new Uint8Array(Buffer.from(scan))),
  fc.tuple(damaged, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 })).map(([{ scan }, changes]) => {
    const bytes = new Uint8Array(Buffer.from(scan));
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return bytes;
  }),
  fc
    .array(
      fc.constantFrom(...TOKENS, '(01)', '(21)', '01', '21', '93', '91', '%25', '&amp;', '\\', '"', '/', 'Ы', '{'),
      { maxLength: 60 },
    )
    .map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
);

/** What a result of recovery promises, whatever was scanned. */
function check(bytes: Uint8Array, result: ParsedCode): void {
  const strict = core.parse(bytes);
  if (result.candidates !== undefined) {
    expect(result.error?.code).toBe('AMBIGUOUS_RECOVERY');
    expect(result.error!.position).toBeLessThan(bytes.length);
    expect(new Set(result.candidates.map(({ recovered }) => recovered!.text)).size).toBe(result.candidates.length);
    expect(result.candidates.length).toBeGreaterThan(1);
    for (const candidate of result.candidates) check(bytes, candidate);
    return;
  }
  const { recovered, ...code } = result;
  if (recovered === undefined) {
    expect(result).toEqual(strict);
    return;
  }
  expect(strict.ok && strict.templateMismatch === undefined).toBe(false);
  expect(core.parse(recovered.text)).toEqual(code);
  expect(code.ok).toBe(true);
  expect(recovered.repairs.length).toBeGreaterThan(0);
  for (const { position, found, replaced } of recovered.repairs) {
    expect(Number.isInteger(position) && position >= 0 && position < bytes.length).toBe(true);
    expect(found.length <= 81 && replaced.length <= 81 && found !== replaced).toBe(true);
  }
}

it('any bytes: never a trap, promises kept, the same again', () => {
  let repaired = 0;
  fc.assert(
    fc.property(hostile, fc.boolean(), (bytes, caseInverted) => {
      const options = { recover: true, caseInverted };
      const result = core.parse(bytes, options);
      check(bytes, result);
      expect(core.parse(bytes, options)).toEqual(result);
      if (result.recovered !== undefined || result.candidates !== undefined) repaired++;
    }),
    { numRuns: 2500 },
  );
  expect(repaired).toBeGreaterThan(500);
});

it('a damaged code becomes itself, or candidates with itself, or stays what it is', () => {
  let [recovered, ambiguous, other] = [0, 0, 0];
  fc.assert(
    fc.property(damaged, ({ text, scan }) => {
      const result = core.parse(scan, { recover: true });
      if (result.recovered?.text === text) recovered++;
      else if (result.candidates?.some((candidate) => candidate.recovered!.text === text)) ambiguous++;
      else other++;
    }),
    { numRuns: 5000 },
  );
  // other: substitutes that make another valid code, before or after the wrapping is off; and what only repeats a GS
  expect(recovered).toBeGreaterThan(4000);
  expect(ambiguous).toBeLessThan(900);
  expect(other).toBeLessThan(150);
});

it('valid codes are never changed, whatever the options', () => {
  const serial = fc.stringMatching(/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/);
  const lengths = fc.constantFrom(6, 7, 13, 20);
  const unit = fc
    .tuple(lengths, fc.array(serial, { minLength: 20, maxLength: 20 }), fc.constantFrom('', '93', '9192'))
    .map(([length, parts, kind]) => {
      const text = parts.join('').padEnd(80, 'x');
      const [own, rest] = [text.slice(0, length), text.slice(length)];
      if (kind === '93') return `010460700000109721${own}${GS}93${rest.slice(0, 4)}`;
      if (kind === '9192' && length !== 7)
        return `010460700000109721${own}${GS}91${rest.slice(0, 4)}${GS}92${rest.slice(4, 48)}`;
      return `010460700000109721${own}`;
    });
  fc.assert(
    fc.property(fc.oneof(unit, fc.constantFrom(...EXAMPLES)), fc.boolean(), (text, caseInverted) => {
      const strict = core.parse(text);
      expect(strict.ok && strict.templateMismatch === undefined).toBe(true);
      expect(core.parse(text, { recover: true, caseInverted })).toEqual(strict);
      expect(core.parse(text, { recover: true, caseInverted, prove: () => false })).toEqual(strict);
      expect(core.parse(text, { recover: true, caseInverted, prove: () => true })).toEqual(strict);
    }),
    { numRuns: 4000 },
  );
});

it('4 KB made to be slow take less than a quarter of a second of the processor', () => {
  const repeated = (text: string): string => text.repeat(Math.ceil(4096 / text.length)).slice(0, 4096);
  const slow = [
    ...TOKENS.filter((token) => token !== ''),
    ...[
      '(01)',
      '[21]',
      '%',
      '%1',
      '%25',
      '&amp;',
      '&',
      '"',
      '\\"',
      '{"',
      '["',
      '<a>',
      '</',
      '<![CDATA[',
      'a.',
      '/01/',
      '//',
      '=',
      'A',
      'MDEw',
    ],
    ...[
      'Ы',
      'ы.',
      ' ',
      ' a',
      'GS ',
      '029232',
      '01',
      '21',
      '\\u001d',
      '"a",',
      '?a=01046070000010972&',
      'Ъв2',
      '(01)04607000001097',
    ],
  ].flatMap((text) => [
    repeated(text),
    `01046070000010972${repeated(text).slice(17)}`,
    `{"a":"${repeated(text).slice(8)}"}`,
    `<a>${repeated(text).slice(7)}</a>`,
    `https://a.b/${repeated(text).slice(12)}`,
    Buffer.from(repeated(text)).toString('base64').slice(0, 4096),
  ]);
  let longest = 0;
  for (const text of slow) {
    const bytes = new Uint8Array(Buffer.from(text).subarray(0, 4096));
    const before = process.cpuUsage();
    const result = core.parse(bytes, { recover: true, caseInverted: true });
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    check(bytes, result);
  }
  expect(longest).toBeLessThan(250);
});
