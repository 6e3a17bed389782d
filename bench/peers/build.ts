/** Compiles the native peers of the crypto benchmarks, once for each state of their source and of the libraries that are there. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is compiled in when its header and its libraries are there, and the Debian package that has them. */
const LIBRARIES = [
  { define: 'WITH_OPENSSL', header: 'openssl/cmac.h', libraries: ['-lcrypto'], debian: 'libssl-dev' },
  {
    define: 'WITH_NETTLE',
    header: 'nettle/gostdsa.h',
    libraries: ['-lhogweed', '-lnettle', '-lgmp'],
    debian: 'nettle-dev',
  },
  { define: 'WITH_GCRYPT', header: 'gcrypt.h', libraries: ['-lgcrypt'], debian: 'libgcrypt20-dev' },
] as const;

const SOURCE = fileURLToPath(new URL('../../../bench/peers/crypto-peers.c', import.meta.url));
const CACHE = fileURLToPath(new URL('./native/', import.meta.url));
const COMPILER = process.env.CC ?? 'cc';
const FLAGS = ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-O2', '-Wno-deprecated-declarations'];

let built: Promise<string | undefined> | undefined;

/** Path of the program; undefined, and a notice on standard error, when it can't be compiled here. */
export function buildPeers(): Promise<string | undefined> {
  built ??= build().catch((error: unknown) => notice(error instanceof Error ? error.message : String(error)));
  return built;
}

async function build(): Promise<string | undefined> {
  if (!existsSync(SOURCE)) return notice('the package has no source of theirs');
  if (!(await compiles('int main(void) { return 0; }', []))) return notice(`there is no C compiler ${COMPILER}`);
  const found = [];
  for (const library of LIBRARIES) {
    const program = `#include <stddef.h>\n#include <${library.header}>\nint main(void) { return 0; }`;
    if (await compiles(program, library.libraries)) found.push(library);
    else notice(`without ${library.debian}, those that it is needed for are missing`);
  }
  if (found.length === 0) return undefined;
  const args = [...FLAGS, ...found.map(({ define }) => `-D${define}`)];
  const libraries = found.flatMap((library) => library.libraries);
  const digest = createHash('sha256')
    .update(await readFile(SOURCE))
    .update([COMPILER, ...args, ...libraries].join(' '))
    .digest('hex');
  const program = join(CACHE, `crypto-peers-${digest.slice(0, 16)}`);
  if (existsSync(program)) return program;
  await mkdir(CACHE, { recursive: true });
  const temporary = `${program}.${process.pid}`;
  await run(COMPILER, [...args, SOURCE, '-o', temporary, ...libraries]);
  await rename(temporary, program);
  return program;
}

/** True when a program compiles and links; false is an answer here, not a failure. */
async function compiles(program: string, libraries: readonly string[]): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-probe-'));
  try {
    await writeFile(join(folder, 'probe.c'), program);
    await run(COMPILER, [join(folder, 'probe.c'), '-o', join(folder, 'probe'), ...libraries]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notice(reason: string): undefined {
  process.stderr.write(`Native peers of the crypto benchmarks: ${reason}.\n`);
  return undefined;
}
