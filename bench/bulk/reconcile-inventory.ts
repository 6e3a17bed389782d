/**
 * An inventory: a million scanned codes against a register of ten million, and the databases that people would join the lists in instead.
 * Ours reads the list, checks every code by its form and the register's rules, and gives found, missing, other owner's and unknown;
 * theirs have both lists loaded and the keys cut out, and count.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { openEngine, type ReconcileReport } from '../../engine/index.js';
import { alternate, type Turn } from '../alternate.js';
import { openClients, openDatabases } from '../peers/databases.js';
import { duckdbFile, isDuckdbInstalled } from '../peers/duckdb.js';
import type { BenchOptions, BenchResult } from '../result.js';
import { type InventoryAnswer, type InventoryCorpus, inventoryCorpus } from './inventory-corpus.js';

const ROUNDS = 9;
/** A database that takes seconds is asked in every third round. */
const SLOW_EVERY = 3;

const corpusFor = ({ small }: BenchOptions): Promise<InventoryCorpus> =>
  small ? inventoryCorpus(20_000, 12_000) : inventoryCorpus(10_000_000, 1_000_000);

/** Warm: pool started, image in memory; of the databases, tables in memory. */
export async function reconcileInventory(options: BenchOptions): Promise<BenchResult[]> {
  const corpus = await corpusFor(options);
  const peers = await openDatabases(corpus);
  const engine = await openEngine({ register: corpus.register, workers: 2 });
  try {
    const turns: Turn[] = [
      {
        name: 'ours',
        async run() {
          const started = performance.now();
          const result = await engine.reconcile({
            expected: [],
            expectedSet: { owner: corpus.owner },
            scanned: [corpus.scans],
          });
          const time = performance.now() - started;
          same('ours', answerOf(result.report), corpus.answer);
          await result.close();
          return time;
        },
      },
      ...peers.map((peer) => ({
        name: peer.name,
        every: peer.name === 'duckdb' ? 1 : SLOW_EVERY,
        async run() {
          const { answer, milliseconds } = await peer.ask();
          same(peer.name, answer, corpus.answer);
          return milliseconds;
        },
      })),
    ];
    return [await alternate('bulk/reconcile-1m-10m', corpus.scanned, turns, options.small ? 1 : ROUNDS)];
  } finally {
    await engine.close();
    for (const peer of peers) await peer.close();
  }
}

/**
 * Cold: whole processes, from their start to their end, that read the scanned list; ours and DuckDB's open a saved register, the clients
 * of PostgreSQL ask a server that is already up, sqlite3 its file.
 */
export async function reconcileCold(options: BenchOptions): Promise<BenchResult[]> {
  const corpus = await corpusFor(options);
  const turns: Turn[] = [
    { name: 'ours', run: () => whole('./inventory-child.js', [corpus.register, corpus.owner, corpus.scans], corpus) },
  ];
  if (await isDuckdbInstalled(corpus)) {
    turns.push({
      name: 'duckdb',
      run: () => whole('../peers/duckdb-child.js', [duckdbFile(corpus), corpus.owner, corpus.scans], corpus),
    });
  } else {
    process.stderr.write('duckdb is not installed here: not compared\n');
  }
  const clients = await openClients(corpus);
  try {
    for (const peer of clients) {
      turns.push({
        name: peer.name,
        every: SLOW_EVERY,
        async run() {
          const started = performance.now();
          const answer = await peer.askWithList();
          const time = performance.now() - started;
          same(peer.name, answer, corpus.answer);
          return time;
        },
      });
    }
    return [await alternate('bulk/reconcile-cold', corpus.scanned, turns, options.small ? 1 : ROUNDS)];
  } finally {
    for (const peer of clients) await peer.close();
  }
}

/** Milliseconds of a Node process that prints its answer. */
async function whole(program: string, args: readonly string[], corpus: InventoryCorpus): Promise<number> {
  const started = performance.now();
  const path = fileURLToPath(new URL(program, import.meta.url));
  const out = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}`))));
  });
  const time = performance.now() - started;
  same(program, JSON.parse(out) as InventoryAnswer, corpus.answer);
  return time;
}

/** Found, missing and the others, from a report. */
export function answerOf({ outcomes }: Pick<ReconcileReport, 'outcomes'>): InventoryAnswer {
  return {
    found: outcomes.MATCHED ?? 0,
    otherOwner: outcomes.SURPLUS_FOREIGN ?? 0,
    unknown: outcomes.NOT_FOUND ?? 0,
    missing: outcomes.SHORTAGE ?? 0,
  };
}

/** Whoever gives another answer isn't timed. */
function same(name: string, answer: InventoryAnswer, expected: InventoryAnswer): void {
  if (isDeepStrictEqual(answer, expected)) return;
  throw new Error(`${name} answers ${JSON.stringify(answer)}; ${JSON.stringify(expected)} was written`);
}
