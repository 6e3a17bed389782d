/** An input whose finished blocks come from the journal, and the others from itself: nothing is classified twice. */
import { setImmediate } from 'node:timers/promises';
import type { Core } from '../../core/host/index.js';
import { blockResult } from '../bulk/classify.js';
import type { CodeInput, ReadBlock, RereadBlock, Resume } from '../bulk/code-input.js';
import { BufferStock } from '../bulk/line-buffers.js';
import { unpackBlock } from '../bulk/packed-block.js';
import type { Pass, Runner } from '../bulk/runner.js';
import type { BlockJournal, Way } from './block-journal.js';

/** Of inputs that can go on from a position, which are lists; see {@link ReadBlock.position}. */
export class JournaledInput implements CodeInput {
  readonly #stock = new BufferStock();

  /** `wayOf`: which way through the run's inputs a pass is. */
  constructor(
    readonly input: CodeInput,
    readonly journal: BlockJournal,
    readonly wayOf: (pass: Pass) => Way,
  ) {}

  get path(): string {
    return this.input.path;
  }

  get format(): string {
    return this.input.format;
  }

  get size(): number {
    return this.input.size;
  }

  get bytes(): number {
    return this.input.bytes;
  }

  async *classified(runner: Runner, core: Core, pass: Pass): AsyncGenerator<ReadBlock> {
    const way = this.wayOf(pass);
    let from: Resume | undefined;
    for (const { ended, first, position, read, packed } of this.journal.kept(way)) {
      if (ended) return;
      // Timers, sockets and whoever may cancel have their turn between blocks.
      await setImmediate();
      const result = blockResult(unpackBlock(packed, pass.universe, core, this.#stock.take()), this.#stock);
      from = { position, line: first + result.lines };
      yield { result, read, position, lineOf: (row) => first + row };
      result.release();
    }
    for await (const block of this.input.classified(runner, core, pass, from)) {
      this.journal.keep(way, block, pass.options.forSets);
      yield block;
    }
    this.journal.keepEnd(way);
  }

  reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    return this.input.reread(core, pass);
  }
}
