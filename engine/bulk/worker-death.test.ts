// Goal: a worker that dies is replaced and its block is done once more, so that the run comes to the same; a block that kills again and again
// ends the run with its place. Method: threads of the real pool are terminated at random moments of real runs.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { compileCore, loadCore } from '../../core/host/index.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { emptyImage } from '../register/image.js';
import { InThreadRunner } from './in-thread-runner.js';
import { ListInput } from './list-input.js';
import { scanOf, scratchFiles } from './lists.test.data.js';
import { PoolRunner } from './pool-runner.js';
import type { Pass, Runner } from './runner.js';
import { Universe } from './universe.js';

const module = await compileCore();
const seed = Uint8Array.from(randomBytes(16));
const core = await loadCore({ module, seed });
const pool = new PoolRunner(module, 2);
const inThread = new InThreadRunner(module);
afterAll(async () => {
  await pool.close();
  await inThread.close();
});
const { write } = scratchFiles();
const path = write(Array.from({ length: 150_000 }, (_, n) => scanOf(n)).join('\n'));
const pass: Pass = {
  universe: new Universe(emptyImage()),
  options: {
    context: { operation: 'count', now: 0, owners: [] },
    forSets: false,
    unregistered: OUTCOME_NUMBER.NOT_FOUND,
    unknownPackage: OUTCOME_NUMBER.UNKNOWN_PACKAGE,
  },
  seed,
  trim: true,
};

/** Fingerprints of all lines in order: blocks that are lost, doubled or mixed up change them. */
async function printsOf(runner: Runner, onBlock: () => void = () => undefined): Promise<Buffer> {
  const input = new ListInput(path, path, statSync(path).size);
  const prints: Buffer[] = [];
  for await (const { result } of input.classified(runner, core, pass)) {
    prints.push(Buffer.from(result.strays.prints.slice().buffer));
    onBlock();
  }
  return Buffer.concat(prints);
}

describe('a worker that dies', () => {
  it('is replaced, and what it had is done again, once', async () => {
    const expected = await printsOf(inThread);
    for (const at of [1, 2, 3, 4, 5]) {
      let blocks = 0;
      let killed = 0;
      const got = await printsOf(pool, () => {
        if (++blocks !== at) return;
        const [first, second] = pool.threads;
        void (at % 2 === 0 ? first : second)?.terminate();
        killed++;
      });
      expect(got.equals(expected)).toBe(true);
      expect(killed).toBe(1);
    }
  }, 60_000);

  it('both at once, before the first block is done: the next ones do them', async () => {
    const run = printsOf(pool);
    await setTimeout(3);
    for (const thread of pool.threads) void thread.terminate();
    expect((await run).equals(await printsOf(inThread))).toBe(true);
  }, 60_000);

  it('again and again at the same block: an error that names the bytes; the pool goes on', async () => {
    const control = new AbortController();
    const killed = new Set<Worker>();
    const killer = (async () => {
      while (!control.signal.aborted) {
        for (const thread of pool.threads.filter((one) => !killed.has(one))) {
          killed.add(thread);
          void thread.terminate();
        }
        await setTimeout(1);
      }
    })();
    await expect(printsOf(pool)).rejects.toMatchObject({
      name: 'TamgaError',
      code: 'WORKER_FAILED',
      data: { path, detail: expect.stringMatching(/^bytes \d+ to \d+: the workers that had them died/) },
    });
    control.abort();
    await killer;
    expect((await printsOf(pool)).equals(await printsOf(inThread))).toBe(true);
  }, 60_000);
});
