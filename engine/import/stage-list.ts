/** A list of codes, one a line, as staged blocks. */
import type { Core } from '../../core/host/index.js';
import { isHeaderLine } from '../documents/header-words.js';
import { openBytes, type SourceForm } from '../documents/source.js';
import { lineBlocks } from '../line-blocks.js';
import type { Attribute } from '../register/event.js';
import { findingsOf, type StagedBlock, type StageOptions } from './staged-block.js';
import { keysAndTails, stateTails } from './staged-tails.js';

/** Blocks of a text file; `stated` is said of every code in it. */
export async function* stageList(
  source: SourceForm,
  core: Core,
  options: StageOptions,
  stated: Partial<Record<Attribute, number>> & { ownerName?: string },
): AsyncGenerator<StagedBlock> {
  const { ownerName, ...numbers } = stated;
  for await (const { bytes, firstLine } of lineBlocks(
    source.path,
    openBytes(source, options.signal, { onProgress: options.onBytes }),
  )) {
    const header = firstLine === 0 ? headerLength(bytes) : 0;
    const batch = core.parseBatch(bytes.subarray(header), {
      trim: true,
      country: options.country,
    });
    const firstRow = firstLine + (header > 0 ? 2 : 1);
    const findings = findingsOf(batch, source.path, (i) => firstRow + i);
    const { keys, tails } = keysAndTails(core, batch);
    yield {
      keys,
      rows: batch.count,
      findings,
      state(run, place, count) {
        for (const [attribute, value] of Object.entries(numbers))
          run.stateAll(place, count, attribute as Attribute, value);
        stateTails(run, place, tails);
        if (ownerName) run.stateAll(place, count, 'owner', run.text(ownerName));
      },
    };
  }
}

function headerLength(bytes: Uint8Array): number {
  const end = bytes.indexOf(0x0a);
  const line = bytes.subarray(0, end < 0 ? bytes.length : end);
  return isHeaderLine(line) ? line.length + (end < 0 ? 0 : 1) : 0;
}
