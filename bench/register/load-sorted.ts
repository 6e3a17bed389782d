/** A plain list of codes in key order into an empty register: parsing, staging and durable writing, without the image. */
import { once } from 'node:events';
import { createWriteStream, existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { openEngine } from '../../engine/index.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';

const GTINS = 10;
/** Emission orders give random serials; a list in key order is what an export or an operator's archive is. */
const SERIAL_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SERIAL_LENGTH = 13;
const SEED = 1;

export async function loadSorted({ small }: BenchOptions): Promise<BenchResult[]> {
  const codes = small ? 20_000 : 10_000_000;
  const rounds = small ? 1 : 3;
  const folder = join(tmpdir(), 'tamga-bench-register');
  await mkdir(folder, { recursive: true });
  const list = await sortedList(folder, codes);
  const path = join(folder, `load-${process.pid}`);
  const rates: number[] = [];
  const images: number[] = [];
  let bytes = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      await rm(path, { recursive: true, force: true });
      const engine = await openEngine({ register: path, create: true, workers: 0 });
      try {
        const { timings, files } = await engine.import([list], { state: 'INTRODUCED', owner: '7700000001' });
        if (files[0].created !== codes) throw new Error(`${files[0].created} codes loaded of ${codes}`);
        const seconds = (stages: readonly { milliseconds: number }[]): number =>
          stages.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
        rates.push(codes / seconds(timings.filter(({ stage }) => stage !== 'image')));
        images.push(codes / seconds(timings.filter(({ stage }) => stage === 'image')));
      } finally {
        await engine.close();
      }
      bytes = statSync(join(path, 'data.mdb')).size / codes;
    }
  } finally {
    await rm(path, { recursive: true, force: true });
  }
  process.stderr.write(`load: ${bytes.toFixed(1)} bytes a code on disk\n`);
  return [
    figure('register/load-sorted', 'codes/s', rates),
    figure('register/image-build', 'codes/s', images),
    shown({
      id: 'register/record-bytes',
      unit: 'bytes/code',
      median: Math.round(bytes * 10) / 10,
      spread: [bytes, bytes],
      ratios: {},
    }),
  ];
}

function figure(id: string, unit: string, values: readonly number[]): BenchResult {
  const sorted = values.map(Math.round).sort((a, b) => a - b);
  return shown({
    id,
    unit,
    median: sorted[Math.floor(sorted.length / 2)],
    spread: [sorted[0], sorted[sorted.length - 1]],
    ratios: {},
  });
}

/** A file of element strings in key order, kept for the next run. */
async function sortedList(folder: string, codes: number): Promise<string> {
  const path = join(folder, `sorted-${codes}.txt`);
  if (existsSync(path)) return path;
  const out = createWriteStream(`${path}.part`);
  const next = random(SEED);
  for (let g = 0; g < GTINS; g++) {
    const gtin = checked(`0460${String(1000 + g).padStart(9, '0')}`);
    const serials = Array.from({ length: codes / GTINS }, () => {
      let serial = '';
      for (let i = 0; i < SERIAL_LENGTH; i++)
        serial += SERIAL_CHARACTERS[Math.floor(next() * SERIAL_CHARACTERS.length)];
      return serial;
    }).sort();
    for (let i = 0; i < serials.length; i += 10_000) {
      const lines = serials.slice(i, i + 10_000).map((serial) => `01${gtin}21${serial}\n`);
      if (!out.write(lines.join(''))) await once(out, 'drain');
    }
  }
  out.end();
  await finished(out);
  await rename(`${path}.part`, path);
  return path;
}

function checked(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight;
  return digits + ((10 - (sum % 10)) % 10);
}

/** A deterministic stream of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
