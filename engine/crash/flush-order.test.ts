// Goal: acknowledged means on disk: whatever a process says it has done was flushed before it said so, and so were the names of the files that
// it put in the place of others. Method: system calls of real processes, as strace sees them. Without strace these tests are skipped.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { Register } from '../register/register.js';
import { eventOf, scratchFolder, unit } from '../register/register.test.data.js';
import { SCHEMA_1_FILE } from '../register/schema-1.test.data.js';
import { describeWhere, HAS_STRACE } from './killing.test.data.js';
import { type Call, readTrace, traceArguments } from './traced.test.data.js';
import type { WriterPlan } from './writer-process.test.data.js';

const CALLS = 'openat,write,pwrite64,pwritev,writev,fsync,fdatasync,rename,renameat,renameat2,copy_file_range,sendfile';
const folder = scratchFolder();
const next = { place: 0, trace: 0 };
const place = (): string => join(folder, `place-${next.place++}`);

/** A disk so slow that an acknowledgement which doesn't wait for it comes first. */
const SLOW_DISK = ['-e', 'inject=fdatasync:delay_enter=20000'];

function traced(script: string, args: readonly string[], disk: readonly string[] = []): Call[] {
  const file = join(folder, `trace-${next.trace++}`);
  const path = fileURLToPath(new URL(script, import.meta.url));
  const program = [process.execPath, path, ...args];
  const { status, stderr } = spawnSync('strace', [...traceArguments(file, CALLS), ...disk, ...program], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return readTrace(file);
}

const isOf = (call: Call, path: string): boolean => call.args.includes(`<${path}>`);
const isFlush = ({ name, result }: Call): boolean => (name === 'fsync' || name === 'fdatasync') && /^0\b/.test(result);
/** What a process says stands in a write to its standard output. */
const isSaying = ({ name, args }: Call, what: string): boolean =>
  name === 'write' && /^1</.test(args) && args.includes(what);

/** The flush of a file or folder that lies wholly between two moments of a trace. */
const flushed = (calls: readonly Call[], path: string, from: number, until: number): boolean =>
  calls.some((call) => isFlush(call) && isOf(call, path) && call.began > from && call.ended < until);

describeWhere(HAS_STRACE, 'strace', 'what is acknowledged', () => {
  it('is flushed, and then the page that describes it, before anybody hears of it', () => {
    const path = place();
    const plan: WriterPlan = { path, seed: 3, from: Array.from({ length: 3 }, () => 0), images: false, steps: 15 };
    const calls = traced('writer-process.test.data.js', [JSON.stringify(plan)], SLOW_DISK);
    const data = join(path, 'data.mdb');
    const writes = calls.filter(({ name, args }) => /^p?write/.test(name) && args.includes(`<${data}>`));
    // Descriptors whose writes return when they are on disk.
    const synced = new Set(
      calls
        .filter(({ name, args }) => name === 'openat' && args.includes(`"${data}"`) && /O_D?SYNC/.test(args))
        .map(({ result }) => result.split('<')[0]),
    );
    let acknowledged = 0;
    for (const saying of calls.filter((call) => isSaying(call, ' applied\n'))) {
      const id = Buffer.from(/"([0-9a-f]{32}) /.exec(saying.args)?.[1] ?? '', 'hex').toString('latin1');
      const written = writes.find(({ args }) => args.includes(id));
      expect(id.length).toBe(16);
      expect(written, 'the pages of an event are written before it is acknowledged').toBeDefined();
      const flush = calls.find(
        (call) => isFlush(call) && isOf(call, data) && call.began > (written?.ended ?? 0) && call.ended < saying.began,
      );
      expect(flush, 'and flushed').toBeDefined();
      // LMDB describes a transaction in one of its first two pages, which it writes when all others are on disk.
      const described = writes.find(
        ({ args, began, ended }) =>
          began > (flush?.ended ?? 0) && ended < saying.began && synced.has(args.split('<')[0]),
      );
      expect(described, 'and described, by a write that waits for the disk').toBeDefined();
      acknowledged++;
    }
    expect(acknowledged).toBeGreaterThan(9);
  });
});

describeWhere(HAS_STRACE, 'strace', 'a file that takes the place of another', () => {
  let whole = '';
  beforeAll(async () => {
    whole = place();
    const register = Register.open(whole, { create: true });
    for (let i = 0; i < 20; i++) register.apply(eventOf({ codes: [[unit(i), { state: 3 }]] }));
    await register.close();
  });

  /** The file is flushed behind its last write, renamed, and the folder is flushed, before the process says that it is done. */
  function expectReplaced(calls: readonly Call[], path: string): void {
    const rename = calls.find(({ name, args }) => name.startsWith('rename') && args.endsWith(`"${path}"`));
    expect(rename, `${path} is put in its place`).toBeDefined();
    const from = /"([^"]+)", /.exec(rename?.args ?? '')?.[1] ?? '';
    expectFlushed(calls, from, rename?.began ?? 0);
    const done = calls.find((call) => isSaying(call, 'done'))?.began ?? 0;
    expect(flushed(calls, join(path, '..'), rename?.ended ?? 0, done), 'its folder is flushed').toBe(true);
  }

  function expectFlushed(calls: readonly Call[], path: string, before: number): void {
    const writes = calls.filter(
      ({ name, args, began }) => /write|copy|sendfile/.test(name) && args.includes(`<${path}>`) && began < before,
    );
    const last = Math.max(0, ...writes.map(({ ended }) => ended));
    expect(flushed(calls, path, last, before), `${path} is flushed`).toBe(true);
  }

  it('is on disk when a register is compacted, put back or migrated', () => {
    expectReplaced(traced('task-process.test.data.js', ['compact', whole]), join(whole, 'data.mdb'));
    const to = place();
    expectReplaced(traced('task-process.test.data.js', ['restore', whole, to]), join(to, 'data.mdb'));
    const old = place();
    mkdirSync(old);
    writeFileSync(join(old, 'data.mdb'), gunzipSync(Buffer.from(SCHEMA_1_FILE, 'base64')));
    expectReplaced(traced('task-process.test.data.js', ['open', old]), join(old, 'data.mdb'));
  });

  it('and so is a copy, with the names of it and of its folder', () => {
    const to = join(place(), 'deeper');
    const calls = traced('task-process.test.data.js', ['backup', whole, to, 'compact']);
    const done = calls.find((call) => isSaying(call, 'done'))?.began ?? 0;
    expectFlushed(calls, join(to, 'data.mdb'), done);
    for (const path of [to, join(to, '..'), folder]) expect(flushed(calls, path, 0, done), path).toBe(true);
  });
});
