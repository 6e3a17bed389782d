/** The databases that people join their lists in instead: one contract, and those of them that are installed. */
import type { InventoryAnswer, InventoryCorpus } from '../bulk/inventory-corpus.js';
import { openDuckdb } from './duckdb.js';
import { openPostgres } from './postgres.js';
import { openSqlite } from './sqlite.js';

/** A database with both tables loaded: `register(key, owner)` and `scanned(key)`, the keys already cut out of the codes. */
export interface DatabasePeer {
  readonly name: string;
  /** Both queries, with the milliseconds that they took by the database's own clock, or by ours where it runs in this process. */
  ask(): Promise<{ answer: InventoryAnswer; milliseconds: number }>;
  /** A client program from its start to its end: it reads the scanned list, cuts the keys out and asks both queries. Not of a database in this process. */
  askWithList?(): Promise<InventoryAnswer>;
  close(): Promise<void>;
}

/** What was scanned, by owner; then what of the owner's was not. */
export const scannedSql = (scanned = 'scanned'): string =>
  `SELECT r.owner, count(*) FROM ${scanned} s LEFT JOIN register r ON r.key = s.key GROUP BY r.owner`;
export const missingSql = (owner: string, scanned = 'scanned'): string =>
  `SELECT count(*) FROM register r WHERE r.owner = '${owner}' AND NOT EXISTS (SELECT 1 FROM ${scanned} s WHERE s.key = r.key)`;

/** Makes an answer of the rows of both queries. */
export function answerOf(
  owner: string,
  rows: readonly (readonly [string | null, number])[],
  missing: number,
): InventoryAnswer {
  const answer: InventoryAnswer = { found: 0, otherOwner: 0, unknown: 0, missing };
  for (const [of, count] of rows) {
    if (of === null || of === '') answer.unknown += count;
    else if (of === owner) answer.found += count;
    else answer.otherOwner += count;
  }
  return answer;
}

/** Makes an answer of what psql or sqlite3 printed: rows `owner|count`, a line `missing`, a count. */
export function answerIn(out: string, owner: string): InventoryAnswer {
  const [first, second] = out.split('missing\n');
  const rows = [...first.matchAll(/^(\d*)\|(\d+)$/gm)].map(([, of, count]) => [of, Number(count)] as const);
  return answerOf(owner, rows, Number(/^(\d+)$/m.exec(second)?.[1]));
}

/** Loads and opens every database that is installed; says which are not. */
export async function openDatabases(corpus: InventoryCorpus): Promise<DatabasePeer[]> {
  return openEach(corpus, { duckdb: openDuckdb, postgres: openPostgres, sqlite: openSqlite });
}

/** Those that a client program asks. */
export async function openClients(corpus: InventoryCorpus): Promise<Required<DatabasePeer>[]> {
  return openEach(corpus, { postgres: openPostgres, sqlite: openSqlite });
}

async function openEach<Peer extends DatabasePeer>(
  corpus: InventoryCorpus,
  openers: Record<string, (corpus: InventoryCorpus) => Promise<Peer | null>>,
): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (const [name, open] of Object.entries(openers)) {
    const peer = await open(corpus);
    if (peer) peers.push(peer);
    else process.stderr.write(`${name} is not installed here: not compared\n`);
  }
  return peers;
}
