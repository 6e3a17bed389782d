// Goal: a damaged file is found by the check, or changes nothing; a damaged image never gives a wrong verdict; no process ends without a word.
// Method: random bytes at random places of whole registers and images, seeded; what the undamaged one says is the model.
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Core, compileCore, loadCore } from '../../core/host/index.js';
import { backupRegister } from '../register/backup.js';
import { checkRegister } from '../register/check.js';
import { eventFromJson } from '../register/event-json.js';
import { loadImage } from '../register/image.js';
import { Register } from '../register/register.js';
import { random, scratchFolder } from '../register/register.test.data.js';
import { CodeVerifier } from '../verdict/verify-codes.js';
import { runUntil } from './killing.test.data.js';
import { ASKED, statementOf } from './workload.test.data.js';

const CASES = process.env.TAMGA_CRASH ? { image: 400, data: 120 } : { image: 60, data: 8 };
const SEED = Number(process.env.TAMGA_CRASH_SEED ?? 20_261);
const AT = new Date('2026-08-01T09:00:00Z');

const folder = scratchFolder();
const said = join(folder, 'said');
const module = await compileCore();
let whole = '';
let other = '';
let right: string[];

/** Applies the workload's events of one caller after the other. */
async function make(name: string, seed: number, steps: number): Promise<string> {
  const path = join(folder, name);
  const register = Register.open(path, { create: true });
  const core = await loadCore({ module, seed: register.seed });
  await submit(register, core, seed, 0, steps);
  loadImage(register, core);
  await register.close();
  return path;
}

async function submit(register: Register, core: Core, seed: number, from: number, until: number): Promise<void> {
  for (let step = from; step < until; step++) {
    const events = [0, 1, 2, 3, 4, 5].map((caller) => statementOf({ seed, caller, step }));
    await Promise.all(events.map((event) => register.submit(eventFromJson(event, core, { now: AT }))));
  }
}

function verdicts(register: Register, core: Core): string[] {
  const verifier = new CodeVerifier(core, register);
  return (['sale', 'return'] as const).flatMap((operation) =>
    verifier
      .verifyAll(
        ASKED.map(({ label }) => label),
        { operation, at: AT, participant: 'A' },
      )
      .map(({ allow, reason, owner, state }) => `${allow} ${reason} ${owner} ${state}`),
  );
}

/** Verdicts of a register from its image, and why a saved one was thrown away. */
async function fromImage(path: string): Promise<{ given: string[]; notices: string[] }> {
  const register = Register.open(path);
  try {
    const core = await loadCore({ module, seed: register.seed });
    const notices: string[] = [];
    loadImage(register, core, (notice) => notices.push(notice));
    return { given: verdicts(register, core), notices };
  } finally {
    await register.close();
  }
}

beforeAll(async () => {
  // Without free pages: most places then hold something.
  const loose = Register.open(await make('loose', 1, 60));
  whole = join(folder, 'whole');
  await backupRegister(loose, whole);
  await loose.close();
  await fromImage(whole);
  other = await make('other', 2, 20);
  const register = Register.open(whole);
  right = verdicts(register, await loadCore({ module, seed: register.seed }));
  await register.close();
  expect(new Set(right).size).toBeGreaterThan(5);
});

/** Overwrites some bytes, so that at least one is another than before. */
function overwrite(bytes: Buffer, next: () => number): void {
  const length = next() < 0.5 ? 1 + Math.floor(next() * 8) : 1 + Math.floor(next() * 4096);
  const at = Math.floor(next() * Math.max(1, bytes.length - length));
  const end = Math.min(bytes.length, at + length);
  const before = Buffer.from(bytes.subarray(at, end));
  for (let i = at; i < end; i++) bytes[i] = Math.floor(next() * 256);
  if (before.equals(bytes.subarray(at, end))) bytes[at] ^= 1;
}

describe('an image', () => {
  it(`with random bytes, or cut, at ${CASES.image} places is thrown away with a notice`, {
    timeout: 600_000,
  }, async () => {
    const next = random(SEED);
    const file = join(whole, 'image');
    const good = readFileSync(file);
    for (let i = 0; i < CASES.image; i++) {
      let bytes = Buffer.from(good);
      if (i % 4 === 3) bytes = bytes.subarray(0, Math.floor(next() * bytes.length));
      else overwrite(bytes, next);
      // At the beginning, where it says what it is.
      if (i % 10 === 1) bytes[Math.floor(next() * 64)] ^= 1 << Math.floor(next() * 8);
      writeFileSync(file, bytes);
      const { given, notices } = await fromImage(whole);
      expect(given, `case ${i}`).toEqual(right);
      expect(notices.length, `case ${i}`).toBe(bytes.equals(good) ? 0 : 1);
    }
  });

  it('of another register is thrown away', async () => {
    copyFileSync(join(other, 'image'), join(whole, 'image'));
    const { given, notices } = await fromImage(whole);
    expect(given).toEqual(right);
    expect(notices[0]).toContain('of another register');
  });

  it('of events that the register was put back before is thrown away, whatever came since', async () => {
    const path = await make('put-back', 3, 10);
    const early = readFileSync(join(path, 'data.mdb'));
    const go = async (seed: number, until: number, image: boolean): Promise<void> => {
      const register = Register.open(path);
      const core = await loadCore({ module, seed: register.seed });
      await submit(register, core, seed, 10, until);
      if (image) loadImage(register, core);
      await register.close();
    };
    await go(3, 40, false);
    rmSync(join(path, 'image'));
    await go(3, 41, true);
    // The early one again, and other events, more than there were.
    writeFileSync(join(path, 'data.mdb'), early);
    rmSync(join(path, 'lock.mdb'), { force: true });
    await go(4, 60, false);
    const register = Register.open(path);
    const wanted = verdicts(register, await loadCore({ module, seed: register.seed }));
    await register.close();
    const { given, notices } = await fromImage(path);
    expect(given).toEqual(wanted);
    expect(notices.length).toBe(1);
  });
});

describe('a register', () => {
  it(`with random bytes at ${CASES.data} places is found out, or says the same`, { timeout: 3_600_000 }, async () => {
    const next = random(SEED + 1);
    const sound = await checkRegister(whole);
    expect(sound.ok).toBe(true);
    const tally = { found: 0, nothing: 0, 'refused to open': 0, 'opening ended the process': 0 };
    for (let i = 0; i < CASES.data; i++) {
      const path = join(folder, `damaged-${i}`);
      mkdirSync(path);
      const bytes = readFileSync(join(whole, 'data.mdb'));
      overwrite(bytes, next);
      writeFileSync(join(path, 'data.mdb'), bytes);
      const report = await checkRegister(path);
      if (report.ok) {
        // What no value uses may hold anything.
        tally.nothing++;
        expect(report.digest, `case ${i}`).toBe(sound.digest);
        expect((await fromImage(path)).given).toEqual(right);
      } else {
        tally.found++;
        expect(report.findings[0]?.detail, `case ${i}`).toMatch(/\w/);
      }
      const opened = await runUntil('task-process.test.data.js', ['open', path], said, null);
      if (opened.killed || opened.lines.length === 0) tally['opening ended the process']++;
      else if (opened.status !== 0) {
        tally['refused to open']++;
        expect(opened.lines[0]).toBe('REGISTER_BROKEN');
      }
      if (report.ok) expect(opened.status).toBe(0);
      rmSync(path, { recursive: true });
    }
    if (process.env.TAMGA_CRASH) process.stdout.write(`${JSON.stringify(tally)}\n`);
    expect(tally.found).toBeGreaterThan(0);
    expect(tally['opening ended the process']).toBe(0);
  });

  it('that lost its description is not made anew over what is there', async () => {
    const path = join(folder, 'undescribed');
    cpSync(whole, path, { recursive: true });
    const register = Register.open(path);
    register.store.meta.removeSync('register');
    await register.close();
    const before = readFileSync(join(path, 'data.mdb'));
    for (const create of [false, true]) {
      expect(() => Register.open(path, { create })).toThrow(expect.objectContaining({ code: 'REGISTER_BROKEN' }));
    }
    expect(readFileSync(join(path, 'data.mdb')).equals(before)).toBe(true);
    expect(await checkRegister(path)).toMatchObject({ ok: false });
  });

  it('that is an empty file is made only when that is asked for', async () => {
    const path = join(folder, 'empty');
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), '');
    expect(() => Register.open(path)).toThrow(expect.objectContaining({ code: 'REGISTER_BROKEN' }));
    expect(await checkRegister(path)).toMatchObject({ ok: false });
    const register = Register.open(path, { create: true });
    expect(register.view().codes).toBe(0);
    await register.close();
  });
});
