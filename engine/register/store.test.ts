import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { Register } from './register.js';
import { contentsOf, eventOf, failure, scratchFolder, sscc, unit } from './register.test.data.js';
import { processText, THIS_PROCESS } from './running.js';
import { SCHEMA_VERSION } from './store.js';

const folder = scratchFolder();
const opened: Register[] = [];
afterAll(async () => {
  for (const register of opened) await register.close();
});

let made = 0;
const place = (): string => join(folder, `place-${made++}`);

function openRegister(path: string, create = false): Register {
  const register = Register.open(path, { create });
  opened.push(register);
  return register;
}

describe('opening a register', () => {
  it('makes one where there is none, only when asked', async () => {
    const path = join(place(), 'deep', 'er');
    failure(() => Register.open(path), 'REGISTER_NOT_FOUND');
    const register = openRegister(path, true);
    expect(register.view()).toEqual({ path, schemaVersion: SCHEMA_VERSION, codes: 0, lastEvent: 0, lastEventAt: null });
    expect(register.seed.length).toBe(16);
    expect(new Set(register.seed).size).toBeGreaterThan(4);
    expect(register.textOf(0)).toBe('');
    expect(register.textOf(1)).toBe('');
    expect(register.find(unit(1))).toBeNull();
    expect(register.stat()).toMatchObject({ units: 0, packages: 0, byState: {}, owners: [] });
  });

  it('takes away the lock file that a process which is gone was making, and leaves others’', async () => {
    const path = place();
    await Register.open(path, { create: true }).close();
    const part = (of: string): string => join(path, `lock.mdb.${of}-00e8ecb6-0434-4667-954b-19731cf08c5d`);
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    for (const of of [`${pid}-0.1`, processText(THIS_PROCESS), 'nobody']) writeFileSync(part(of), '');
    openRegister(path);
    expect(readdirSync(path).filter((name) => name.startsWith('lock.mdb.'))).toHaveLength(2);
  });

  it('finds what was there, with the same seed and digest', async () => {
    const path = place();
    const register = Register.open(path, { create: true });
    register.apply(
      eventOf({
        at: 1_700_000_000_000,
        codes: [[unit(1), { state: 3, owner: 0, parent: 0 }]],
        texts: ['A'],
        parents: [sscc(1)],
      }),
    );
    const before = {
      seed: [...register.seed],
      digest: register.digest(),
      contents: contentsOf(register),
      view: register.view(),
    };
    await register.close();
    for (const create of [false, true]) {
      const other = Register.open(path, { create });
      expect({
        seed: [...other.seed],
        digest: other.digest(),
        contents: contentsOf(other),
        view: other.view(),
      }).toEqual(before);
      expect(other.stat()).toMatchObject({
        units: 1,
        packages: 1,
        byState: { UNKNOWN: 1, INTRODUCED: 1 },
        owners: [{ owner: 'A', codes: 1 }],
      });
      await other.close();
    }
    expect(before.view.lastEventAt).toBe('2023-11-14T22:13:20.000Z');
  });

  it('gives every register a seed of its own and the same digest for the same events', () => {
    const [one, two] = [openRegister(place(), true), openRegister(place(), true)];
    for (const register of [one, two]) register.apply(eventOf({ codes: [[unit(1), { state: 3 }]] }));
    expect([...one.seed]).not.toEqual([...two.seed]);
    expect(one.digest()).toBe(two.digest());
    two.apply(eventOf({ codes: [[unit(1), { price: 3 }]] }));
    expect(one.digest()).not.toBe(two.digest());
  });

  it('of a newer Tamga is refused, and not a byte of it is changed', async () => {
    const path = place();
    const register = Register.open(path, { create: true });
    register.apply(eventOf({ codes: [[unit(1)]] }));
    const meta = register.store.meta.get('register') as NonNullable<ReturnType<typeof register.store.meta.get>>;
    register.store.meta.putSync('register', { ...meta, schema: SCHEMA_VERSION + 1 });
    // It may well have databases that nobody has heard of.
    register.store.root.openDB({ name: 'tomorrow', encoding: 'binary' });
    await register.close();
    const before = readFileSync(join(path, 'data.mdb'));
    for (const create of [false, true, false]) {
      expect(failure(() => Register.open(path, { create }), 'REGISTER_NEWER').message).toContain(
        `schema ${SCHEMA_VERSION + 1}`,
      );
      // The refused environment closes by itself.
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(readFileSync(join(path, 'data.mdb')).equals(before)).toBe(true);
    }
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('refuses an LMDB environment that is something else, and leaves it as it was', async () => {
    const path = place();
    const other = open({ path, noSubdir: false, maxDbs: 4 });
    const database = other.openDB<string, string>({ name: 'recipes' });
    database.putSync('soup', 'borscht');
    other.openDB<string, string>({ name: 'more' }).putSync('tea', 'green');
    await other.close();
    const before = readFileSync(join(path, 'data.mdb'));
    for (const create of [false, true]) failure(() => Register.open(path, { create }), 'REGISTER_BROKEN');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readFileSync(join(path, 'data.mdb')).equals(before)).toBe(true);
  });

  it('refuses an LMDB environment of one database that is something else', async () => {
    const path = place();
    const other = open({ path, noSubdir: false, maxDbs: 4 });
    other.openDB<string, string>({ name: 'recipes' }).putSync('soup', 'borscht');
    await other.close();
    for (const create of [false, true]) failure(() => Register.open(path, { create }), 'REGISTER_BROKEN');
  });

  it('goes on with one whose making was killed half-way', async () => {
    for (const names of [[], ['meta'], ['meta', 'units', 'packages', 'records']]) {
      const path = place();
      const begun = open({ path, noSubdir: false, maxDbs: 16 });
      for (const name of names) {
        begun.openDB({ name, encoding: 'binary', keyEncoding: name === 'records' ? 'uint32' : 'binary' });
      }
      await begun.close();
      const register = openRegister(path, true);
      expect(register.apply(eventOf({ codes: [[unit(1)]] })).created, names.join()).toBe(1);
    }
  });

  it('refuses a file that is no LMDB environment', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 131) & 0xff);
    for (const content of [bytes, new Uint8Array(20_000), 'not a database', bytes.subarray(0, 100)]) {
      const path = place();
      mkdirSync(path);
      writeFileSync(join(path, 'data.mdb'), content);
      // In a process of its own: LMDB may end the one that opens it.
      const script = fileURLToPath(new URL('./open-process.test.data.js', import.meta.url));
      const { stdout, signal } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
      expect({ signal, stdout }).toEqual({ signal: null, stdout: 'REGISTER_BROKEN' });
      expect(readFileSync(join(path, 'data.mdb')).equals(Buffer.from(content))).toBe(true);
    }
  });

  it('refuses a file in place of the folder, and a folder with other files', () => {
    const file = place();
    writeFileSync(file, 'not a folder');
    failure(() => Register.open(file), 'REGISTER_NOT_FOUND');
    failure(() => Register.open(file, { create: true }), 'REGISTER_NOT_FOUND');
    failure(() => Register.open(join(file, 'inside'), { create: true }), 'REGISTER_NOT_FOUND');
    expect(readFileSync(file, 'utf8')).toBe('not a folder');

    const others = place();
    mkdirSync(others);
    writeFileSync(join(others, 'thesis.txt'), 'mine');
    for (const create of [false, true]) failure(() => Register.open(others, { create }), 'REGISTER_NOT_FOUND');
    expect(readdirSync(others)).toEqual(['thesis.txt']);
  });
});

describe('two processes', () => {
  it('share a register: the reader sees what the writer committed after it refreshes', async () => {
    const path = place();
    const register = openRegister(path, true);
    register.apply(eventOf({ codes: [[unit(0), { owner: 0 }]], texts: ['first'] }));
    const reader = fork(new URL('./reader-process.test.data.js', import.meta.url), [path], { execArgv: [] });
    const answer = async (): Promise<unknown> => (await once(reader, 'message'))[0];
    try {
      expect(await answer()).toEqual({ lastEvent: 1, owners: ['first'], found: [unit(0)] });
      for (let i = 1; i <= 5; i++) {
        register.apply(eventOf({ codes: [[unit(i), { owner: 0 }]], texts: [`owner ${i}`] }));
        reader.send(Array.from({ length: 8 }, (_, n) => unit(n)));
        expect(await answer()).toEqual({
          lastEvent: i + 1,
          owners: ['first', ...Array.from({ length: i }, (_, n) => `owner ${n + 1}`)],
          found: Array.from({ length: i + 1 }, (_, n) => unit(n)),
        });
      }
      expect(register.ordinalOf(textToKey(unit(5)))).toBe(6);
    } finally {
      reader.kill();
    }
  });
});
