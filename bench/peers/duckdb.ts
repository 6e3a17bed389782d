/** DuckDB in this process, two threads. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InventoryCorpus } from '../bulk/inventory-corpus.js';
import { answerOf, type DatabasePeer, scannedSql } from './databases.js';

export const DUCKDB_THREADS = '2';

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

export async function openDuckdb(corpus: InventoryCorpus): Promise<DatabasePeer | null> {
  const duckdb = await load();
  if (!duckdb) return null;
  const file = await makeDatabase(duckdb, corpus);
  // In memory and uncompressed, where it is twice as fast as from its file.
  const instance = await duckdb.DuckDBInstance.create(':memory:', { threads: DUCKDB_THREADS });
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS stored (READ_ONLY)`);
  for (const table of ['register', 'scanned']) await connection.run(`CREATE TABLE ${table} AS FROM stored.${table}`);
  await connection.run('DETACH stored');
  return {
    name: 'duckdb',
    async ask() {
      const started = performance.now();
      const scanned = (await connection.runAndReadAll(scannedSql())).getRows();
      const missing = (await connection.runAndReadAll(duckdbMissing(corpus.owner, 'scanned'))).getRows();
      const milliseconds = performance.now() - started;
      const rows = scanned.map(([owner, count]) => [owner === null ? null : String(owner), Number(count)] as const);
      return { answer: answerOf(corpus.owner, rows, Number(missing[0][0])), milliseconds };
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
