// Makes a checkout ready: installs from the lock file when node_modules is missing or stale, builds when a source changed.
// Uses nothing but Node itself, because it runs before anything is installed. A second run does nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['.dev', 'core', 'engine', 'server', 'bench', 'asconfig.json', 'package.json', 'tsconfig.json'];
const SKIPPED = new Set(['generated', 'node_modules']);

/** Installs and builds what is missing or stale; ends the process when a step fails. */
export function setup() {
  install();
  build();
}

function install() {
  process.chdir(ROOT);
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`Tamga needs Node 20 or later; this is ${process.version}.`);
  step(
    'node_modules/.tamga',
    'Installing dependencies (roaring is compiled here, about 20 s)',
    ['package-lock.json'],
    () => {
      if (!run('npm', ['ci', '--no-audit', '--no-fund'])) {
        fail(
          'npm ci failed. If the log above names node-gyp or roaring: a C++ compiler, make and python3 are needed (see README, "Installing").',
        );
      }
    },
  );
}

function build() {
  step('dist/.build', 'Building', SOURCES, () => {
    rmSync('dist', { recursive: true, force: true });
    const ok =
      run(process.execPath, ['core/generate/tables.mjs']) &&
      run(process.execPath, [
        'node_modules/assemblyscript/bin/asc.js',
        '--config',
        'asconfig.json',
        '--target',
        'release',
      ]) &&
      run(process.execPath, [
        'node_modules/assemblyscript/bin/asc.js',
        '--config',
        'engine/assembly/asconfig.json',
        '--target',
        'release',
      ]) &&
      run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']) &&
      run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'server/console/page']) &&
      run(process.execPath, ['.dev/assets.mjs']) &&
      run(process.execPath, ['.dev/worker.mjs']) &&
      run(process.execPath, ['.dev/console.mjs']);
    if (!ok) fail('The build failed; the first error above says where.');
  });
}

function step(stamp, title, inputs, work) {
  const digest = digestOf(inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write(`${title} …\n`);
  const started = performance.now();
  work();
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, digest);
  process.stderr.write(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

function digestOf(paths) {
  const hash = createHash('sha256').update(process.versions.modules);
  const visit = (path, entry) => {
    if (entry?.isDirectory() ?? !/\.\w+$/.test(path.slice(1))) {
      for (const child of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!SKIPPED.has(child.name)) visit(join(path, child.name), child);
      }
    } else {
      hash.update(path).update('\0').update(readFileSync(path));
    }
  };
  for (const path of paths) visit(path, path.startsWith('.') ? { isDirectory: () => true } : undefined);
  return hash.digest('hex');
}

/** Runs a program with its output on stderr; true when it ends well. */
export function run(command, args, options = {}) {
  return spawnSync(command, args, { stdio: ['inherit', 2, 2], ...options }).status === 0;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  // `node .dev/setup.mjs install`: only that, for images whose layers are kept apart.
  if (process.argv[2] === 'install') install();
  else setup();
}
