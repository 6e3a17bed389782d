/** Keys of a batch's codes, and digests of the tails that they were shown with: by these a register knows a tail again. */
import type { Batch, Core } from '../../core/host/index.js';
import type { KeyColumn } from '../register/packed-keys.js';
import type { StagedRun } from './staged-run.js';

/** Digests of the tails of the rows that have a key, in their order; two words each, zeros where there is no tail. */
export type StagedTails = Uint32Array;

/** The keys are good until the next call on the core. */
export function keysAndTails(core: Core, batch: Batch): { keys: KeyColumn; tails: StagedTails } {
  const digests = core.tailDigests(batch);
  const keys = core.keys(batch);
  const { offsets } = keys;
  let count = 0;
  for (let i = 0; i < batch.count; i++) {
    if (offsets[i + 1] === offsets[i]) continue;
    digests[count * 2] = digests[i * 2];
    digests[count * 2 + 1] = digests[i * 2 + 1];
    count++;
  }
  return { keys, tails: digests.subarray(0, count * 2) };
}

/** States the tails of the codes that stand in the run from `place` on. */
export function stateTails(run: StagedRun, place: number, tails: StagedTails): void {
  for (let i = 0; i * 2 < tails.length; i++) {
    const low = tails[i * 2];
    if (low === 0) continue;
    run.state(place + i, 'tailLow', low | 0);
    run.state(place + i, 'tailHigh', tails[i * 2 + 1] | 0);
  }
}
