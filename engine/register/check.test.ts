// A register is damaged on purpose, in every database and at random places of its file; the check finds it and never ends with it.
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRegister } from './check.js';
import { Register } from './register.js';
import { eventOf, failure, random, scratchFolder, sscc, unit } from './register.test.data.js';
import type { Store } from './store.js';

const folder = scratchFolder();
let made = 0;

/** A register with something in every database. */
async function makeRegister(codes = 500): Promise<string> {
  const path = join(folder, `register-${made++}`);
  const register = Register.open(path, { create: true });
  register.apply(
    eventOf({
      codes: Array.from({ length: codes }, (_, i) => [unit(i), { state: 3, owner: i % 3, series: 3, parent: i % 2 }]),
      texts: ['A', 'B', 'C', 'S1'],
      parents: [sscc(1), sscc(2)],
      document: 'D1',
    }),
  );
  for (let i = 0; i < 30; i++) register.apply(eventOf({ codes: [[unit(i * 7), { state: 7 }]], document: `D${i % 3}` }));
  await register.close();
  return path;
}

describe('the check', () => {
  it('finds nothing in a register that is whole, and gives its digest', async () => {
    const path = await makeRegister();
    const register = Register.open(path);
    const digest = register.digest();
    expect(await checkRegister(path)).toEqual({
      path,
      ok: true,
      codes: 502,
      lastEvent: 31,
      digest,
      findings: [],
      findingsCount: 0,
    });
    await register.close();
  });

  const flip = (value: Buffer | undefined, at: number): Buffer => {
    const bytes = Buffer.from(value ?? []);
    bytes[at < 0 ? bytes.length + at : at] ^= 0x10;
    return bytes;
  };
  const damages: [name: string, where: string, damage: (store: Store) => void][] = [
    ['a key', 'keys', ({ keys }) => keys.putSync(2, flip(keys.get(2), 30))],
    ['a record', 'records', ({ records }) => records.putSync(3, flip(records.get(3), 8))],
    ['an event', 'events', ({ events }) => events.putSync(4, flip(events.get(4), -3))],
    ['what an event changed', 'events', ({ undo }) => undo.putSync(4, flip(undo.get(4), 20))],
    ['an event that is gone', 'events', ({ events }) => events.removeSync(5)],
    [
      'an id that is gone',
      'eventIds',
      ({ eventIds }) => {
        const [id] = eventIds.getKeys({ limit: 1 });
        eventIds.removeSync(id);
      },
    ],
    [
      'a block of the index',
      'index',
      ({ index }) => {
        const [{ key, value }] = index.getRange({ limit: 1 });
        index.putSync(Buffer.from(key), flip(value, -1));
      },
    ],
    [
      'a set',
      'sets',
      ({ sets }) => {
        const [{ key, value }] = sets.getRange({ limit: 1 });
        sets.putSync(Buffer.from(key), flip(value, -1));
      },
    ],
    [
      'a set that is gone',
      'sets',
      ({ sets }) => {
        const [key] = sets.getKeys({ limit: 1, reverse: true });
        sets.removeSync(Buffer.from(key));
      },
    ],
    ['contents of a package', 'children', ({ children }) => children.removeSync(1)],
    [
      'a name',
      'names',
      ({ names }) => {
        const [key] = names.getKeys({ limit: 1 });
        names.removeSync(Buffer.from(key));
      },
    ],
    [
      'a count',
      'meta',
      ({ meta }) => {
        const known = meta.get('register');
        if (known) meta.putSync('register', { ...known, units: known.units + 1 });
      },
    ],
  ];
  for (const [name, where, damage] of damages) {
    it(`finds ${name}`, async () => {
      const path = await makeRegister(200);
      const register = Register.open(path);
      damage(register.store);
      await register.close();
      const report = await checkRegister(path);
      expect(report.ok).toBe(false);
      expect(report.findings.map((finding) => finding.where)).toContain(where);
    });
  }

  it('finds random bytes overwritten anywhere in what is used of the file, and outlives them', async () => {
    const whole = await makeRegister(3000);
    const bytes = readFileSync(join(whole, 'data.mdb'));
    const right = await checkRegister(whole);
    const next = random(7);
    let missed = 0;
    for (let i = 0; i < 6; i++) {
      const path = join(folder, `overwritten-${i}`);
      mkdirSync(path);
      const broken = Buffer.from(bytes);
      // Whole disk pages, as a failing disk loses them.
      const page = 2 + Math.floor(next() * (bytes.length / 4096 - 2));
      for (let b = 0; b < 4096; b++) broken[page * 4096 + b] = Math.floor(next() * 256);
      writeFileSync(join(path, 'data.mdb'), broken);
      const report = await checkRegister(path);
      // A page that nothing uses may hold anything: the register then says the same as before.
      if (report.ok) {
        missed++;
        expect(report.digest).toBe(right.digest);
      }
    }
    expect(missed).toBeLessThan(6);
  });
});

describe('a file that was cut', () => {
  it('is refused before LMDB maps it, and the check says so', async () => {
    const whole = await makeRegister(3000);
    const { length } = readFileSync(join(whole, 'data.mdb'));
    for (const share of [0.2, 0.5, 0.9]) {
      const path = join(folder, `cut-${share}`);
      mkdirSync(path);
      copyFileSync(join(whole, 'data.mdb'), join(path, 'data.mdb'));
      truncateSync(join(path, 'data.mdb'), Math.floor(length * share));
      expect(failure(() => Register.open(path), 'REGISTER_BROKEN').message).toContain('it was cut');
      expect(await checkRegister(path)).toMatchObject({ ok: false, findings: [{ where: 'file' }] });
      expect(readFileSync(join(path, 'data.mdb')).length).toBe(Math.floor(length * share));
    }
  });
});
