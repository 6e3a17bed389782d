/** SQLite by its command line, with its own timer. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InventoryCorpus } from '../bulk/inventory-corpus.js';
import { answerIn, type DatabasePeer, missingSql, scannedSql } from './databases.js';

export async function openSqlite(corpus: InventoryCorpus): Promise<Required<DatabasePeer> | null> {
  if (spawnSync('sqlite3', ['--version']).status !== 0) return null;
  const file = join(corpus.folder, 'sqlite.db');
  if (!existsSync(file)) {
    process.stderr.write('loading SQLite …\n');
    const part = `${file}.part`;
    await rm(part, { force: true });
    run(part, [
      'PRAGMA journal_mode = off; PRAGMA synchronous = off;',
      'CREATE TEMP TABLE lines (code TEXT, status TEXT, owner TEXT); CREATE TEMP TABLE scans (line TEXT);',
      '.mode ascii',
      '.separator ; \\n',
      `.import --schema temp --skip 1 ${quoted(corpus.registerCsv)} lines`,
      `.import --schema temp ${quoted(corpus.scans)} scans`,
      // Keyed by what is joined on: the form that SQLite answers fastest from.
      'CREATE TABLE register (key TEXT PRIMARY KEY, owner TEXT) WITHOUT ROWID;',
      'CREATE TABLE scanned (key TEXT PRIMARY KEY) WITHOUT ROWID;',
      'INSERT INTO register SELECT substr(code, 3, 14) || substr(code, 19, 13), owner FROM lines ORDER BY 1;',
      'INSERT INTO scanned SELECT substr(line, 3, 14) || substr(line, 19, 13) FROM scans ORDER BY 1;',
      'ANALYZE;',
    ]);
    await rename(part, file);
  }
  return {
    name: 'sqlite',
    async ask() {
      const out = run(file, [
        'PRAGMA cache_size = -2000000; PRAGMA mmap_size = 4000000000;',
        // Read once, so that no question waits for the disk.
        'SELECT count(*) FROM register; SELECT count(*) FROM scanned;',
        '.print asked',
        '.timer on',
        `${scannedSql()};`,
        '.print missing',
        `${missingSql(corpus.owner)};`,
      ]);
      const asked = out.split('asked\n')[1];
      const seconds = [...asked.matchAll(/^Run Time: real ([\d.]+)/gm)].map(([, text]) => Number(text));
      if (seconds.length !== 2) throw new Error(`sqlite3 did not time both queries:\n${out}`);
      return { answer: answerIn(asked, corpus.owner), milliseconds: (seconds[0] + seconds[1]) * 1000 };
    },
    async askWithList() {
      const out = run(file, [
        'PRAGMA cache_size = -2000000; PRAGMA mmap_size = 4000000000; PRAGMA temp_store = memory;',
        'CREATE TEMP TABLE lines (line TEXT);',
        '.mode ascii',
        '.separator ; \\n',
        `.import --schema temp ${quoted(corpus.scans)} lines`,
        'CREATE TEMP TABLE listed (key TEXT PRIMARY KEY) WITHOUT ROWID;',
        'INSERT INTO listed SELECT substr(line, 3, 14) || substr(line, 19, 13) FROM lines ORDER BY 1;',
        'ANALYZE temp.listed;',
        '.mode list',
        '.separator |',
        `${scannedSql('listed')};`,
        '.print missing',
        `${missingSql(corpus.owner, 'listed')};`,
      ]);
      return answerIn(out, corpus.owner);
    },
    async close() {},
  };
}

const quoted = (path: string): string => `"${path}"`;

function run(file: string, commands: readonly string[]): string {
  const done = spawnSync('sqlite3', ['-batch', '-bail', file], { input: `${commands.join('\n')}\n`, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`sqlite3 ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}
