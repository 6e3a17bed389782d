/** Single sales of 100 concurrent callers, each acknowledged when it is on disk; and what a flush takes on this disk. */
import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unitKey } from '../../core/host/key.js';
import { type RegisterEvent, STATED } from '../../engine/register/event.js';
import { EVENT_CODES_MAX } from '../../engine/register/limits.js';
import { packKeys } from '../../engine/register/packed-keys.js';
import { Register } from '../../engine/register/register.js';
import { STATE_NUMBER } from '../../engine/register/states.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';
import { random } from './load-sorted.js';

const TEXTS = ['7700000001'];
const NONE = new Uint8Array(0);
const COLUMNS = {
  INTRODUCED: { state: Int32Array.of(STATE_NUMBER.INTRODUCED), owner: Int32Array.of(0) },
  RETIRED: { state: Int32Array.of(STATE_NUMBER.RETIRED), owner: Int32Array.of(0) },
};
const CALLERS = 100;
const GTIN = '04600000000015';

export async function eventsDurable({ small }: BenchOptions): Promise<BenchResult[]> {
  const codes = small ? 5_000 : 200_000;
  const events = small ? 500 : 60_000;
  const rounds = small ? 1 : 3;
  const folder = mkdtempSync(join(tmpdir(), 'tamga-bench-events-'));
  const rates: number[] = [];
  try {
    const register = Register.open(join(folder, 'register'), { create: true });
    for (let from = 0; from < codes; from += EVENT_CODES_MAX) {
      register.apply(saleOf(range(from, Math.min(codes, from + EVENT_CODES_MAX)), 'INTRODUCED'));
    }
    const next = random(3);
    for (let round = 0; round < rounds; round++) {
      // Made before the clock starts: what is measured is the register.
      const sales = Array.from({ length: events }, () => saleOf([Math.floor(next() * codes)], 'RETIRED'));
      let taken = 0;
      const caller = async (): Promise<void> => {
        while (taken < sales.length) await register.submit(sales[taken++]);
      };
      const started = performance.now();
      const cpu = process.cpuUsage();
      await Promise.all(Array.from({ length: CALLERS }, caller));
      const { user, system } = process.cpuUsage(cpu);
      process.stderr.write(`events: ${((user + system) / events).toFixed(1)} µs of processor time an event\n`);
      rates.push((events / (performance.now() - started)) * 1000);
    }
    await register.close();
    process.stderr.write(`events: a flush of 4 KiB takes ${flushMilliseconds(folder).toFixed(3)} ms here (median)\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sorted = rates.map(Math.round).sort((a, b) => a - b);
  return [
    shown({
      id: 'register/events-durable',
      unit: `events/s, ${CALLERS} callers`,
      median: sorted[Math.floor(sorted.length / 2)],
      spread: [sorted[0], sorted[sorted.length - 1]],
      ratios: {},
    }),
  ];
}

function saleOf(serials: readonly number[], state: 'INTRODUCED' | 'RETIRED'): RegisterEvent {
  const keys = serials.map((serial) => unitKey(GTIN, `S${String(serial).padStart(9, '0')}`));
  const offsets = new Uint32Array(keys.length + 1);
  for (let i = 0; i < keys.length; i++) offsets[i + 1] = offsets[i] + keys[i].length;
  return {
    ...STATED,
    id: randomBytes(16),
    kind: 'restate',
    at: 1_700_000_000_000,
    actor: '',
    document: '',
    count: keys.length,
    keys: packKeys({ bytes: Uint8Array.from(Buffer.concat(keys)), offsets }, 0, keys.length),
    texts: TEXTS,
    parents: NONE,
    columns: COLUMNS[state],
  };
}

const range = (from: number, until: number): number[] => Array.from({ length: until - from }, (_, i) => from + i);

/** Median time of fdatasync after a write of one page. */
function flushMilliseconds(folder: string): number {
  const file = openSync(join(folder, 'flush'), 'w');
  const page = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < 101; i++) {
    writeSync(file, page, 0, page.length, i * page.length);
    const started = performance.now();
    fdatasyncSync(file);
    times.push(performance.now() - started);
  }
  closeSync(file);
  return times.sort((a, b) => a - b)[50];
}
