/** DuckDB's answer in a process of its own: register from its file, the scanned list read, both questions. */
import { DuckDBInstance } from '@duckdb/node-api';
import { answerOf, scannedSql } from './databases.js';
import { DUCKDB_THREADS, duckdbMissing, scansAsSql } from './duckdb.js';

const [file, owner, scans] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { threads: DUCKDB_THREADS, access_mode: 'READ_ONLY' });
const connection = await instance.connect();
await connection.run(`CREATE TEMP TABLE scans AS ${scansAsSql(scans)}`);
const scanned = await connection.runAndReadAll(scannedSql('scans'));
const missing = await connection.runAndReadAll(duckdbMissing(owner, 'scans'));
const rows = scanned.getRows().map(([of, count]) => [of === null ? null : String(of), Number(count)] as const);
process.stdout.write(JSON.stringify(answerOf(owner, rows, Number(missing.getRows()[0][0]))));
connection.closeSync();
instance.closeSync();
