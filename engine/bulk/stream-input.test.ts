// Goal: a list that comes as a .gz or as a stream gets the verdicts of the plain file, line by line, at any size; a stream that brings something
// else, or nothing for a long time, ends as it should; progress is told in bytes of the disk.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCore, loadCore } from '../../core/host/index.js';
import { type Engine, openEngine } from '../engine.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { emptyImage } from '../register/image.js';
import { RunFolder } from '../run-folder.js';
import { CancelFlag } from './cancel-flag.js';
import type { CodeInput } from './code-input.js';
import { InThreadRunner } from './in-thread-runner.js';
import { codeOf, scanOf, scratchFiles } from './lists.test.data.js';
import { openInput, openStream } from './open-input.js';
import { PoolRunner } from './pool-runner.js';
import type { Pass, Runner } from './runner.js';
import { Universe } from './universe.js';
import type { VerifyProgress } from './verify-file.js';

const { folder, write } = scratchFiles();
const temporary = join(folder, 'temporary');
mkdirSync(temporary);
process.env.TMPDIR = temporary;
const module = await compileCore();
const core = await loadCore({ module });
const pool = new PoolRunner(module, 2);
const inThread = new InThreadRunner(module);
const run = new RunFolder();
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ workers: 2 });
});
afterAll(async () => {
  await pool.close();
  await inThread.close();
  await engine.close();
  run.remove();
});

const pass: Pass = {
  universe: new Universe(emptyImage()),
  options: {
    context: { operation: 'count', now: 0, owners: [] },
    forSets: false,
    unregistered: OUTCOME_NUMBER.WELL_FORMED,
    unknownPackage: OUTCOME_NUMBER.WELL_FORMED,
  },
  seed: new Uint8Array(16),
  trim: true,
};

/** Lines of many lengths, some of them blank, faulty or longer than any code. */
const text = ['code', ...Array.from({ length: 90_000 }, (_, i) => lineAt(i)), ''].join('\r\n');
function lineAt(i: number): string {
  if (i % 1009 === 5) return '';
  if (i % 2003 === 7) return 'x'.repeat((i * 37) % 6000);
  return i % 3 === 0 ? codeOf(i) : scanOf(i);
}
const plain = write(text);
const gzip = write(gzipSync(text, { level: 1 }));

interface Walk {
  outcomes: Buffer;
  prints: Buffer;
  lines: number[];
  positions: number[];
}

/** What a reading gives, block borders apart. */
async function walk(blocks: ReturnType<CodeInput['classified']>): Promise<Walk> {
  const outcomes: Buffer[] = [];
  const prints: Buffer[] = [];
  const lines: number[] = [];
  const positions: number[] = [];
  for await (const { result, lineOf, position } of blocks) {
    outcomes.push(Buffer.from(result.outcomes.slice()));
    prints.push(Buffer.from(result.strays.prints.slice().buffer));
    lines.push(lineOf(0));
    positions.push(position);
  }
  return { outcomes: Buffer.concat(outcomes), prints: Buffer.concat(prints), lines, positions };
}

async function open(kind: 'file' | 'gzip' | 'stream' | 'gzipped stream'): Promise<CodeInput> {
  if (kind === 'file' || kind === 'gzip') return openInput(kind === 'file' ? plain : gzip, run);
  const bytes = kind === 'stream' ? Buffer.from(text) : gzipSync(text);
  const parts = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
    bytes.subarray(i * 65_536, (i + 1) * 65_536),
  );
  return openStream('-', Readable.from(parts), run);
}

describe.each([
  ['in this thread', inThread as Runner],
  ['in a pool', pool as Runner],
])('a list %s', (_, runner) => {
  it.each(['gzip', 'stream', 'gzipped stream'] as const)('as a %s is the plain file', async (kind) => {
    const expected = await walk((await open('file')).classified(runner, core, pass));
    const input = await open(kind);
    const got = await walk(input.classified(runner, core, pass));
    expect(got.outcomes.equals(expected.outcomes)).toBe(true);
    expect(got.prints.equals(expected.prints)).toBe(true);
    expect(got.lines[0]).toBe(2);
    expect(got.lines.length).toBeGreaterThan(3);
    const again = await walk(input.reread(core, pass));
    expect(again.outcomes.equals(expected.outcomes)).toBe(true);
    expect(again.lines[0]).toBe(2);
  });

  it.each(['file', 'gzip'] as const)('a %s goes on behind any of its blocks', async (kind) => {
    const input = await open(kind);
    const all = await walk(input.classified(runner, core, pass));
    for (const block of [0, 1, all.lines.length - 1]) {
      const line = all.lines[block + 1] ?? 90_002;
      const from = { position: all.positions[block]!, line };
      const rest = await walk(input.classified(runner, core, pass, from));
      expect(rest.outcomes.equals(all.outcomes.subarray(line - 2))).toBe(true);
      if (rest.lines.length > 0) expect(rest.lines[0]).toBe(line);
    }
  });

  it('raising the flag ends a block between its parts', async () => {
    const control = new AbortController();
    const cancel = new CancelFlag(control.signal);
    const input = await open('file');
    const blocks = walk(input.classified(runner, core, { ...pass, cancel }));
    control.abort();
    await expect(blocks).rejects.toMatchObject({ name: 'TamgaError', code: 'CANCELLED' });
    cancel.release();
  });
});

describe('a stream', () => {
  const lines = async (input: CodeInput): Promise<number> => {
    let count = 0;
    for await (const { result } of input.classified(inThread, core, pass)) count += result.lines;
    return count;
  };

  it('of a table is a table, however it comes', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => `${codeOf(n)};INTRODUCED`);
    const input = await openStream('-', Readable.from([Buffer.from(`code;status\n${rows.join('\n')}\n`)]), run);
    expect(input.format).toBe('csv');
    expect(await lines(input)).toBe(3000);
  });

  it('of nothing is empty', async () => {
    await expect(openStream('-', Readable.from([]), run)).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  });

  it('a line that is too long is named', async () => {
    const long = [`${Array.from({ length: 2000 }, (_, n) => codeOf(n)).join('\n')}\n`, 'x'.repeat(2 << 20), '\nrest'];
    for (const content of [gzipSync(long.join('')), Buffer.from(long.join(''))]) {
      const input = await openStream('-', Readable.from([content]), run);
      await expect(lines(input)).rejects.toMatchObject({ code: 'LINE_TOO_LONG', data: { line: 2001 } });
    }
  });

  it('that waits for its next bytes is cancelled at once', async () => {
    const control = new AbortController();
    const source = new PassThrough();
    source.write(Buffer.from(`${codeOf(1)}\n`.repeat(10_000)));
    const input = await openStream('-', source, run, control.signal);
    const read = lines(input);
    await setTimeout(20);
    const asked = performance.now();
    control.abort();
    await expect(read).rejects.toMatchObject({ name: 'TamgaError', code: 'CANCELLED' });
    expect(performance.now() - asked).toBeLessThan(500);
  });
});

describe('a run', () => {
  it.each([0, 2])('%i workers: a timer may cancel it, and is heard within a tenth of a second', async (workers) => {
    const one = workers === 0 ? await openEngine({ workers }) : engine;
    const big = write(`${text}\n`.repeat(6));
    const before = readdirSync(temporary).length;
    const control = new AbortController();
    let aborted = 0;
    const timer = setTimeout(30).then(() => {
      aborted = performance.now();
      control.abort();
    });
    await expect(one.verifyFile(big, { signal: control.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    // A hundred milliseconds on a machine of one's own.
    expect(performance.now() - aborted).toBeLessThan(600);
    await timer;
    expect(readdirSync(temporary).length).toBe(before);
    if (workers === 0) await one.close();
  });

  it.each([
    ['file', plain],
    ['.gz', gzip],
  ])('of a %s tells its bytes on disk, never backwards, to the end', async (_, path) => {
    const told: VerifyProgress[] = [];
    const result = await engine.verifyFile(path, { onProgress: (progress) => told.push(progress) });
    await result.close();
    const { size } = statSync(path);
    expect(told.every(({ bytesTotal }) => bytesTotal === size)).toBe(true);
    expect(told.map(({ bytes }) => bytes)).toEqual(told.map(({ bytes }) => bytes).sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({ done: result.report.lines, bytes: size });
    expect(told.slice(1).every(({ millisecondsLeft }) => millisecondsLeft !== null && millisecondsLeft >= 0)).toBe(
      path === plain,
    );
  });
});
