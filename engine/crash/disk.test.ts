// Goal: a disk that is full, fails or may not be written leaves whole events and all that was acknowledged, and is told of by a clear error.
// Method: a small disk of its own, a user who may not, and system calls that fail where strace is installed.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkRegister } from '../register/check.js';
import { Register } from '../register/register.js';
import { random } from '../register/register.test.data.js';
import { type Death, describeWhere, type Ended, HAS_STRACE, runUntil } from './killing.test.data.js';
import { KilledRegister } from './proof.test.data.js';
import type { WriterPlan } from './writer-process.test.data.js';

const FULL_RUN = Boolean(process.env.TAMGA_CRASH);
const CALLERS = 24;
const DISK_BYTES = 1 << 20;
/** The system's user that may do nothing. */
const NOBODY = 65_534;
const next = random(Number(process.env.TAMGA_CRASH_SEED ?? 20_261));

// Readable by anybody: a process of another user works in it.
const folder = mkdtempSync(join(tmpdir(), 'tamga-disk-'));
chmodSync(folder, 0o755);
const said = join(folder, 'said');
const isRoot = process.getuid?.() === 0;
const disk = { folder: join(folder, 'disk'), mounted: false };
mkdirSync(disk.folder);
try {
  if (isRoot)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk.folder], { stdio: 'ignore' });
  disk.mounted = isRoot;
} catch {
  disk.mounted = false;
}
afterAll(() => {
  if (disk.mounted) execFileSync('umount', ['-l', disk.folder], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
});

const sized = (bytes: number): void => void execFileSync('mount', ['-o', `remount,size=${bytes}`, disk.folder]);

async function write(killed: KilledRegister, steps: number, images: boolean, death: Death | null): Promise<Ended> {
  const plan: WriterPlan = { path: killed.path, seed: killed.seed, from: killed.from, images, steps };
  const ended = await runUntil('writer-process.test.data.js', [JSON.stringify(plan)], said, death);
  killed.hear(ended);
  return ended;
}

describeWhere(disk.mounted, 'root and a mount of tmpfs', 'a full disk', () => {
  it('fails the events that find no room; the others are kept, and it goes on when there is room', {
    timeout: 600_000,
  }, async () => {
    sized(500_000);
    const killed = new KilledRegister(disk.folder, 'register', 1, CALLERS, folder);
    // Until there is no room, and again on a disk that has none.
    for (let run = 0; run < 3; run++) {
      const ended = await write(killed, 400, true, null);
      expect(ended.status === 0 || ended.status === 1, ended.lines.at(-1)).toBe(true);
      if (run > 0) expect(killed.failures.length).toBeGreaterThan(0);
      await killed.prove(true);
    }
    expect([...new Set(killed.failures)]).toEqual(['DISK_FULL']);
    expect(killed.acknowledged).toBeGreaterThan(100);
    // Killed while it is full.
    await write(killed, 400, true, { by: 'time', milliseconds: 30, behind: 'open' });
    await killed.prove(false);
    sized(64 << 20);
    const { events } = killed;
    killed.failures.length = 0;
    await write(killed, 5, true, null);
    expect(killed.failures).toEqual([]);
    expect(killed.events).toBe(events);
    await killed.prove(true);
    expect(killed.events).toBeGreaterThan(events);
    await killed.close();
  });

  it('to the last byte: opening says so or does it, and never ends the process', { timeout: 120_000 }, async () => {
    sized(64 << 20);
    const path = join(disk.folder, 'brimful');
    const killed = new KilledRegister(disk.folder, 'brimful', 2, CALLERS, folder);
    await write(killed, 3, true, null);
    const bytes = Buffer.alloc(4096);
    for (const without of [[], ['lock.mdb'], ['lock.mdb', 'image']]) {
      for (const name of without) rmSync(join(path, name), { force: true });
      const fill = join(disk.folder, 'fill');
      try {
        for (;;) writeFileSync(fill, bytes, { flag: 'a' });
      } catch {
        // Full.
      }
      const ended = await runUntil('task-process.test.data.js', ['open', path], said, null);
      expect({ killed: ended.killed, without, lines: ended.lines }).toEqual({
        killed: false,
        without,
        lines: [expect.stringMatching(/^(done \d+|DISK_FULL)$/)],
      });
      rmSync(fill);
    }
    await killed.prove(true);
    await killed.close();
  });
});

describeWhere(HAS_STRACE, 'strace', 'a disk that fails', () => {
  const cases = FULL_RUN ? 24 : 3;
  it(`at ${cases} calls: callers hear of it, and what was acknowledged is there`, { timeout: 3_600_000 }, async () => {
    let heard = 0;
    for (let i = 0; i < cases; i++) {
      const killed = new KilledRegister(folder, `failing-${i}`, 100 + i, CALLERS);
      await write(killed, 2, false, null);
      const name = ['pwrite64', 'fdatasync', 'pwritev'][i % 3] as string;
      const error = i % 2 === 0 ? 'EIO' : 'ENOSPC';
      await write(killed, 12, i % 4 === 3, {
        by: 'error',
        name,
        error,
        nth: 1 + Math.floor(next() * 12),
        times: 1 + Math.floor(next() * 3),
      });
      heard += killed.failures.length;
      await killed.prove(i % 6 === 0);
      await write(killed, 2, false, null);
      await killed.prove(false);
      await killed.close();
    }
    if (FULL_RUN) expect(heard).toBeGreaterThan(0);
  });
});

describeWhere(isRoot, 'root', 'a user who may not', () => {
  let whole: KilledRegister;
  beforeAll(async () => {
    whole = new KilledRegister(folder, 'whole', 7, CALLERS);
    await write(whole, 3, true, null);
    await Register.open(whole.path).close();
  });
  afterAll(() => whole.close());

  const cases: [what: string, files: Record<string, number>, folder: number, said: RegExp][] = [
    ['write the data', { 'data.mdb': 0o444, 'lock.mdb': 0o666, image: 0o666 }, 0o777, /^FILE_UNREADABLE$/],
    ['write the lock', { 'data.mdb': 0o666, 'lock.mdb': 0o444, image: 0o666 }, 0o777, /^FILE_UNREADABLE$/],
    ['write the folder', { 'data.mdb': 0o666, 'lock.mdb': 0o666, image: 0o444 }, 0o555, /^done \d+$/],
    ['read the data', { 'data.mdb': 0o000, 'lock.mdb': 0o666, image: 0o666 }, 0o777, /^FILE_UNREADABLE$/],
    ['read the image', { 'data.mdb': 0o666, 'lock.mdb': 0o666, image: 0o000 }, 0o777, /^done \d+$/],
    [
      'enter the folder',
      { 'data.mdb': 0o666, 'lock.mdb': 0o666, image: 0o666 },
      0o000,
      /^(FILE_UNREADABLE|REGISTER_NOT_FOUND)$/,
    ],
  ];
  it.each(cases)(`%s of a register is told so, and nothing is changed`, async (what, files, mode, wanted) => {
    const path = join(folder, `may-not-${what.replaceAll(' ', '-')}`);
    mkdirSync(path);
    for (const [name, bits] of Object.entries(files)) {
      const file = join(path, name);
      if (existsSync(join(whole.path, name))) copyFileSync(join(whole.path, name), file);
      else writeFileSync(file, '');
      chownSync(file, 0, 0);
      chmodSync(file, bits);
    }
    chmodSync(path, mode);
    const ended = await runUntil('task-process.test.data.js', ['verify', path], said, null, {
      uid: NOBODY,
      gid: NOBODY,
    });
    expect(ended).toMatchObject({ killed: false, lines: [expect.stringMatching(wanted)] });
    expect(await checkRegister(path)).toMatchObject({ ok: true });
    expect(readdirSync(path).filter((name) => !['data.mdb', 'lock.mdb', 'image'].includes(name))).toEqual([]);
  });
});
