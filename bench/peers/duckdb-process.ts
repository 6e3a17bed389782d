/** DuckDB with both tables in memory: says that it is ready, then answers each message. */
import { DuckDBInstance } from '@duckdb/node-api';
import { answerOf, scannedSql } from './databases.js';
import { DUCKDB_THREADS, type DuckdbAnswer, duckdbMissing } from './duckdb.js';

const [file, owner] = process.argv.slice(2);
// In memory and uncompressed, where it is twice as fast as from its file.
const instance = await DuckDBInstance.create(':memory:', { threads: DUCKDB_THREADS });
const connection = await instance.connect();
await connection.run(`ATTACH '${file}' AS stored (READ_ONLY)`);
for (const table of ['register', 'scanned']) await connection.run(`CREATE TABLE ${table} AS FROM stored.${table}`);
await connection.run('DETACH stored');
process.on('message', () => void ask().then((answer) => process.send?.(answer)));
process.send?.(null);

async function ask(): Promise<DuckdbAnswer> {
  const started = performance.now();
  const scanned = (await connection.runAndReadAll(scannedSql())).getRows();
  const missing = (await connection.runAndReadAll(duckdbMissing(owner, 'scanned'))).getRows();
  const milliseconds = performance.now() - started;
  const rows = scanned.map(([of, count]) => [of === null ? null : String(of), Number(count)] as const);
  return { answer: answerOf(owner, rows, Number(missing[0][0])), milliseconds };
}
