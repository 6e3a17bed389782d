/** Files that suites share: the demo's corpus, made once in a temporary folder, and a register of it. */
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { openEngine } from '../engine/index.js';
import { type Corpus, writeCorpus } from '../server/demo/corpus.js';

export interface BenchCorpus {
  folder: string;
  register: string;
  corpus: Corpus;
}

const SEED = 1;

/** The corpus of `registered` codes and `delivered` of them, kept for the next run. */
export async function benchCorpus(registered: number, delivered: number): Promise<BenchCorpus> {
  const folder = join(tmpdir(), `tamga-bench-${registered}-${delivered}`);
  const register = join(folder, 'register');
  const ready = join(folder, 'corpus.json');
  if (existsSync(ready))
    return {
      folder,
      register,
      corpus: JSON.parse(await readFile(ready, 'utf8')) as Corpus,
    };
  process.stderr.write(`making a register of ${registered} codes in ${folder} …\n`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const corpus = await writeCorpus(folder, {
    registered,
    delivered,
    seed: SEED,
  });
  const engine = await openEngine({ register, create: true });
  await engine.import([corpus.paths.register]);
  await engine.close();
  await writeFile(`${ready}.part`, JSON.stringify(corpus));
  await rename(`${ready}.part`, ready);
  return { folder, register, corpus };
}

/** A file of `path` written `times` times in a row. */
export async function repeated(path: string, times: number): Promise<string> {
  const file = `${path}-x${times}`;
  if (existsSync(file)) return file;
  const out = createWriteStream(`${file}.part`);
  for (let i = 0; i < times; i++) {
    for await (const chunk of createReadStream(path)) {
      if (!out.write(chunk)) await once(out, 'drain');
    }
  }
  out.end();
  await finished(out);
  await rename(`${file}.part`, file);
  return file;
}
