// Goal: with keys every way of asking, one code, many, a text, a file with any number of threads, a reconciliation, comes to the same results of
// tails, and those are what the issuer meant; without keys nothing is said of tails. Method: codes of the test issuer, with forged ones planted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type KeyRing, TAIL_RESULTS, type TailResult } from '../core/host/index.js';
import { AT, ringOf, tailedCode } from './bulk/tailed-codes.test.data.js';
import { type Engine, type EngineOptions, OUTCOMES, openEngine } from './index.js';
import { type TailPolicy, tailOutcome } from './keys/index.js';
import type { Finding } from './reconcile/report.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-tails-'));
const rings: KeyRing[] = [];
afterAll(() => {
  for (const ring of rings) ring.unload();
  rmSync(folder, { recursive: true, force: true });
});

async function withEngine<T>(options: EngineOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(options);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

function ring(): KeyRing {
  const made = ringOf();
  rings.push(made);
  return made;
}

const codes = Array.from({ length: 2000 }, (_, n) => tailedCode(n));
const BOX = '046070000000000014';
const NO_CODE = '0104607000001036215abcdefghijkl';
/** Repetitions: of a genuine code, of a forged one; a package; no code; a blank line. */
const lines = [...codes.map(({ code }) => code), codes[0]!.code, codes[3]!.code, BOX, NO_CODE, ''];
const list = join(folder, 'list.txt');
writeFileSync(list, lines.join('\n'));

/** Outcome and tail of each line, without a register. */
function wanted(policy: TailPolicy): { outcome: string; tail: TailResult | null }[] {
  const judged = codes.map(({ tail }) => ({ outcome: tailOutcome(tail, policy) ?? 'WELL_FORMED', tail }));
  return [
    ...judged,
    { outcome: 'DUPLICATE', tail: 'VALID' },
    judged[3]!,
    { outcome: 'WELL_FORMED', tail: null },
    { outcome: 'BAD_CHECK_DIGIT', tail: null },
  ];
}

describe.each(['where-possible', 'required'] as const)('tails, %s', (tailPolicy) => {
  const expected = wanted(tailPolicy);

  it('are checked code by code', () =>
    withEngine({ keys: ring(), tailPolicy }, async (engine) => {
      const verdicts = engine.verify(lines.slice(0, -1), { operation: 'count', at: AT });
      expect(verdicts.map(({ reason, tail }) => ({ outcome: reason, tail }))).toEqual(expected);
      for (const [i, { code }] of codes.entries()) {
        const one = engine.verify(code, { operation: 'count', at: AT });
        expect(one).toMatchObject({ reason: expected[i]!.outcome, tail: expected[i]!.tail });
        expect(one.genuine).toBe(codes[i]!.tail === 'VALID');
        if (one.reason.startsWith('TAIL_')) expect(one.allow).toBe('no');
      }
    }));

  it('are checked in columns', () =>
    withEngine({ keys: ring(), tailPolicy }, async (engine) => {
      const { outcomes, tails } = engine.verifyLines(Buffer.from(lines.join('\n')), { operation: 'count', at: AT });
      const found = Array.from(tails, (tail, i) => ({
        outcome: OUTCOMES[outcomes[i]!],
        tail: TAIL_RESULTS[tail] ?? null,
      }));
      expect(found.slice(0, expected.length)).toEqual(expected);
    }));

  it('are checked in files', () =>
    withEngine({ keys: ring(), tailPolicy }, async (engine) => {
      const result = await engine.verifyFile(list, { at: AT });
      const found = [];
      for await (const { outcome, tail } of result.verdicts()) found.push({ outcome, tail: tail ?? null });
      expect(found.slice(0, expected.length)).toEqual(expected);
      const counts = Object.fromEntries(
        TAIL_RESULTS.map((name) => [name, expected.filter(({ tail }) => tail === name).length] as const),
      );
      expect(result.report.tails).toEqual(counts);
      await result.close();
    }));
});

it('go through the pool like through one thread', { timeout: 60_000 }, async () => {
  // More than one range, so that the workers have it; each line of another serial.
  const path = join(folder, 'long.txt');
  const many = Array.from({ length: 18 }, () => lines.slice(0, 2000).join('\n')).join('\n');
  writeFileSync(path, many);
  const reports = [];
  for (const workers of [0, 1, 2]) {
    reports.push(
      await withEngine({ keys: ring(), workers }, async (engine) => {
        const result = await engine.verifyFile(path, { at: AT });
        const { outcomes, tails, lines: count } = result.report;
        await result.close();
        return { outcomes, tails, count };
      }),
    );
  }
  expect(reports[0]).toMatchObject({ count: 36_000 });
  expect(reports[1]).toEqual(reports[0]);
  expect(reports[2]).toEqual(reports[0]);
});

it('refuse a forged code in a reconciliation: the unit that it shows is not here', async () => {
  const expected = join(folder, 'expected.txt');
  writeFileSync(expected, codes.map(({ code }) => code).join('\n'));
  await withEngine({ keys: ring() }, async (engine) => {
    const result = await engine.reconcile({ expected: [expected], scanned: [list], at: AT });
    const { report } = result;
    const refused = codes.filter(({ tail }) => tailOutcome(tail, 'where-possible') !== null).length;
    expect(report.totals).toMatchObject({ matched: codes.length - refused, shortage: refused });
    expect(report.lines.outcomes).toMatchObject({
      DUPLICATE: 1,
      TAIL_INVALID: codes.filter(({ tail }) => tail === 'INVALID').length + 1,
    });
    expect(report.tails?.VALID).toBe(codes.filter(({ tail }) => tail === 'VALID').length + 1);
    await result.close();
  });
});

it('are nothing without keys', () =>
  withEngine({}, async (engine) => {
    const verdict = engine.verify(codes[3]!.code, { operation: 'count', at: AT });
    expect(verdict).toMatchObject({ reason: 'WELL_FORMED', tail: null, genuine: false });
    expect(verdict.toJSON()).not.toHaveProperty('tail');
    const result = await engine.verifyFile(list, { at: AT });
    expect(result.report).toMatchObject({ tails: null, outcomes: { DUPLICATE: 2 } });
    for await (const line of result.verdicts()) expect(line).not.toHaveProperty('tail');
    await result.close();
    expect(engine.verifyLines(Buffer.from(codes[0]!.code), { operation: 'count' }).tails).toHaveLength(0);
    await expect(openEngine({ secrets: 'secrets.json' })).rejects.toMatchObject({ code: 'USAGE' });
  }));

it('are not left unchecked by keys that are none, or a policy that is none', async () => {
  const keys = ring();
  for (const given of [keys.forWorker(), null, {}, [], 12, true]) {
    const opened = openEngine({ keys: given as unknown as KeyRing, tailPolicy: 'required' });
    await expect(opened).rejects.toMatchObject({ code: 'USAGE' });
    await expect(openEngine({ keys: given as unknown as KeyRing })).rejects.toThrow(/createKeyRing/);
  }
  for (const tailPolicy of ['requierd', null, true, 'constructor']) {
    const opened = openEngine({ keys, tailPolicy: tailPolicy as TailPolicy });
    await expect(opened).rejects.toMatchObject({ code: 'USAGE' });
  }
  const gone = ringOf();
  gone.unload();
  await expect(openEngine({ keys: gone })).rejects.toMatchObject({ code: 'USAGE' });
});

it('are known again by a register that has seen them, which is less than genuine', async () => {
  const unverifiable = '0104607000001035215555551\x1d93abcd';
  const seen = join(folder, 'seen.txt');
  writeFileSync(seen, `${unverifiable}\n${codes[0]!.code}\n`);
  await withEngine({ keys: ring(), register: join(folder, 'register'), create: true }, async (engine) => {
    await engine.import([seen], { state: 'INTRODUCED' });
    const context = { operation: 'count', at: AT } as const;
    const same = engine.verify(unverifiable, context);
    expect(same).toMatchObject({ tail: 'UNVERIFIABLE', genuine: false, registeredTail: 'SAME_AS_REGISTERED' });
    expect(same.toJSON()).toMatchObject({ registeredTail: 'SAME_AS_REGISTERED' });
    const other = unverifiable.replace('abcd', 'abce');
    expect(engine.verify(other, context).registeredTail).toBe('DIFFERS_FROM_REGISTERED');
    expect(engine.verify(unverifiable.split('\x1d')[0]!, context).registeredTail).toBe('NOT_REGISTERED');
    expect(engine.verify(codes[1]!.code, context).registeredTail).toBe('NOT_REGISTERED');
    expect(engine.verify(codes[0]!.code, context).toJSON()).not.toHaveProperty('registeredTail');

    writeFileSync(seen, `${other}\n${codes[0]!.code}\n`);
    const { files } = await engine.import([seen], { state: 'INTRODUCED' });
    expect(files[0]).toMatchObject({ codes: 2, created: 0, conflicts: 1 });
    expect(engine.verify(other, context).registeredTail).toBe('DIFFERS_FROM_REGISTERED');
  });
});

describe('tails that no key decides, against those that the register has seen', () => {
  // Milk's structure with a serial of seven has no key; three kinds of memory of it, and one code whose tail a key decides.
  const strange = (n: number, tail: string): string => `010460700000103521${4_000_000 + n}\x1d93${tail}`;
  const identity = (n: number): string => strange(n, '').split('\x1d')[0]!;
  const seen = join(folder, 'seen-tails.txt');
  const shown = join(folder, 'shown-tails.txt');
  const count = 30_000;
  const genuine = codes.find(({ tail }) => tail === 'VALID')!.code;
  const unknownKey = codes.find(({ tail }) => tail === 'UNKNOWN_KEY')!.code;
  writeFileSync(
    seen,
    [
      ...Array.from({ length: count }, (_, n) => (n % 10 === 2 ? identity(n) : strange(n, 'abcd'))),
      genuine.replace(/.$/, '!'),
      unknownKey,
    ].join('\n'),
  );
  // Of ten: one has another tail, one no tail, one was registered without, one is unknown; the others have the same.
  const lineOf = (n: number): string =>
    n % 10 === 0 ? strange(n, 'abce') : n % 10 === 1 ? identity(n) : strange(n % 10 === 3 ? n + 1_000_000 : n, 'abcd');
  const shownLines = [...Array.from({ length: count }, (_, n) => lineOf(n)), genuine, unknownKey, 'no code'];
  writeFileSync(shown, shownLines.join('\n'));
  const tenth = count / 10;
  const registered = {
    SAME_AS_REGISTERED: 6 * tenth + 1,
    DIFFERS_FROM_REGISTERED: tenth,
    NOT_REGISTERED: 2 * tenth,
  };
  const register = join(folder, 'register-of-tails');

  it('are compared when that is asked: another tail than registered is a finding', { timeout: 60_000 }, async () => {
    for (const workers of [0, 2]) {
      await withEngine({ keys: ring(), register, create: true, workers }, async (engine) => {
        if (workers === 0) await engine.import([seen], { state: 'INTRODUCED' });
        const result = await engine.verifyFile(shown, { at: AT, registeredTails: true });
        const { outcomes, registeredTails, tails } = result.report;
        expect(registeredTails).toEqual(registered);
        expect(outcomes).toEqual({
          OK: 8 * tenth + 1,
          NOT_FOUND: tenth,
          TAIL_DIFFERS: tenth,
          TAIL_KEY_UNKNOWN: 1,
          UNKNOWN_CODE_TYPE: 1,
        });
        // Which is less than genuine: only the key says that.
        expect(tails).toMatchObject({ VALID: 1, UNVERIFIABLE: 9 * tenth });
        let row = 0;
        for await (const finding of result.verdicts()) {
          if (row < count) expect(finding.outcome === 'TAIL_DIFFERS').toBe(row % 10 === 0);
          // Such a line is not the code that it shows: what is known of that is not said of it.
          if (row === 0 || row === 4) expect(Object.hasOwn(finding, 'state')).toBe(row === 4);
          row++;
        }
        await result.close();
        const plain = await engine.verifyFile(shown, { at: AT });
        expect(plain.report).not.toHaveProperty('registeredTails');
        expect(plain.report.outcomes).toMatchObject({ OK: 9 * tenth + 1 });
        expect(plain.report.outcomes).not.toHaveProperty('TAIL_DIFFERS');
        await plain.close();
      });
    }
  });

  it('are compared by a reconciliation, of what was scanned', { timeout: 60_000 }, async () => {
    for (const expected of [{ expected: [seen] }, { expected: [], expectedSet: { state: 'INTRODUCED' } }]) {
      await withEngine({ keys: ring(), register, workers: 2 }, async (engine) => {
        const run = async (registeredTails?: boolean) => {
          const result = await engine.reconcile({ ...expected, scanned: [shown], at: AT, registeredTails });
          const differing: Finding[] = [];
          for await (const finding of result.findings()) {
            if (finding.outcome === 'TAIL_DIFFERS') differing.push(finding);
          }
          await result.close();
          return { report: result.report, differing };
        };
        const { report, differing } = await run(true);
        expect(report.registeredTails).toEqual(registered);
        expect(report.lines.outcomes).toMatchObject({ TAIL_DIFFERS: tenth, TAIL_KEY_UNKNOWN: 1 });
        expect(differing.map(({ line }) => line)).toEqual(Array.from({ length: tenth }, (_, n) => n * 10 + 1));
        expect(differing.every((finding) => !Object.hasOwn(finding, 'state'))).toBe(true);
        const plain = await run();
        expect(plain.report).not.toHaveProperty('registeredTails');
        // Codes that are only shown with another tail are here where nobody compares it, and missing where somebody does.
        expect(plain.report.totals.shortage).toBe(report.totals.shortage - tenth);
        expect(plain.differing).toEqual([]);
      });
    }
  });

  it('without keys are all of them; a policy that wants more is not softened by a tail that is known', async () => {
    await withEngine({ register }, async (engine) => {
      const result = await engine.verifyFile(shown, { at: AT, registeredTails: true });
      const { outcomes, registeredTails } = result.report;
      // The register saw another tail of the genuine code: a key would know better.
      expect(registeredTails).toEqual({ ...registered, DIFFERS_FROM_REGISTERED: tenth + 1 });
      expect(outcomes).toMatchObject({ TAIL_DIFFERS: tenth + 1, OK: 8 * tenth + 1 });
      await result.close();
    });
    await withEngine({ keys: ring(), register, tailPolicy: 'required' }, async (engine) => {
      const result = await engine.verifyFile(shown, { at: AT, registeredTails: true });
      expect(result.report.registeredTails).toEqual(registered);
      expect(result.report.outcomes).toEqual({
        OK: 1,
        TAIL_ABSENT: tenth,
        TAIL_UNVERIFIABLE: 9 * tenth,
        TAIL_KEY_UNKNOWN: 1,
        UNKNOWN_CODE_TYPE: 1,
      });
      await result.close();
    });
    await withEngine({ keys: ring() }, async (engine) => {
      await expect(engine.verifyFile(shown, { registeredTails: true })).rejects.toMatchObject({ code: 'USAGE' });
      const asked = { expected: [seen], scanned: [shown], registeredTails: true };
      await expect(engine.reconcile(asked)).rejects.toMatchObject({ code: 'USAGE' });
    });
  });
});
