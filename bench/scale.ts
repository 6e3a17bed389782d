/**
 * `npm run bench:scale [-- --count N]`: a register of N codes (default 100,000,000), its image and the verification of a list of N lines, each in
 * a process of its own, beside the same with a million. Run by hand: it takes about 25 GB of disk under the temporary folder at 100 M, and
 * half an hour.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keyOf, scanOf, writeLines } from './bulk/inventory-corpus.js';
import type { StageFigure } from './scale-child.js';

const SMALL = 1_000_000;
/** What the large case may take beyond the small one: time a code, and memory beside the image. */
const SLOWER_MAX = 1.3;
const BESIDE_IMAGE_MAX = 512 * 2 ** 20;
/** A load; the image made from the register; the saved image brought to memory; a list of as many lines verified. */
const STAGES = ['load', 'build', 'image', 'verify'] as const;
type Stage = (typeof STAGES)[number];

interface Scale {
  count: number;
  stages: Record<Stage, StageFigure>;
  registerBytes: number;
  imageBytes: number;
}

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000000' }, keep: { type: 'boolean', default: false } },
});
const count = Number(values.count);
if (!Number.isSafeInteger(count) || count < SMALL || count > 4e9) {
  process.stderr.write(`--count ${values.count}: expected a whole number from ${SMALL} to 4000000000\n`);
  process.exit(2);
}
process.stderr.write(`${Math.round(totalmem() / 2 ** 30)} GB of memory\n`);
const small = await measure(SMALL);
const large = await measure(count);
print(small, large);

async function measure(codes: number): Promise<Scale> {
  const folder = join(tmpdir(), `tamga-bench-scale-${codes}`);
  const list = join(folder, 'codes.txt');
  const scans = join(folder, 'scans.txt');
  const register = join(folder, 'register');
  await mkdir(folder, { recursive: true });
  await write(list, codesOf(codes));
  await write(scans, scansOf(codes));
  await rm(register, { recursive: true, force: true });
  const stages: Partial<Record<Stage, StageFigure>> = {};
  for (const stage of STAGES) {
    process.stderr.write(`${codes} codes: ${stage} …\n`);
    if (stage === 'build') await rm(join(register, 'image'));
    stages[stage] = await child(stage, register, stage === 'load' ? list : scans);
  }
  const files = readdirSync(register).map((name) => ({ name, size: statSync(join(register, name)).size }));
  const sizeOf = (isWanted: (name: string) => boolean): number =>
    files.filter(({ name }) => isWanted(name)).reduce((sum, { size }) => sum + size, 0);
  if (!values.keep) await rm(folder, { recursive: true, force: true });
  return {
    count: codes,
    stages: stages as Record<Stage, StageFigure>,
    registerBytes: sizeOf((name) => !name.startsWith('image')),
    imageBytes: sizeOf((name) => name.startsWith('image')),
  };
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  if (existsSync(path)) return;
  process.stderr.write(`writing ${path} …\n`);
  await writeLines(`${path}.part`, lines);
  await rename(`${path}.part`, path);
}

function* codesOf(codes: number): Generator<string> {
  for (let n = 0; n < codes; n++) {
    const key = keyOf(n, codes);
    yield `01${key.slice(0, 14)}21${key.slice(14)}`;
  }
}

/** Full codes of all of them, in no order. */
function* scansOf(codes: number): Generator<string> {
  for (let i = 0; i < codes; i++) yield scanOf(i, codes);
}

function child(stage: Stage, register: string, file: string): Promise<StageFigure> {
  const path = fileURLToPath(new URL('./scale-child.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [path, stage, register, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    running.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    running.on('error', reject);
    running.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(out) as StageFigure) : reject(new Error(`${stage} ended with ${code}`)),
    );
  });
}

function print(small: Scale, large: Scale): void {
  const perCode = ({ count, stages }: Scale, stage: Stage): number => (stages[stage].seconds / count) * 1e9;
  const million = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
  for (const stage of STAGES) {
    const [a, b] = [perCode(small, stage), perCode(large, stage)];
    process.stdout.write(
      `${stage}: ${b.toFixed(0)} ns a code (${(1e3 / b).toFixed(2)} M/s), ${(b / a).toFixed(2)} × that of ${small.count.toLocaleString('en')}; ` +
        `${million(large.stages[stage].peakBytes)} of memory at the peak\n`,
    );
  }
  for (const { count, registerBytes, imageBytes } of [small, large]) {
    process.stdout.write(
      `${count.toLocaleString('en')} codes: register ${million(registerBytes)} (${(registerBytes / count).toFixed(1)} B a code), ` +
        `image ${million(imageBytes)} (${(imageBytes / count).toFixed(1)} B a code)\n`,
    );
  }
  const over = large.stages.verify.peakBytes - large.imageBytes;
  process.stdout.write(`verify: ${million(over)} beside the image\n`);
  const slower = STAGES.filter((stage) => perCode(large, stage) > SLOWER_MAX * perCode(small, stage));
  if (slower.length > 0) process.stdout.write(`more than ${SLOWER_MAX} × the time a code: ${slower.join(', ')}\n`);
  if (over > BESIDE_IMAGE_MAX) process.stdout.write(`more than ${million(BESIDE_IMAGE_MAX)} beside the image\n`);
  if (slower.length > 0 || over > BESIDE_IMAGE_MAX) process.exitCode = 1;
}
