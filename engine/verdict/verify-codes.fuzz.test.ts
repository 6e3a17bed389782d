// Goal: a code gets the same verdict alone, in a call with others, and in a file. Method: random registers, operations and codes; a naive
// opinion of the rules beside the two ways through the engine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf, keyOf, scanOf } from '../bulk/lists.test.data.js';
import { openEngine } from '../engine.js';
import { OUTCOMES, type Outcome } from '../reconcile/outcomes.js';
import { OPERATIONS, type Operation } from './rules.js';
import type { VerifyContext } from './verify-codes.js';

const root = mkdtempSync(join(tmpdir(), 'verify-codes-'));
let files = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const OWNER = '300000001';
const NOW = new Date(2026, 2, 16, 23, 59, 30);

interface Row {
  n: number;
  state: string;
  owner: string;
  expiry: string;
}

const row: fc.Arbitrary<Row> = fc.record({
  n: fc.nat(20),
  state: fc.constantFrom('INTRODUCED', 'INTRODUCED', 'SHIPPED', 'RETIRED', 'EMITTED', 'PARTIALLY_SOLD', ''),
  owner: fc.constantFrom(OWNER, OWNER, '300000002', ''),
  expiry: fc.constantFrom('', '2028-01-31', '2026-03-16', '2026-03-15', '2026-03-16T23:58:00+05:00'),
});

const JUNK: readonly (readonly [string, Outcome])[] = [
  ['garbage', 'UNKNOWN_CODE_TYPE'],
  ['4601234567893', 'NOT_DATAMATRIX'],
  ['010952000000101921ABCDEFGHIJKLM', 'BAD_CHECK_DIGIT'],
  ['010952000000101821ABCD', 'TEMPLATE_MISMATCH'],
  ['0109520000001018', 'UNKNOWN_CODE_TYPE'],
  ['010952000000101821ABCDEFGHIJK\u00e9', 'BAD_CHARACTERS'],
  ['195200000000000124', 'UNKNOWN_PACKAGE'],
];

const ask = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.nat(24), fc.boolean()) },
  { weight: 1, arbitrary: fc.constantFrom(...JUNK) },
);

function naive({ state, owner, expiry }: Row, operation: Operation, participant: string | undefined): Outcome {
  const returns = ['RETIRED', 'PARTIALLY_SOLD', ''];
  const circulates = ['INTRODUCED', 'SHIPPED', 'PARTIALLY_SOLD', ''];
  if (!(operation === 'return' ? returns : circulates).includes(state)) return 'STATE_FORBIDS';
  if (participant !== undefined && owner !== '' && owner !== participant) return 'OTHER_OWNER';
  const isOver = expiry === '2026-03-15' || expiry.includes('T');
  return isOver && (operation === 'sale' || operation === 'accept') ? 'EXPIRED' : 'OK';
}

describe('verifyCodes', () => {
  it('agrees with verifyFile and with the rules, for random registers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { selector: ({ n }) => n, minLength: 1, maxLength: 20 }),
        fc.array(
          fc.record({
            asked: fc.array(ask, { minLength: 1, maxLength: 25 }),
            operation: fc.constantFrom(...OPERATIONS),
            participant: fc.constantFrom(undefined, OWNER, '300000009'),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (rows, calls) => {
          const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
          try {
            const snapshot = join(root, `snapshot-${files++}`);
            const table = rows.map(({ n, state, owner, expiry }) => `${codeOf(n)};${state};${owner};${expiry}`);
            writeFileSync(snapshot, ['code;status;ownerTin;expiry', ...table, ''].join('\n'));
            await engine.import([snapshot]);
            for (const { asked, operation, participant } of calls) {
              const codes: string[] = [];
              const expected: Outcome[] = [];
              const seen = new Set<string>();
              for (const one of asked) {
                const [what, how] = one;
                const code = typeof what === 'string' ? what : how ? scanOf(what) : codeOf(what);
                codes.push(code);
                const key = typeof what === 'string' ? what : keyOf(what);
                const found = rows.find(({ n }) => n === what);
                const alone =
                  typeof what === 'string'
                    ? (how as Outcome)
                    : found
                      ? naive(found, operation, participant)
                      : 'NOT_FOUND';
                const isCode = typeof what !== 'string' || how === 'UNKNOWN_PACKAGE';
                expected.push(isCode && seen.has(key) ? 'DUPLICATE' : alone);
                seen.add(key);
              }
              const verdicts = engine.verify(codes, { operation, at: NOW, participant });
              expect(verdicts.map(({ reason }) => reason)).toEqual(expected);
              for (const [i, { allow, reason, code, record }] of verdicts.entries()) {
                expect(allow).toBe(reason !== 'OK' ? 'no' : record?.state === 'UNKNOWN' ? 'unknown' : 'yes');
                if (reason === 'DUPLICATE') continue;
                expect(engine.verify(codes[i] as string, { operation, at: NOW, participant })).toMatchObject({
                  allow,
                  reason,
                  code,
                });
              }
              if (codes.every((code) => !/[\r\n]/.test(code))) {
                const { outcomes } = engine.verifyLines(Buffer.from(codes.join('\n')), {
                  operation,
                  at: NOW,
                  participant,
                });
                expect(Array.from(outcomes, (number) => OUTCOMES[number])).toEqual(expected);
                // From the image now.
                const again = engine.verify(codes, { operation, at: NOW, participant });
                expect(again.map((verdict) => JSON.parse(JSON.stringify(verdict)))).toEqual(
                  verdicts.map((verdict) => JSON.parse(JSON.stringify(verdict))),
                );
              }
              const list = join(root, `list-${files++}`);
              writeFileSync(list, `${codes.join('\n')}\n`);
              const result = await engine.verifyFile(list, { operation, at: NOW, owner: participant });
              const outcomes: Outcome[] = [];
              for await (const { outcome } of result.verdicts()) outcomes.push(outcome);
              await result.close();
              expect(outcomes).toEqual(expected);
            }
          } finally {
            await engine.close();
          }
        },
      ),
      { numRuns: 15, seed: 11 },
    );
  });
});

describe('verifyCodes without a register', () => {
  const context = { operation: 'sale', at: NOW } as const;

  it('says what can be said of the form: well formed is not known, never yes', async () => {
    const engine = await openEngine({ workers: 0 });
    const [unit, sscc, again, ...bad] = engine.verify(
      [scanOf(1), '00195200000000000117', codeOf(1), ...JUNK.slice(0, 6).map(([text]) => text)],
      context,
    );
    expect(unit).toMatchObject({ allow: 'unknown', reason: 'WELL_FORMED', record: null, code: { key: keyOf(1) } });
    expect(sscc).toMatchObject({ allow: 'unknown', reason: 'WELL_FORMED', code: { kind: 'package' } });
    expect(again).toMatchObject({ allow: 'no', reason: 'DUPLICATE' });
    expect(bad.map(({ allow, reason }) => [allow, reason])).toEqual(
      JUNK.slice(0, 6).map(([, reason]) => ['no', reason]),
    );
    await engine.close();
  });

  it('a text with line ends inside is one code that is none; bytes and text are the same code', async () => {
    const engine = await openEngine({ workers: 0 });
    const verdicts = engine.verify([`${codeOf(1)}\n${codeOf(2)}`, `${codeOf(1)}\r\n`, '\n', ''], context);
    expect(verdicts.map(({ allow }) => allow)).toEqual(['no', 'no', 'no', 'no']);
    expect(verdicts.map(({ reason }) => reason)).toEqual([
      'BAD_CHARACTERS',
      'BAD_CHARACTERS',
      'BAD_CHARACTERS',
      'BLANK_LINE_SKIPPED',
    ]);
    expect(engine.verify(Buffer.from(codeOf(3)), context)).toEqual(engine.verify(codeOf(3), context));
    expect(engine.verify([codeOf(3), Buffer.from(scanOf(3))], context)[1]?.reason).toBe('DUPLICATE');
    expect(engine.verify([], context)).toEqual([]);
    await engine.close();
  });

  it('a repetition counts within one call only', async () => {
    const engine = await openEngine({ workers: 0 });
    for (let call = 0; call < 2; call++) expect(engine.verify(codeOf(1), context).reason).toBe('WELL_FORMED');
    await engine.close();
  });
});

describe('warnings', () => {
  const AT = new Date(2026, 2, 16, 9);
  const asked = [1, 2, 3, 4].map(codeOf);
  const rows = [
    [1, '2026-04-01', 8],
    [2, '2028-01-31', 9],
    [3, '2026-04-01', 9],
    [4, '2026-03-15', 9],
  ] as const;

  it('are told of one code, of several, of lines and of texts alike, when they are asked for', async () => {
    const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
    try {
      const snapshot = join(root, `snapshot-${files++}`);
      const table = rows.map(([n, expiry]) => `${codeOf(n)};INTRODUCED;${expiry}`);
      writeFileSync(snapshot, ['code;status;expiry', ...table, ''].join('\n'));
      await engine.import([snapshot]);
      for (const [n, , group] of rows)
        await engine.submit({ kind: 'restate', at: '2026-03-01T00:00:00Z', group, codes: [codeOf(n)] });
      const groups = [8];
      const cases: [Partial<VerifyContext>, Outcome[]][] = [
        [{}, ['OK', 'OK', 'OK', 'EXPIRED']],
        [{ expiresSoonDays: 20 }, ['EXPIRES_SOON', 'OK', 'EXPIRES_SOON', 'EXPIRED']],
        [{ groups }, ['OK', 'GROUP_NOT_DECLARED', 'GROUP_NOT_DECLARED', 'EXPIRED']],
        [{ groups: [8, 9], expiresSoonDays: 1 }, ['OK', 'OK', 'OK', 'EXPIRED']],
        [{ groups, expiresSoonDays: 20 }, ['EXPIRES_SOON', 'GROUP_NOT_DECLARED', 'GROUP_NOT_DECLARED', 'EXPIRED']],
        [{ groups: [], operation: 'count', expiresSoonDays: 20 }, Array(4).fill('GROUP_NOT_DECLARED') as Outcome[]],
      ];
      const names = (outcomes: Uint8Array): Outcome[] => Array.from(outcomes, (number) => OUTCOMES[number] as Outcome);
      for (const image of [false, true]) {
        if (image) engine.warmUp();
        for (const [more, expected] of cases) {
          const context: VerifyContext = { operation: 'accept', at: AT, ...more };
          const verdicts = engine.verify(asked, context);
          expect(verdicts.map(({ reason }) => reason)).toEqual(expected);
          // A warning stands against nothing.
          expect(verdicts.map(({ allow }) => allow)).toEqual(
            expected.map((name) => (name === 'EXPIRED' ? 'no' : 'yes')),
          );
          expect(asked.map((code) => engine.verify(code, context).reason)).toEqual(expected);
          if (!image) continue;
          const text = Buffer.from(asked.join('\n'));
          expect(names(engine.verifyLines(text, context).outcomes)).toEqual(expected);
          expect(names(engine.verifyText(context).next(text).outcomes)).toEqual(expected);
        }
      }
      // The caller's list may change between two calls.
      const context: VerifyContext = { operation: 'accept', at: AT, groups };
      expect(engine.verify(codeOf(2), context).reason).toBe('GROUP_NOT_DECLARED');
      groups.push(9);
      expect(engine.verify(codeOf(2), context).reason).toBe('OK');
    } finally {
      await engine.close();
    }
  });
});
