import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { isTamgaError } from '../errors.js';
import { compactRegister } from './backup.js';
import { Register } from './register.js';
import { eventOf, failure, scratchFolder, unit } from './register.test.data.js';
import { THIS_PROCESS } from './running.js';
import { takeAlone } from './sole-use.js';

const path = join(scratchFolder(), 'register');

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: unknown) => (isTamgaError(error) ? error.code : error),
  );

it('a register is compacted only when nobody else has it open, and nobody opens it meanwhile', async () => {
  const register = Register.open(path, { create: true });
  register.apply(eventOf({ codes: [[unit(0), { owner: 0 }]], texts: ['first'] }));
  expect(await codeOf(compactRegister(path))).toBe('REGISTER_IN_USE');
  await register.close();

  const { ino } = statSync(join(path, 'data.mdb'));
  const reader = fork(new URL('./reader-process.test.data.js', import.meta.url), [path], { execArgv: [] });
  await once(reader, 'message');
  const refused = (await compactRegister(path).catch((error: unknown) => error)) as { data: unknown };
  expect(refused).toMatchObject({ code: 'REGISTER_IN_USE', data: { path, detail: String(reader.pid) } });
  expect(statSync(join(path, 'data.mdb')).ino).toBe(ino);
  reader.kill('SIGKILL');
  await once(reader, 'exit');

  // Another that compacts it, or one that did and was killed.
  const release = takeAlone(path);
  const script = fileURLToPath(new URL('./open-process.test.data.js', import.meta.url));
  expect(spawnSync(process.execPath, [script, path], { encoding: 'utf8' }).stdout).toBe('REGISTER_IN_USE');
  release();
  const other = fork(new URL('./reader-process.test.data.js', import.meta.url), [path], { execArgv: [] });
  await once(other, 'message');
  writeFileSync(join(path, 'alone'), String(other.pid));
  failure(() => Register.open(path), 'REGISTER_IN_USE');
  // That of one that had its number before.
  writeFileSync(join(path, 'alone'), `${other.pid}-${THIS_PROCESS.since}`);
  await Register.open(path).close();
  writeFileSync(join(path, 'alone'), String(other.pid));
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await codeOf(compactRegister(path))).toBe('done');
  expect(statSync(join(path, 'data.mdb')).ino).not.toBe(ino);
  expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
  const again = Register.open(path);
  expect(again.find(unit(0))?.owner).toBe('first');
  await again.close();
}, 60_000);
