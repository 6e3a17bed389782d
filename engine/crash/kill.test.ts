// Goal: whatever a process was doing when it was killed, the register is as it was before an event or behind it, has all that was
// acknowledged, each event once, and gives the right verdicts. Method: real processes, SIGKILL at random moments and between chosen calls.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, scanOf } from '../bulk/lists.test.data.js';
import { checkStore } from '../register/check-store.js';
import { Register } from '../register/register.js';
import { random, scratchFolder, sscc } from '../register/register.test.data.js';
import { SCHEMA_1_FILE } from '../register/schema-1.test.data.js';
import { type Death, type Ended, runUntil } from './killing.test.data.js';
import { KilledRegister } from './proof.test.data.js';
import type { WriterPlan } from './writer-process.test.data.js';

/** Kills for each thing that a process may be at. The default is a sample; `npm run crash` does all. */
const KILLS = process.env.TAMGA_CRASH
  ? { submit: 100, image: 70, import: 40, compact: 20, backup: 16, restore: 6, migrate: 20, jobs: 24 }
  : { submit: 12, image: 12, import: 3, compact: 3, backup: 3, restore: 1, migrate: 3, jobs: 3 };
const SEED = Number(process.env.TAMGA_CRASH_SEED ?? 20_261);
const TIMEOUT = 3_600_000;
const CALLERS = 24;
/** A register is killed so often before the next one begins. */
const KILLS_A_REGISTER = 10;
/** Share of the deaths by time; tracing system calls takes longer. */
const TIMED = process.env.TAMGA_CRASH ? 0.5 : 0.9;
/** Events of a caller in a run that nobody kills. */
const STEPS = 30;

const folder = scratchFolder();
const next = random(SEED);
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
const upTo = (most: number): number => 1 + Math.floor(next() * most);
const said = join(folder, 'said');
const tally: Record<string, string> = {};
afterAll(() => {
  if (process.env.TAMGA_CRASH) process.stdout.write(`${JSON.stringify(tally, null, 1)}\n`);
});

const SYSTEM_CALLS = ['pwrite64', 'fdatasync', 'pwritev'];

describe('kill -9 while callers submit events', () => {
  it.each([
    ['to the register alone', 'submit', false],
    ['and the image is kept up', 'image', true],
  ] as const)(
    '%s: all that was acknowledged is there once, nothing half',
    { timeout: TIMEOUT },
    async (_, name, images) => {
      const total = { kills: 0, acknowledged: 0, events: 0 };
      for (let made = 0; total.kills < KILLS[name]; made++) {
        const killed = new KilledRegister(folder, `${name}-${made}`, made, CALLERS);
        for (let kills = 0; kills < KILLS_A_REGISTER && total.kills < KILLS[name]; ) {
          const plan: WriterPlan = { path: killed.path, seed: killed.seed, from: killed.from, images, steps: STEPS };
          const ended = await runUntil(
            'writer-process.test.data.js',
            [JSON.stringify(plan)],
            said,
            deathOfWriter(images),
          );
          expect(ended.killed || ended.lines.at(-1) === 'end').toBe(true);
          killed.hear(ended);
          if (ended.killed) {
            kills++;
            total.kills++;
          }
          if (existsSync(join(killed.path, 'data.mdb'))) await killed.prove(kills === KILLS_A_REGISTER);
          expect(killed.failures).toEqual([]);
        }
        total.acknowledged += killed.acknowledged;
        total.events += killed.events;
        await killed.close();
      }
      tally[name] = `${total.kills} kills, ${total.acknowledged} acknowledged of ${total.events} events`;
      expect(total.acknowledged).toBeGreaterThan(total.kills * 5);
    },
  );
});

function deathOfWriter(images: boolean): Death {
  const way = next();
  // Between the commit and the image: before, in and behind each step of saving it.
  if (images && way > 0.5 && way < 0.9)
    return { by: 'call', point: { call: pick(['writeSync', 'writeSync', 'fsyncSync', 'renameSync']), nth: upTo(12) } };
  if (way < 1 - TIMED) return { by: 'system call', name: pick(SYSTEM_CALLS), nth: upTo(60) };
  if (way > 0.95) return { by: 'time', milliseconds: next() * 400 };
  return { by: 'time', milliseconds: next() * 120, behind: ' applied' };
}

const task = (args: readonly string[], death: Death | null): Promise<Ended> =>
  runUntil('task-process.test.data.js', args, said, death);

/** At any moment of a process that takes so long, or between two of its system calls or those of its children. */
function deathOfTask(milliseconds: number): Death {
  if (next() < TIMED) return { by: 'time', milliseconds: milliseconds * (0.2 + 0.7 * next()) };
  return {
    by: 'system call',
    name: pick([
      'pwrite64',
      'pwrite64',
      'fdatasync',
      'write',
      'rename',
      'unlink',
      'unlinkat',
      'rmdir',
      'mkdir',
      'ftruncate',
    ]),
    nth: upTo(8),
  };
}

/** What a register holds, opened anew and found whole. */
async function wholeState(path: string): Promise<{ digest: string; lastEvent: number }> {
  const register = Register.open(path);
  try {
    expect(checkStore(register.store).kept).toEqual([]);
    return { digest: register.digest(), lastEvent: register.view().lastEvent };
  } finally {
    await register.close();
  }
}

/** Runs something until it was killed so often; `reset` makes what it works on, `prove` looks at what is left. */
async function killing(
  kills: number,
  args: () => readonly string[],
  milliseconds: number,
  prove: (ended: Ended) => Promise<void>,
): Promise<{ kills: number; runs: number }> {
  let killed = 0;
  let runs = 0;
  // Most system calls come seldom enough to let a process end.
  for (; killed < kills && runs < kills * 8; runs++) {
    const ended = await task(args(), deathOfTask(milliseconds));
    if (ended.killed) killed++;
    await prove(ended);
  }
  expect(killed).toBe(kills);
  return { kills: killed, runs };
}

describe('kill -9 while a register is', () => {
  let whole = '';
  let state: { digest: string; lastEvent: number };
  let files: string[] = [];
  let importing = 0;
  beforeAll(async () => {
    files = [3000, 1500, 1500].map((count, i) => {
      const path = join(folder, `snapshot-${i}.csv`);
      writeFileSync(path, snapshot(count, i * 100_000));
      return path;
    });
    whole = join(folder, 'whole');
    const ended = await task(['import', whole, ...files], null);
    expect(ended.lines).toEqual(['done undefined']);
    importing = ended.milliseconds;
    state = await wholeState(whole);
  });

  let made = 0;
  /** A copy to be killed, and where nothing is yet. */
  const copy = (): string => {
    const path = place();
    mkdirSync(path);
    for (const name of ['data.mdb', 'image']) cpSync(join(whole, name), join(path, name));
    return path;
  };
  const place = (): string => join(folder, `place-${made++}`);

  it('filled by an import: whole events, and the next import goes on to the same register', {
    timeout: TIMEOUT,
  }, async () => {
    let path = place();
    let kept = 0;
    const { kills, runs } = await killing(
      KILLS.import,
      () => ['import', path, ...files],
      importing,
      async () => {
        if (!existsSync(join(path, 'data.mdb'))) return;
        // One whose making was killed is made by the next process; nothing was acknowledged in it.
        await Register.open(path, { create: true }).close();
        const { lastEvent, digest } = await wholeState(path);
        expect(lastEvent).toBeGreaterThanOrEqual(kept);
        kept = lastEvent;
        if (lastEvent < state.lastEvent) return;
        expect(digest).toBe(state.digest);
        path = place();
        kept = 0;
      },
    );
    expect((await task(['import', path, ...files], null)).lines).toEqual(['done undefined']);
    expect(await wholeState(path)).toEqual(state);
    tally.import = `${kills} kills of ${runs} runs`;
  });

  it('compacted: the old one or the smaller one, and it can be compacted again', { timeout: TIMEOUT }, async () => {
    const path = copy();
    const { milliseconds } = await task(['compact', path], null);
    const { kills, runs } = await killing(
      KILLS.compact,
      () => ['compact', path],
      milliseconds,
      async () => expect(await wholeState(path)).toEqual(state),
    );
    expect((await task(['compact', path], null)).status).toBe(0);
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'image', 'lock.mdb']);
    expect(await wholeState(path)).toEqual(state);
    tally.compact = `${kills} kills of ${runs} runs`;
  });

  it('copied: it is as it was, and half a copy is refused as one', { timeout: TIMEOUT }, async () => {
    const path = copy();
    const { milliseconds } = await task(['backup', path, place(), 'compact'], null);
    let to = '';
    let refused = 0;
    const { kills, runs } = await killing(
      KILLS.backup,
      () => {
        to = place();
        return ['backup', path, to, pick(['compact', 'plain'])];
      },
      milliseconds,
      async () => {
        expect(await wholeState(path)).toEqual(state);
        if (!existsSync(to)) return;
        const opened = await task(['open', to], null);
        if (opened.status === 0)
          expect([opened.lines, await wholeState(to)]).toEqual([[`done ${state.lastEvent}`], state]);
        else expect(opened.lines[0]).toMatch(/^REGISTER_(BROKEN|NOT_FOUND)$/);
        if (opened.status !== 0) refused++;
      },
    );
    tally.backup = `${kills} kills of ${runs} runs, ${refused} halves refused`;
  });

  it('put back from a copy: nothing, or all of it', { timeout: TIMEOUT }, async () => {
    let to = '';
    const { milliseconds } = await task(['restore', whole, place()], null);
    const { kills, runs } = await killing(
      KILLS.restore,
      () => {
        to = place();
        return ['restore', whole, to];
      },
      milliseconds,
      async () => {
        const opened = await task(['open', to], null);
        if (opened.status === 0) expect(await wholeState(to)).toEqual(state);
        else expect(opened.lines).toEqual(['REGISTER_NOT_FOUND']);
      },
    );
    tally.restore = `${kills} kills of ${runs} runs`;
  });

  it('migrated: the next one that opens it does it again', { timeout: TIMEOUT }, async () => {
    const old = (): string => {
      const path = place();
      mkdirSync(path);
      writeFileSync(join(path, 'data.mdb'), gunzipSync(Buffer.from(SCHEMA_1_FILE, 'base64')));
      return path;
    };
    const first = old();
    const { milliseconds } = await task(['open', first], null);
    const right = await wholeState(first);
    let path = '';
    const { kills, runs } = await killing(
      KILLS.migrate,
      () => {
        path = old();
        return ['open', path];
      },
      milliseconds,
      async () => {
        const opened = await task(['open', path], null);
        expect(opened.lines).toEqual([`done ${right.lastEvent}`]);
        expect(await wholeState(path)).toEqual(right);
        // The mark of a process that is gone hinders nobody.
        expect(
          readdirSync(path)
            .filter((name) => name !== 'alone')
            .sort(),
        ).toEqual(['data.mdb', 'lock.mdb']);
      },
    );
    tally.migrate = `${kills} kills of ${runs} runs`;
  });

  it('at work for a job: the job goes on to the same result', { timeout: TIMEOUT }, async () => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, scans(40_000));
    const more = join(folder, 'more.csv');
    writeFileSync(more, snapshot(2000, 900_000));
    const run = async (order: 'verify' | 'import'): Promise<{ kills: number; runs: number }> => {
      const operand = order === 'verify' ? list : more;
      const right = copy();
      const jobs = place();
      const { milliseconds, lines } = await task(['job', right, jobs, order, operand], null);
      expect(lines.at(-1)).toBe('done done');
      const rightState = await wholeState(right);
      const rightFiles = jobFiles(jobs, lines);
      const killed = { kills: 0, runs: 0 };
      while (killed.kills < KILLS.jobs / 2) {
        const path = copy();
        const folderOfJobs = place();
        let ended = await task(['job', path, folderOfJobs, order, operand], deathOfTask(milliseconds));
        const id = idIn(ended.lines);
        for (let again = 0; ; again++) {
          killed.runs++;
          if (ended.killed) killed.kills++;
          if (!ended.killed || id === undefined) break;
          ended = await task(['job', path, folderOfJobs, 'resume', id], again < 3 ? deathOfTask(milliseconds) : null);
        }
        if (id === undefined) continue;
        // The last kill may have come behind the job's end.
        expect(['done done', 'JOB_STATE']).toContain(ended.lines.at(-1));
        expect(await wholeState(path)).toEqual(rightState);
        expect(jobFiles(folderOfJobs, [`id ${id}`])).toEqual(rightFiles);
        for (const gone of [path, folderOfJobs]) rmSync(gone, { recursive: true });
      }
      return killed;
    };
    const [verify, imports] = [await run('verify'), await run('import')];
    tally.jobs = `${verify.kills + imports.kills} kills of ${verify.runs + imports.runs} runs`;
  });
});

const idIn = (lines: readonly string[]): string | undefined => lines.find((line) => line.startsWith('id '))?.slice(3);

/** What a job leaves behind, without what tells when it ran. */
function jobFiles(jobs: string, lines: readonly string[]): unknown {
  const path = join(jobs, idIn(lines) ?? '');
  const {
    timings: _,
    register: __,
    ...result
  } = JSON.parse(readFileSync(join(path, 'result.json'), 'utf8')) as Record<string, unknown>;
  const verdicts = existsSync(join(path, 'verdicts')) ? readFileSync(join(path, 'verdicts')) : '';
  return { result, verdicts: createHash('sha256').update(verdicts).digest('hex') };
}

/** Scans of which some are registered, some repeat and some are no codes. */
function scans(lines: number): string {
  const list = Array.from({ length: lines }, (_, i) => (i % 997 === 5 ? 'garbage' : scanOf((i * 7) % 5000)));
  return `${list.join('\n')}\n`;
}

/** A table of codes: their states, owners and boxes. */
function snapshot(count: number, first: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    // A prime step: the file is not in key order.
    const n = first + ((i * 7919) % count);
    return `${codeOf(n)};${['INTRODUCED', 'APPLIED', 'RETIRED'][n % 3]};77000000${10 + (n % 7)};${sscc(Math.floor(n / 10))}`;
  });
  return `code;status;ownerTin;parent\n${lines.join('\n')}\n`;
}
