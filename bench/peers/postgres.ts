/** PostgreSQL: a cluster of our own under the corpus's folder, asked by psql over a Unix socket. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { InventoryCorpus } from '../bulk/inventory-corpus.js';
import { answerIn, type DatabasePeer, missingSql, scannedSql } from './databases.js';

/** Debian's place for the programs of each version. */
const PROGRAMS = '/usr/lib/postgresql';

/** What one would set on a machine that does little else. */
const SETTINGS = [
  "listen_addresses = ''",
  'shared_buffers = 2GB',
  'work_mem = 1GB',
  'hash_mem_multiplier = 2',
  'maintenance_work_mem = 1GB',
  'max_parallel_workers_per_gather = 2',
  'fsync = off',
  'max_wal_size = 8GB',
];

export async function openPostgres(corpus: InventoryCorpus): Promise<Required<DatabasePeer> | null> {
  const programs = programsFolder();
  // The server refuses to run as root; its own user is there when Debian's package is.
  const user = userInfo().uid === 0 ? idOf('postgres') : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (programs === null || user === null) return null;
  const folder = join(tmpdir(), `${corpus.folder.split('/').at(-1)}-postgres`);
  const data = join(folder, 'data');
  const server = new Cluster(programs, folder, data, user);
  if (!existsSync(join(folder, 'ready'))) {
    process.stderr.write('loading PostgreSQL …\n');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    chownSync(folder, user.uid, user.gid);
    server.run('initdb', ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync', '-E', 'UTF8', '--locale', 'C']);
    writeFileSync(
      join(data, 'postgresql.auto.conf'),
      `${[...SETTINGS, `unix_socket_directories = '${folder}'`].join('\n')}\n`,
    );
    server.start();
    try {
      server.ask([
        'CREATE UNLOGGED TABLE lines (code text, status text, owner text)',
        'CREATE UNLOGGED TABLE scans (line text)',
        `\\copy lines FROM '${corpus.registerCsv}' WITH (FORMAT csv, DELIMITER ';', HEADER)`,
        `\\copy scans FROM '${corpus.scans}'`,
        'CREATE TABLE register AS SELECT substr(code, 3, 14) || substr(code, 19, 13) AS key, owner FROM lines',
        'CREATE TABLE scanned AS SELECT substr(line, 3, 14) || substr(line, 19, 13) AS key FROM scans',
        'DROP TABLE lines',
        'DROP TABLE scans',
        'VACUUM ANALYZE register',
        'VACUUM ANALYZE scanned',
      ]);
    } catch (error) {
      server.stop();
      throw error;
    }
    writeFileSync(join(folder, 'ready'), '');
  } else {
    server.start();
  }
  return {
    name: 'postgres',
    async ask() {
      const out = server.ask(['\\timing on', scannedSql(), '\\echo missing', missingSql(corpus.owner)]);
      const times = [...out.matchAll(/^Time: ([\d.]+) ms/gm)].map(([, text]) => Number(text));
      if (times.length !== 2) throw new Error(`psql did not time both queries:\n${out}`);
      return { answer: answerIn(out, corpus.owner), milliseconds: times[0] + times[1] };
    },
    async askWithList() {
      const out = server.ask([
        'CREATE TEMP TABLE lines (line text)',
        `\\copy lines FROM '${corpus.scans}'`,
        'CREATE TEMP TABLE listed AS SELECT substr(line, 3, 14) || substr(line, 19, 13) AS key FROM lines',
        'ANALYZE listed',
        scannedSql('listed'),
        '\\echo missing',
        missingSql(corpus.owner, 'listed'),
      ]);
      return answerIn(out, corpus.owner);
    },
    async close() {
      server.stop();
    },
  };
}

interface User {
  uid: number;
  gid: number;
}

class Cluster {
  constructor(
    readonly programs: string,
    readonly folder: string,
    readonly data: string,
    readonly user: User,
  ) {}

  start(): void {
    // One that a killed run left running is the same cluster.
    if (this.#spawn('pg_ctl', ['-D', this.data, 'status']).status === 0) return;
    this.run('pg_ctl', ['-D', this.data, '-w', '-l', join(this.folder, 'log'), 'start']);
  }

  stop(): void {
    this.run('pg_ctl', ['-D', this.data, '-w', '-m', 'fast', 'stop']);
  }

  /** Runs statements in one session, unaligned output. */
  ask(statements: readonly string[]): string {
    return this.run('psql', [
      ...['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-h', this.folder, '-U', 'bench', '-d', 'postgres'],
      ...statements.flatMap((statement) => ['-c', statement]),
    ]);
  }

  run(program: string, args: readonly string[]): string {
    const done = this.#spawn(program, args);
    if (done.status !== 0) throw new Error(`${program} ended with ${done.status}: ${done.stderr}`);
    return done.stdout;
  }

  #spawn(program: string, args: readonly string[]) {
    // pg_ctl's server keeps what it inherits open: a pipe would never end.
    const isStart = program === 'pg_ctl' && args.includes('start');
    return spawnSync(join(this.programs, program), args, {
      ...this.user,
      cwd: '/',
      encoding: 'utf8',
      stdio: isStart ? 'ignore' : ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 24,
    });
  }
}

function programsFolder(): string | null {
  if (!existsSync(PROGRAMS)) return null;
  const versions = readdirSync(PROGRAMS).filter((name) => existsSync(join(PROGRAMS, name, 'bin', 'postgres')));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(PROGRAMS, newest, 'bin');
}

function idOf(user: string): User | null {
  const { status, stdout } = spawnSync('sh', ['-c', `id -u ${user} && id -g ${user}`], { encoding: 'utf8' });
  if (status !== 0) return null;
  const [uid, gid] = stdout.trim().split('\n').map(Number);
  return { uid, gid };
}
