/** GS1 element strings: batches with every check and with AIs as columns, batches of marking codes, one code at a time. */
import { existsSync, readFileSync } from 'node:fs';
import { loadCore } from '../../core/host/index.js';
import { compileCore } from '../../core/host/load.js';
import { instantiate } from '../../core/host/module.js';
import { type BenchCase, type BenchOptions, type BenchResult, measure } from '../result.js';
import { gs1Codes } from './codes.js';
import { type Gs1Peer, gs1Peers } from './peers.js';

const CODES = 100_000;
const CODES_SMALL = 2_000;
/** Codes a sample of single calls makes, and a sample of a peer of them. */
const SINGLES = 20_000;

let sink = 0;

export async function gs1(options: BenchOptions): Promise<BenchResult[]> {
  const codes = gs1Codes(options.small ? CODES_SMALL : CODES);
  const bytes = new TextEncoder().encode(`${codes.join('\n')}\n`);
  const core = await loadCore();
  const peers = await gs1Peers();
  const scan = await byteScan(bytes);
  const batch = (format: 'gs1' | 'marking') => (): void => {
    // As in a worker: the bytes are put into the core's memory, and one call makes all columns.
    core.input(bytes.length).set(bytes);
    const { count, columns, elements } = core.parseInput(bytes.length, { format });
    sink += count + columns.error[0]! + (elements?.ai.length ?? 0);
  };
  checkAll(core.parseBatch(bytes, { format: 'gs1' }).columns.error.subarray(0, codes.length));
  const scanCase = { name: 'byteScan', codes: codes.length, run: scan };
  const results = [
    await measure(
      'gs1/batch-full',
      [{ name: 'ours', codes: codes.length, run: batch('gs1') }, scanCase, ...peerCases(peers, codes)],
      options,
    ),
    await measure(
      'gs1/batch-marking',
      [{ name: 'ours', codes: codes.length, run: batch('marking') }, scanCase, ...peerCases(peers, codes)],
      options,
    ),
  ];
  const singles = codes.slice(0, SINGLES);
  const single = (): void => {
    for (const code of singles) sink += core.parse(code, { format: 'gs1' }).ais.length;
  };
  results.push(
    await measure(
      'gs1/single',
      [{ name: 'ours', codes: singles.length, run: single }, scanCase, ...peerCases(peers, singles)],
      options,
    ),
  );
  reportAcceptance(peers, (code) => core.parse(code, { format: 'gs1' }).ok);
  const [full] = results;
  const scanned = (full!.median / full!.ratios.byteScan!) * (bytes.length / codes.length);
  const parsed = full!.median * (bytes.length / codes.length);
  process.stderr.write(`full checks ${megabytes(parsed)} MB/s, reading each byte ${megabytes(scanned)} MB/s\n`);
  if (sink === 0) throw new Error('nothing was parsed');
  return results;
}

const megabytes = (bytes: number): string => Math.round(bytes / 1e6).toLocaleString('en');

function peerCases(peers: readonly Gs1Peer[], codes: readonly string[]): BenchCase[] {
  return peers.map(({ name, accepts }) => ({
    name,
    codes: codes.length,
    run: () => {
      quietly(() => {
        for (const code of codes) if (accepts(code)) sink++;
      });
    },
  }));
}

/** The ceiling: a loop in the same module that reads each byte of the same input and adds it up. */
async function byteScan(bytes: Uint8Array): Promise<() => void> {
  const { exports } = await instantiate(await compileCore());
  const start = exports.inputStart();
  exports.memory.grow(Math.ceil((start + bytes.length) / 65_536));
  return () => {
    new Uint8Array(exports.memory.buffer, start, bytes.length).set(bytes);
    sink += exports.byteScan(bytes.length);
  };
}

function checkAll(errors: Uint8Array): void {
  const wrong = errors.findIndex((error) => error !== 0);
  if (wrong >= 0) throw new Error(`code ${wrong} of the corpus has error ${errors[wrong]}`);
}

/** How many of the invalid inputs of the conformance file each one accepts. */
function reportAcceptance(peers: readonly Gs1Peer[], ours: (code: string) => boolean): void {
  const file = new URL('../../../core/test/data/conformance.jsonl', import.meta.url);
  if (!existsSync(file)) {
    process.stderr.write('What each parser accepts is counted in a checkout only: the package has no test data.\n');
    return;
  }
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { input: string; ok: boolean });
  const invalid = rows.filter(({ ok }) => !ok);
  const valid = rows.filter(({ ok }) => ok);
  for (const { name, accepts } of [{ name: 'ours', accepts: ours }, ...peers]) {
    const count = (some: typeof rows): number => quietly(() => some.filter(({ input }) => accepts(input)).length);
    process.stderr.write(
      `${name}: accepts ${count(invalid)} of ${invalid.length} invalid and ${count(valid)} of ${valid.length} valid inputs\n`,
    );
  }
}

/** One of the peers tells the console about each code it doesn't like. */
function quietly<T>(work: () => T): T {
  const { log, warn, error } = console;
  console.log = console.warn = console.error = () => undefined;
  try {
    return work();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
