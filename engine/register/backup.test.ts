import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTamgaError } from '../errors.js';
import { backupRegister, compactRegister, exportEvents, restoreRegister } from './backup.js';
import { checkRegister } from './check.js';
import { Register } from './register.js';
import { eventOf, scratchFolder, sscc, unit } from './register.test.data.js';

const folder = scratchFolder();
let made = 0;
const place = (): string => join(folder, `place-${made++}`);

function makeRegister(): Register {
  const register = Register.open(place(), { create: true });
  const codes = Array.from({ length: 2000 }, (_, i) => [unit(i), { state: 3, parent: i % 20 }] as const);
  register.apply(eventOf({ codes, parents: Array.from({ length: 20 }, (_, i) => sscc(i)) }));
  for (let i = 0; i < 40; i++) register.apply(eventOf({ codes: [[unit(i * 41), { state: 7 }]] }));
  return register;
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (isTamgaError(error) ? error.code : error),
  );

describe('a backup', () => {
  it('is the register of one moment, taken while it is written', async () => {
    const register = makeRegister();
    const before = register.view().lastEvent;
    const folders = [place(), place()];
    const copies = folders.map((to, i) => backupRegister(register, to, { compact: i === 0 }));
    for (let i = 0; i < 50; i++) await register.submit(eventOf({ codes: [[unit(i), { price: i + 1 }]] }));
    for (const { path, lastEvent, codes } of await Promise.all(copies)) {
      expect(codes).toBe(2020);
      expect(lastEvent).toBeGreaterThanOrEqual(before);
      expect(await checkRegister(path)).toMatchObject({ ok: true, lastEvent });
    }
    await register.close();
  });

  it('is put back as it was, and nowhere over something else', async () => {
    const register = makeRegister();
    const digest = register.digest();
    const { path } = await backupRegister(register, place());
    await register.close();
    const to = place();
    expect(await restoreRegister(path, to)).toMatchObject({ path: to, lastEvent: 41, codes: 2020 });
    expect(await checkRegister(to)).toMatchObject({ ok: true, digest });
    expect(await codeOf(restoreRegister(path, to))).toBe('REGISTER_NOT_FOUND');
    expect(await codeOf(restoreRegister(place(), place()))).toBe('REGISTER_NOT_FOUND');
    const occupied = place();
    mkdirSync(occupied);
    writeFileSync(join(occupied, 'thesis.txt'), 'mine');
    expect(await codeOf(restoreRegister(path, occupied))).toBe('REGISTER_NOT_FOUND');
    expect(readdirSync(occupied)).toEqual(['thesis.txt']);
    truncateSync(join(path, 'data.mdb'), 40_000);
    const nowhere = place();
    expect(await codeOf(restoreRegister(path, nowhere))).toBe('REGISTER_BROKEN');
    expect(existsSync(nowhere)).toBe(false);
  });

  it('in place makes the register smaller and changes nothing', async () => {
    const register = makeRegister();
    const digest = register.digest();
    const { path } = register;
    await register.close();
    const { before, after } = await compactRegister(path);
    expect(after).toBeLessThan(before);
    expect(await checkRegister(path)).toMatchObject({ ok: true, digest });
    const again = Register.open(path);
    expect(again.apply(eventOf({ codes: [[unit(1), { price: 3 }]] })).sequence).toBe(42);
    expect(again.find(unit(1))?.price).toBe(3);
    await again.close();
  });

  it('of the log gives the same register again, times of applying included', async () => {
    const register = makeRegister();
    const copy = Register.open(place(), { create: true });
    for (const { event, appliedAt } of exportEvents(register)) copy.apply(event, appliedAt);
    expect(copy.digest()).toBe(register.digest());
    expect(copy.logged(7)?.appliedAt).toBe(register.logged(7)?.appliedAt);
    expect([...exportEvents(register, 40)].map(({ sequence }) => sequence)).toEqual([40, 41]);
    await register.close();
    await copy.close();
  });
});
