/** DuckDB, two threads. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InventoryAnswer, InventoryCorpus } from '../bulk/inventory-corpus.js';
import type { DatabasePeer } from './databases.js';

export const DUCKDB_THREADS = '2';

/** What the process that holds the tables in memory says of a question. */
export interface DuckdbAnswer {
  answer: InventoryAnswer;
  milliseconds: number;
}

/** Path of the corpus's database. */
export const duckdbFile = (corpus: InventoryCorpus): string => join(corpus.folder, 'duckdb.db');

/** Reads full codes from a list and cuts the keys out of them. GTIN at 3, serial of thirteen at 19. */
export const scansAsSql = (path: string): string =>
  `SELECT substr(line, 3, 14) || substr(line, 19, 13) AS key FROM read_csv('${path}', header = false, columns = {'line': 'VARCHAR'}, delim = '\\0', quote = '', escape = '')`;

/** Of the forms that this question has, the one that DuckDB answers fastest: five times as fast as with NOT EXISTS. */
export const duckdbMissing = (owner: string, scanned: string): string =>
  `SELECT count(*) FROM register r ANTI JOIN ${scanned} s ON s.key = r.key WHERE r.owner = '${owner}'`;

const load = () => import('@duckdb/node-api').catch(() => null);

/** Whether there is a DuckDB; if so, the corpus's database is made. */
export async function isDuckdbInstalled(corpus: InventoryCorpus): Promise<boolean> {
  const duckdb = await load();
  if (duckdb) await makeDatabase(duckdb, corpus);
  return duckdb !== null;
}

async function makeDatabase(duckdb: typeof import('@duckdb/node-api'), corpus: InventoryCorpus): Promise<string> {
  const file = duckdbFile(corpus);
  if (!existsSync(file)) {
    process.stderr.write('loading DuckDB …\n');
    const part = `${file}.part`;
    await rm(part, { force: true });
    const making = await duckdb.DuckDBInstance.create(part, { threads: DUCKDB_THREADS });
    const connection = await making.connect();
    await connection.run(
      `CREATE TABLE register AS SELECT substr(code, 3, 14) || substr(code, 19, 13) AS key, owner FROM read_csv('${corpus.registerCsv}', header = true, delim = ';', all_varchar = true)`,
    );
    await connection.run(`CREATE TABLE scanned AS ${scansAsSql(corpus.scans)}`);
    await connection.run('CHECKPOINT');
    connection.closeSync();
    making.closeSync();
    await rename(part, file);
  }
  return file;
}

/** In a process of its own, as our engine has one: in one process each would slow the other down. */
export async function openDuckdb(corpus: InventoryCorpus): Promise<DatabasePeer | null> {
  if (!(await isDuckdbInstalled(corpus))) return null;
  const child = fork(fileURLToPath(new URL('./duckdb-process.js', import.meta.url)), [
    duckdbFile(corpus),
    corpus.owner,
  ]);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the process of DuckDB ended')));
  ended.catch(() => undefined);
  const answered = async (): Promise<DuckdbAnswer | null> => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [DuckdbAnswer | null];
    return message;
  };
  await answered();
  return {
    name: 'duckdb',
    async ask() {
      const answer = answered();
      child.send('ask');
      return (await answer) as DuckdbAnswer;
    },
    async close() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}
