import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Register } from '../register/register.js';
import { random } from '../register/register.test.data.js';
import { failing, idsOf, importPlace, snapshotCsv } from './import.test.data.js';

/** Codes of each file. A file is a transaction, the first one of two events: a kill has somewhere to come between. */
const FILE_CODES = [17_000, ...Array.from({ length: 9 }, () => 2000)];
const KILLS = 20;
// An empty register takes some 150 KB, a full one here two or three times that.
const DISK_BYTES = 1 << 20;

const place = await importPlace();
let files: string[];
let undisturbed: { ids: string[]; digest: string };
/** Milliseconds of an undisturbed process until it begins to write, and from then to its end. */
let reading = 0;
let writing = 0;

/** What a register holds, opened anew. */
async function stateOf(path: string): Promise<{ ids: string[]; digest: string }> {
  const register = Register.open(path);
  try {
    const state = { ids: idsOf(register), digest: register.digest() };
    const { units, packages, byState } = register.stat();
    // Each code is in one state: the records and the sets are of the same moment.
    expect(Object.values(byState).reduce((sum, count) => sum + count, 0)).toBe(units + packages);
    return state;
  } finally {
    await register.close();
  }
}

function importing(path: string): ChildProcess {
  return fork(new URL('./import-process.test.data.js', import.meta.url), [path, ...files], {
    execArgv: [],
    stdio: 'ignore',
  });
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeAll(async () => {
  files = FILE_CODES.map((count, i) => place.write(`snapshot-${i}.csv`, snapshotCsv(count, i * 100_000)));
  const path = join(place.folder, 'undisturbed');
  const started = performance.now();
  const child = importing(path);
  const ended = once(child, 'exit');
  await once(child, 'message');
  reading = performance.now() - started;
  expect(await ended).toEqual([0, null]);
  writing = performance.now() - started - reading;
  undisturbed = await stateOf(path);
  expect(undisturbed.ids.length).toBe(FILE_CODES.length + 1);
});

describe('kill -9 during an import', () => {
  it(`at ${KILLS} moments leaves whole events in their order, and the next import goes on to the same register`, async () => {
    const next = random(2026);
    let register = 0;
    let path = join(place.folder, 'killed-0');
    let kept = 0;
    const met = new Set<number>();
    for (let kill = 0; kill < KILLS; kill++) {
      const child = importing(path);
      const ended = once(child, 'exit');
      if (kill % 4 === 0) {
        // Anywhere: while it starts, makes the register, reads.
        await Promise.race([sleep(next() * (reading + writing)), ended]);
      } else {
        await Promise.race([once(child, 'message'), ended]);
        await Promise.race([sleep(next() * writing), ended]);
      }
      child.kill('SIGKILL');
      await ended;
      if (!readdirSync(place.folder).includes(`killed-${register}`)) continue;
      const state = await stateOf(path);
      expect(state.ids.length, 'what was acknowledged is never lost').toBeGreaterThanOrEqual(kept);
      expect(state.ids).toEqual(undisturbed.ids.slice(0, state.ids.length));
      kept = state.ids.length;
      met.add(kept);
      if (kept === undisturbed.ids.length && kill < KILLS - 1) {
        // Nothing left to disturb: the next ones meet a new register.
        expect(state.digest).toBe(undisturbed.digest);
        register++;
        path = join(place.folder, `killed-${register}`);
        kept = 0;
      }
    }
    // Some of the kills came between the first event and the last.
    expect([...met].some((count) => count > 0 && count < undisturbed.ids.length)).toBe(true);
    const child = importing(path);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await stateOf(path)).toEqual(undisturbed);
  }, 120_000);
});

const disk = { folder: '', mounted: false };
try {
  // A small disk of its own; only root may have one.
  disk.folder = join(execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim(), 'disk');
  mkdirSync(disk.folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk.folder], { stdio: 'ignore' });
  disk.mounted = true;
} catch {
  disk.mounted = false;
}
afterAll(() => {
  if (disk.mounted) execFileSync('umount', ['-l', disk.folder], { stdio: 'ignore' });
  execFileSync('rm', ['-rf', join(disk.folder, '..')]);
});

describe('a full disk', () => {
  const name = 'ends an import with DISK_FULL and whole events, and is gone on from when there is room';
  it.runIf(disk.mounted)(
    disk.mounted ? name : `${name} (not run: mounting a small disk is not permitted here)`,
    async () => {
      const path = join(disk.folder, 'register');
      const register = Register.open(path, { create: true });
      expect(await failing(place.into(register, files))).toBe('DISK_FULL');
      const inPlace = idsOf(register);
      expect(inPlace).toEqual(undisturbed.ids.slice(0, inPlace.length));
      await register.close();
      const state = await stateOf(path);
      expect(state.ids).toEqual(inPlace);
      expect(state.ids.length).toBeLessThan(undisturbed.ids.length);
      execFileSync('mount', ['-o', 'remount,size=400m', disk.folder]);
      const roomy = Register.open(path);
      await place.into(roomy, files);
      await roomy.close();
      expect(await stateOf(path)).toEqual(undisturbed);
    },
  );
});
