import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type Core, loadCore, textToKey } from '../../core/host/index.js';
import { currentImage, emptyImage, holdImage, IMAGE, type Image, loadImage, readRow } from './image.js';
import { HOT_WORDS } from './record.js';
import { Register } from './register.js';
import { eventOf, keyColumn, sscc, unit } from './register.test.data.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-image-'));
chmodSync(folder, 0o755);
const opened: Register[] = [];
afterAll(async () => {
  for (const register of opened) await register.close();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
function makeRegister(codes = 300): Register {
  const register = Register.open(join(folder, `register-${made++}`), { create: true });
  opened.push(register);
  const stated = Array.from({ length: codes }, (_, i) => i);
  register.apply(
    eventOf({
      codes: stated.map((i) => [unit(i), { state: i % 11, owner: i % 3, parent: i % 2, expiry: 1000 + i }] as const),
      texts: ['A', 'B', 'C'],
      parents: [sscc(1), sscc(2)],
    }),
  );
  return register;
}

const coreOf = (register: Register): Promise<Core> => loadCore({ seed: register.seed });
const pathOf = (register: Register): string => join(register.path, 'image');

/** Another open handle of the same register, as another process would have it. */
function again(register: Register): Register {
  const other = Register.open(register.path);
  opened.push(other);
  return other;
}

/** An image is right when it tells of every code what the records tell, and nothing of others. */
function check(image: Image, register: Register, core: Core): void {
  const { codes, lastEvent } = register.view();
  expect(image.codes).toBe(codes + 1);
  expect(image.lastEvent).toBe(lastEvent);
  const texts = Array.from({ length: codes }, (_, i) => register.textOf(i + 1));
  const column = keyColumn(texts.map(textToKey));
  const prints = core.fingerprintKeys(column.bytes, column.offsets);
  for (let ordinal = 1; ordinal <= codes; ordinal++) {
    expect(image.table.find(prints, (ordinal - 1) * 4)).toBe(ordinal);
    const row = image.rows.subarray(ordinal * HOT_WORDS, (ordinal + 1) * HOT_WORDS);
    expect([...row]).toEqual([...register.hotWords(ordinal).subarray(0, HOT_WORDS)]);
  }
  const absent = keyColumn([unit(1_000_000), sscc(99), 'nothing'].map(textToKey));
  const none = core.fingerprintKeys(absent.bytes, absent.offsets);
  for (let i = 0; i < 3; i++) expect(image.table.find(none, i * 4)).toBe(0);
}

const rowsOf = ({ codes, rows, lastEvent }: Image): object => ({
  codes,
  lastEvent,
  rows: Buffer.from(Int32Array.from(rows).buffer).toString('base64'),
});

const partsOf = (image: Image): object => ({
  ...rowsOf(image),
  table: Buffer.from(Uint32Array.from(image.table.words).buffer).toString('base64'),
});

describe('the image', () => {
  it('tells of every code what its record tells', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const image = loadImage(register, core);
    check(image, register, core);
    expect(image.rows.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(image.table.words.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('of an empty register, and of no register, has no codes', async () => {
    const register = Register.open(join(folder, 'empty'), { create: true });
    opened.push(register);
    const core = await coreOf(register);
    for (const image of [loadImage(register, core), loadImage(again(register), core)]) check(image, register, core);
    const prints = core.fingerprintKeys(textToKey(unit(1)), Uint32Array.of(0, textToKey(unit(1)).length));
    expect(emptyImage().table.find(prints, 0)).toBe(0);
    expect(emptyImage()).toMatchObject({ codes: 1, lastEvent: 0 });
  });

  it('is saved, and the saved one is what a new one would be', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const image = loadImage(register, core);
    const { ino, mtimeMs } = statSync(pathOf(register));
    const other = again(register);
    const saved = loadImage(other, core);
    expect(partsOf(saved)).toEqual(partsOf(image));
    check(saved, other, core);
    // It was read, not made anew.
    expect(statSync(pathOf(register))).toMatchObject({ ino, mtimeMs });
    expect(readdirSync(register.path).sort()).toEqual(['data.mdb', 'image', 'lock.mdb']);
  });

  it('is made anew after an event, in this handle and in others', async () => {
    const register = makeRegister();
    const other = again(register);
    const core = await coreOf(register);
    loadImage(register, core);
    loadImage(other, core);
    register.apply(
      eventOf({
        codes: [
          [unit(5), { state: 9, owner: 0 }],
          [unit(5000), { expiry: 7 }],
        ],
        texts: ['D'],
      }),
    );
    check(loadImage(other, core), other, core);
    check(loadImage(register, core), register, core);
    // An event that says nothing new of hot fields still has a number.
    register.apply(eventOf({ codes: [[unit(5), { price: 9 }]] }));
    check(loadImage(register, core), register, core);
    check(loadImage(again(register), core), register, core);
  });

  it('takes later events in where it stands: the same memory, seen by all', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const image = loadImage(register, core);
    const { rows, header } = image;
    for (let i = 0; i < 30; i++) {
      const codes = [
        [unit(i), { state: 7 }],
        [unit(9000 + i), { state: 3, parent: 0 }],
      ] as const;
      register.apply(eventOf({ codes, parents: [sscc(50 + (i % 3))], salt: i }));
      expect(loadImage(register, core)).toBe(image);
      expect(image.rows).toBe(rows);
      check(image, register, core);
    }
    // A reader elsewhere sees the version even, and moved.
    expect(Atomics.load(header, IMAGE.version) % 2).toBe(0);
    expect(Atomics.load(header, IMAGE.version)).toBeGreaterThan(30);
    const row = new Int32Array(HOT_WORDS);
    readRow(image, register.ordinalOf(textToKey(unit(3))), row);
    expect([...row]).toEqual([...register.hotWords(register.ordinalOf(textToKey(unit(3)))).subarray(0, HOT_WORDS)]);
  });

  it.each([
    ['loaded', loadImage],
    ['asked for', currentImage],
  ])('that is held stays as it was when a later one is %s, until all let it go', async (_, later) => {
    const register = makeRegister();
    const core = await coreOf(register);
    const { image, letGo } = holdImage(register, core);
    const before = rowsOf(image);
    const other = holdImage(register, core);
    expect(other.image).toBe(image);
    letGo();
    letGo();
    register.apply(eventOf({ codes: [[unit(1), { state: 9 }], [unit(7777)]] }));
    const second = later(register, core) as Image;
    expect(rowsOf(image)).toEqual(before);
    check(second, register, core);
    // What came later has ordinals past those of the first, in a table that both read.
    expect(second.table.words.buffer).toBe(image.table.words.buffer);
    expect(register.ordinalOf(textToKey(unit(7777)))).toBeGreaterThanOrEqual(image.codes);
    // Nobody holds the second: it goes on where it stands.
    register.apply(eventOf({ codes: [[unit(2), { state: 9 }], [unit(8888)]] }));
    expect(later(register, core)).toBe(second);
    check(second, register, core);
    expect(rowsOf(image)).toEqual(before);
    other.letGo();
    const third = holdImage(register, core);
    third.letGo();
    register.apply(eventOf({ codes: [[unit(3), { state: 9 }]] }));
    expect(later(register, core)).toBe(third.image);
    check(loadImage(again(register), core), register, core);
  });

  it('is made anew when its room is used up', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const image = loadImage(register, core);
    register.apply(
      eventOf({ codes: Array.from({ length: 3000 }, (_, i) => [unit(20_000 + i), { state: 3 }] as const) }),
    );
    const larger = loadImage(register, core);
    expect(larger).not.toBe(image);
    check(larger, register, core);
    check(loadImage(again(register), core), register, core);
  });

  it('that was saved is brought up to date, and made anew when the register was put back to an earlier event', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    loadImage(register, core);
    const old = readFileSync(pathOf(register));
    for (let i = 0; i < 40; i++) register.apply(eventOf({ codes: [[unit(i), { state: 7 }], [unit(5000 + i)]] }));
    check(loadImage(again(register), core), register, core);
    loadImage(register, core);
    const late = readFileSync(pathOf(register));
    writeFileSync(pathOf(register), old);
    check(loadImage(again(register), core), register, core);
    // An image of events that the register doesn't have.
    const earlier = makeRegister();
    const bytes = Buffer.from(late);
    bytes.set(earlier.seed, 32);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
    writeFileSync(pathOf(earlier), bytes);
    const coreEarlier = await coreOf(earlier);
    check(loadImage(earlier, coreEarlier), earlier, coreEarlier);
  });

  it('says why a saved one was thrown away', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    loadImage(register, core);
    const bytes = readFileSync(pathOf(register));
    bytes[bytes.length - 5] ^= 1;
    writeFileSync(pathOf(register), bytes);
    const notices: string[] = [];
    check(
      loadImage(again(register), core, (detail) => notices.push(detail)),
      register,
      core,
    );
    expect(notices).toEqual([`${pathOf(register)}: it was altered; it is made anew`]);
  });

  it('removes what killed processes left half-written, and leaves what others are writing', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    // No process has this number; 1 runs for ever.
    writeFileSync(`${pathOf(register)}.999999999-${uuid}`, 'half');
    writeFileSync(`${pathOf(register)}.1-${uuid}`, 'being written');
    // This process has the number of an earlier one.
    writeFileSync(`${pathOf(register)}.${process.pid}-00000000-0000.17-${uuid}`, 'half');
    loadImage(register, core);
    expect(readdirSync(register.path).sort()).toEqual(['data.mdb', 'image', `image.1-${uuid}`, 'lock.mdb']);
  });

  it('is made anew when the saved one is cut, empty or garbage', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const right = partsOf(loadImage(register, core));
    const bytes = readFileSync(pathOf(register));
    const garbage = Buffer.from(Uint8Array.from({ length: 5000 }, (_, i) => (i * 167 + (i >> 3)) & 0xff));
    const cuts = [0, 1, 3, 40, 63, 64, 65, 1000, 64 + 16 * 302, bytes.length - 4, bytes.length - 1];
    for (const broken of [
      garbage,
      Buffer.alloc(0),
      Buffer.alloc(bytes.length),
      ...cuts.map((end) => bytes.subarray(0, end)),
    ]) {
      writeFileSync(pathOf(register), broken);
      expect(partsOf(loadImage(again(register), core)), `${broken.length} bytes`).toEqual(right);
      expect(readFileSync(pathOf(register)).equals(bytes)).toBe(true);
    }
  });

  it('is made anew when any byte of what the saved one says of itself was changed', async () => {
    const register = makeRegister(20);
    const core = await coreOf(register);
    const right = partsOf(loadImage(register, core));
    const bytes = readFileSync(pathOf(register));
    for (let at = 0; at < 64; at++) {
      for (const flip of [1, 0x80]) {
        const broken = Uint8Array.from(bytes);
        broken[at] ^= flip;
        writeFileSync(pathOf(register), broken);
        expect(partsOf(loadImage(again(register), core)), `byte ${at} ^ ${flip}`).toEqual(right);
      }
    }
  });

  it('of another register is not taken for this one', async () => {
    const [one, two] = [makeRegister(), makeRegister()];
    const [coreOne, coreTwo] = [await coreOf(one), await coreOf(two)];
    loadImage(one, coreOne);
    copyFileSync(pathOf(one), pathOf(two));
    check(loadImage(two, coreTwo), two, coreTwo);
  });

  it('stays in memory where it can not be saved, and leaves nothing half-written', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    const isRoot = process.getuid?.() === 0;
    chmodSync(register.path, 0o555);
    if (isRoot) process.seteuid?.(65_534);
    try {
      check(loadImage(register, core), register, core);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(register.path, 0o755);
    }
    expect(readdirSync(register.path).sort()).toEqual(['data.mdb', 'lock.mdb']);
    check(loadImage(again(register), core), register, core);
    expect(existsSync(pathOf(register))).toBe(true);
  });

  it('stays in memory when a folder stands in its place', async () => {
    const register = makeRegister();
    const core = await coreOf(register);
    mkdirSync(pathOf(register));
    check(loadImage(register, core), register, core);
    expect(readdirSync(register.path).sort()).toEqual(['data.mdb', 'image', 'lock.mdb']);
  });
});
