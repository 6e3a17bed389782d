// Goal: every line of a file gets the verdict that it would get alone, repetitions apart, whatever the file's form and however many workers
// read it; a run that fails or is cancelled leaves nothing behind, and the engine goes on.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import type { Outcome } from '../reconcile/outcomes.js';
import type { Finding } from '../reconcile/report.js';
import { RANGE_BYTES } from './list-input.js';
import { codeOf, keyOf, scanOf, scratchFiles } from './lists.test.data.js';
import type { VerifyFileOptions, VerifyReport } from './verify-file.js';

const { folder, write } = scratchFiles();
const engines: Engine[] = [];

beforeAll(async () => {
  for (const workers of [0, 1, 2]) engines.push(await openEngine({ workers }));
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

/** Temporary files of this process alone: other suites run beside this one. */
const temporary = join(folder, 'temporary');
mkdirSync(temporary);
process.env.TMPDIR = temporary;
const runFolders = (): string[] => readdirSync(temporary);

async function verified(
  engine: Engine,
  path: string,
  options: VerifyFileOptions = {},
): Promise<{ report: VerifyReport; verdicts: Finding[] }> {
  const result = await engine.verifyFile(path, options);
  const verdicts: Finding[] = [];
  for await (const verdict of result.verdicts()) verdicts.push(verdict);
  await result.close();
  return { report: result.report, verdicts };
}

const outcomesOf = (verdicts: readonly Finding[]): Outcome[] => verdicts.map(({ outcome }) => outcome);

describe('forms of a list', () => {
  const lines = [
    codeOf(1),
    '',
    scanOf(2),
    ' garbage ',
    `  ${codeOf(1)}\t`,
    '195200000000000117',
    '00195200000000000117',
  ];
  const outcomes: Outcome[] = [
    'WELL_FORMED',
    'BLANK_LINE_SKIPPED',
    'WELL_FORMED',
    'UNKNOWN_CODE_TYPE',
    'DUPLICATE',
    'WELL_FORMED',
    'DUPLICATE',
  ];
  const codes = [keyOf(1), '', keyOf(2), 'garbage', keyOf(1), '195200000000000117', '195200000000000117'];

  it.each([
    ['LF', `${lines.join('\n')}\n`, 1],
    ['no final newline', lines.join('\n'), 1],
    ['CRLF', `${lines.join('\r\n')}\r\n`, 1],
    ['a byte order mark', `\ufeff${lines.join('\n')}\n`, 1],
    ['a header word', `code\n${lines.join('\n')}\n`, 2],
    ['a byte order mark and a header word, CRLF', `\ufeffКМ\r\n${lines.join('\r\n')}\r\n`, 2],
    ['gzip', gzipSync(`${lines.join('\n')}\n`), 1],
    ['gzip with a byte order mark and a header word', gzipSync(`\ufeffcis\n${lines.join('\n')}`), 2],
  ])('%s', async (_, content, firstLine) => {
    const path = write(content);
    const { report, verdicts } = await verified(engines[0] as Engine, path);
    expect(outcomesOf(verdicts)).toEqual(outcomes);
    expect(verdicts.map(({ code }) => code)).toEqual(codes);
    expect(verdicts.map(({ line }) => line)).toEqual(lines.map((_, i) => firstLine + i));
    expect(verdicts.every((verdict) => verdict.path === path)).toBe(true);
    expect(report.lines).toBe(lines.length);
    expect(report.findings).toBe(3);
    expect(report.outcomes).toEqual({ WELL_FORMED: 3, BLANK_LINE_SKIPPED: 1, UNKNOWN_CODE_TYPE: 1, DUPLICATE: 2 });
    expect(report.input).toMatchObject({ path, role: 'scanned', format: 'list', size: statSync(path).size });
  });

  it('blank lines are neither codes nor faults in the summary of the input', async () => {
    const { report } = await verified(engines[0] as Engine, write(`${lines.join('\n')}\n`));
    expect(report.input).toMatchObject({ codes: lines.length - 2, notCodes: 1 });
  });

  it('a repetition says where the code was first met', async () => {
    const path = write(`${lines.join('\n')}\n`);
    const { verdicts } = await verified(engines[0] as Engine, path);
    const repetitions = verdicts.filter(({ outcome }) => outcome === 'DUPLICATE');
    expect(repetitions.map(({ firstPath, firstLine }) => [firstPath, firstLine])).toEqual([
      [path, 1],
      [path, 6],
    ]);
  });

  it('a header word alone is no code', async () => {
    const { report } = await verified(engines[0] as Engine, write('code'));
    expect(report.lines).toBe(0);
  });

  it('findings only: the lines that somebody must look at', async () => {
    const result = await (engines[0] as Engine).verifyFile(write(`${lines.join('\n')}\n`));
    const findings: Finding[] = [];
    for await (const finding of result.verdicts(true)) findings.push(finding);
    expect(findings.map(({ line, outcome }) => [line, outcome])).toEqual([
      [4, 'UNKNOWN_CODE_TYPE'],
      [5, 'DUPLICATE'],
      [7, 'DUPLICATE'],
    ]);
    expect(findings[0]).toMatchObject({ error: 'UNKNOWN_CODE_TYPE', position: 0 });
    await result.close();
  });

  it('two walks over the verdicts at once see the same', async () => {
    const long = Array.from({ length: 3 * 60_000 }, (_, n) => scanOf(n % 1000)).join('\n');
    const result = await (engines[0] as Engine).verifyFile(write(`${long}\n`));
    const walk = async (): Promise<number> => {
      let count = 0;
      for await (const { code } of result.verdicts()) if (code.length === 27) count++;
      return count;
    };
    expect(await Promise.all([walk(), walk()])).toEqual([180_000, 180_000]);
    await result.close();
  });
});

describe('a file of many ranges', () => {
  /** Codes by line: some repeat far behind, some lines are none. */
  const LINES = 150_000;
  const numberAt = (i: number): number => (i % 997 === 0 && i > 0 ? Math.floor(i / 3) : i);
  let path = '';
  let expected: Outcome[] = [];

  beforeAll(() => {
    const seen = new Set<number>();
    const lines: string[] = [];
    expected = [];
    for (let i = 0; i < LINES; i++) {
      if (i % 5003 === 0) {
        lines.push(i % 2 === 0 ? '' : 'garbage');
        expected.push(i % 2 === 0 ? 'BLANK_LINE_SKIPPED' : 'UNKNOWN_CODE_TYPE');
        continue;
      }
      const n = numberAt(i);
      lines.push(scanOf(n));
      expected.push(seen.has(n) ? 'DUPLICATE' : 'WELL_FORMED');
      seen.add(n);
    }
    path = write(`${lines.join('\n')}\n`);
    expect(statSync(path).size).toBeGreaterThan(3 * RANGE_BYTES);
  });

  it.each([0, 1, 2])(
    '%i workers: repetitions across ranges are found, the counts are those of the verdicts',
    async (workers) => {
      const result = await (engines[workers] as Engine).verifyFile(path);
      let line = 0;
      const counts: Partial<Record<Outcome, number>> = {};
      let wrong = 0;
      for await (const verdict of result.verdicts()) {
        if (verdict.outcome !== expected[line] || verdict.line !== line + 1) wrong++;
        counts[verdict.outcome] = (counts[verdict.outcome] ?? 0) + 1;
        line++;
      }
      expect([line, wrong]).toEqual([LINES, 0]);
      expect(result.report.outcomes).toEqual(counts);
      expect(result.report.lines).toBe(LINES);
      await result.close();
    },
  );

  it('several runs share the pool', async () => {
    const engine = engines[2] as Engine;
    const runs = await Promise.all([engine.verifyFile(path), engine.verifyFile(path), engine.verifyFile(path)]);
    for (const run of runs) {
      expect(run.report.outcomes).toEqual(runs[0]?.report.outcomes);
      await run.close();
    }
  });

  it.each([0, 2])('%i workers: an abort ends the run as CANCELLED, at once and without leftovers', async (workers) => {
    const engine = engines[workers] as Engine;
    const before = runFolders();
    const files = openFiles();
    const control = new AbortController();
    let blocks = 0;
    const run = engine.verifyFile(path, {
      signal: control.signal,
      onProgress: () => {
        blocks++;
        control.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'TamgaError', code: 'CANCELLED' });
    expect(blocks).toBe(1);
    expect(runFolders()).toEqual(before);
    expect(openFiles()).toBeLessThanOrEqual(files + 1);
    expect((await verified(engine, write(codeOf(1)))).report.lines).toBe(1);
  });

  it('an abort while expected codes are read ends a reconciliation', async () => {
    const control = new AbortController();
    let blocks = 0;
    const run = (engines[0] as Engine).reconcile({
      expected: [path],
      scanned: [path],
      signal: control.signal,
      onProgress: () => {
        blocks++;
        control.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'TamgaError', code: 'CANCELLED' });
    expect(blocks).toBe(1);
  });

  it('a run that was aborted before it began reads nothing', async () => {
    const options = { signal: AbortSignal.abort() };
    await expect((engines[0] as Engine).verifyFile(write(codeOf(1)), options)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('close() removes what a run wrote', async () => {
    const before = runFolders();
    const result = await (engines[0] as Engine).verifyFile(write(gzipSync(codeOf(1))));
    expect(runFolders().length).toBe(before.length + 1);
    await result.close();
    expect(runFolders()).toEqual(before);
  });
});

/** Files that this process has open, where the system tells: only the runner's last input may stay. */
function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

describe.each([0, 2])('files that fail, %i workers', (workers) => {
  const list = (lines: number): string => Array.from({ length: lines }, (_, n) => scanOf(n)).join('\n');

  it.each([
    ['across a border of ranges', 1.5],
    ['reaching past the next range', 6],
  ])('a line that is too long, %s, is named', async (_, mebibytes) => {
    const engine = engines[workers] as Engine;
    const before = Math.floor((RANGE_BYTES * 1.99) / (scanOf(0).length + 1));
    const path = write(`${list(before)}\n${'x'.repeat(mebibytes * 2 ** 20)}\n${list(60_000)}\n`);
    // A range that fails before anybody waits for it must not end the process.
    const unhandled: unknown[] = [];
    const note = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', note);
    await expect(engine.verifyFile(path)).rejects.toMatchObject({
      name: 'TamgaError',
      code: 'LINE_TOO_LONG',
      data: { path, line: before + 1 },
    });
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect((await verified(engine, write(codeOf(1)))).report.lines).toBe(1);
  });

  it('a file that is cut short while it is read has changed', async () => {
    const path = write(list(150_000));
    const run = (engines[workers] as Engine).verifyFile(path, {
      onProgress: () => truncateSync(path, RANGE_BYTES),
    });
    await expect(run).rejects.toMatchObject({ name: 'TamgaError', code: 'FILE_CHANGED', data: { path } });
  });

  it('a file that is gone when its verdicts are asked for is a TamgaError', async () => {
    const path = write(`${codeOf(1)}\n`);
    const result = await (engines[workers] as Engine).verifyFile(path);
    rmSync(path);
    const walk = (async () => {
      for await (const _ of result.verdicts()) throw new Error('there is nothing to read');
    })();
    await expect(walk).rejects.toMatchObject({ name: 'TamgaError' });
    await result.close();
  });

  it('a file that grew since has no verdicts for the new lines', async () => {
    const path = write(`${codeOf(1)}\n`);
    const result = await (engines[workers] as Engine).verifyFile(path);
    writeFileSync(path, `${codeOf(1)}\n${codeOf(2)}\n`);
    const walk = (async () => {
      const outcomes: Outcome[] = [];
      for await (const { outcome } of result.verdicts()) outcomes.push(outcome);
      return outcomes;
    })();
    await expect(walk).rejects.toMatchObject({ name: 'TamgaError', code: 'FILE_CHANGED' });
    await result.close();
  });

  it('what is no file is refused, and leaves no folder', async () => {
    const before = runFolders();
    const engine = engines[workers] as Engine;
    await expect(engine.verifyFile(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(engine.verifyFile(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(engine.verifyFile(write(''))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
    await expect(engine.reconcile({ expected: [write(codeOf(1))], scanned: [write('')] })).rejects.toMatchObject({
      code: 'FILE_EMPTY',
    });
    expect(runFolders()).toEqual(before);
  });
});
