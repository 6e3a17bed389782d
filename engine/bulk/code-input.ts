/**
 * One input of a run as blocks of lines. Lists are classified by the runner's threads ({@link ListInput}, {@link StreamInput}); what has to be
 * decoded first (XML, CSV) is decoded here and classified in this thread.
 */
import type { Batch, Core } from '../../core/host/index.js';
import type { DocumentModel } from '../documents/model.js';
import type { SourceForm } from '../documents/source.js';
import type { SnapshotRow } from '../documents/table.js';
import { type BlockResult, blockResult, classify } from './classify.js';
import { BufferStock } from './line-buffers.js';
import type { Pass, Runner } from './runner.js';

/** A block of classified lines; good until the next one is asked for. */
export interface ReadBlock {
  result: BlockResult;
  /** Bytes of the input, as it is on disk, up to the end of the block. */
  read: number;
  /** Where {@link CodeInput.classified} goes on behind the block; 0: it can only begin anew. */
  position: number;
  /** 1-based line in the input of row i of the block. */
  lineOf: (row: number) => number;
  /** When and by what row i was scanned, where the input says it. */
  scanOf?: (row: number) => ScanMoment;
}

export interface ScanMoment {
  /** ISO 8601, as the input has it. */
  scannedAt?: string;
  device?: string;
}

/** A block in this thread, with the batch that it came from. */
export interface RereadBlock extends ReadBlock {
  batch: Batch;
}

/** The last step of every reader in this thread: one set of buffers serves all its blocks. */
export class BlockMaker {
  readonly #stock = new BufferStock();

  make(core: Core, batch: Batch, pass: Pass, read: number, lineOf: (row: number) => number): RereadBlock {
    const buffers = this.#stock.take();
    const result = blockResult(
      classify(core, batch, pass.universe, pass.options, buffers, pass.tails ?? null),
      this.#stock,
    );
    // The next block is made when this one has been dealt with.
    result.release();
    return { batch, result, read, position: 0, lineOf };
  }
}

/** Where a run goes on that was interrupted. */
export interface Resume {
  /** Of the last block that is done. */
  position: number;
  /** 1-based, the first line that is not done. */
  line: number;
}

export interface CodeInput {
  readonly path: string;
  readonly format: string;
  /** Bytes on disk; of a stream, those that came. */
  readonly size: number;
  /** The bytes of the codes alone, for who decides how many threads they deserve; 0 when this thread decodes them anyway. */
  readonly bytes: number;
  /** Its lines come while it is read: {@link classified} can be asked for once. */
  readonly isOnce?: true;
  /** All blocks in order, or those behind `from`, classified; lists run in the pool, several blocks at once. */
  classified(runner: Runner, core: Core, pass: Pass, from?: Resume): AsyncGenerator<ReadBlock>;
  /** All blocks in order, in this thread: after {@link classified}, for who prints lines. */
  reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock>;
}

/** A CSV with a column of codes. */
export class TableInput implements CodeInput {
  readonly format = 'csv';
  readonly bytes = 0;

  constructor(
    readonly path: string,
    readonly source: SourceForm,
    readonly signal?: AbortSignal,
  ) {}

  get size(): number {
    return this.source.size;
  }

  classified(_runner: Runner, core: Core, pass: Pass): AsyncGenerator<ReadBlock> {
    return this.reread(core, pass);
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    // Most inputs are lists, and need nothing of this.
    const { codesOf, readTable } = await import('../documents/table.js');
    const blocks = new BlockMaker();
    let read = 0;
    const onProgress = (bytes: number): void => {
      read = bytes;
    };
    for await (const { rows } of readTable(this.source, { signal: this.signal, onProgress })) {
      const batch = core.parseBatch(codesOf(rows), {
        trim: pass.trim,
        country: pass.country,
      });
      const block = blocks.make(core, batch, pass, read, (row) => rows[row].row);
      yield { ...block, scanOf: (row) => momentOf(rows[row]) };
    }
  }
}

/** The codes that an XML document names. */
export class DocumentInput implements CodeInput {
  /** One code a line, and the line of the document that each stands in. */
  readonly #bytes: Uint8Array;
  readonly #rows: Uint32Array;
  readonly bytes = 0;

  constructor(
    readonly path: string,
    readonly size: number,
    readonly model: DocumentModel,
  ) {
    const lists = model.lines.flatMap(({ codes, packages }) => [codes, packages]).filter(({ count }) => count > 0);
    this.#bytes = Buffer.concat(lists.map((list) => list.bytes()));
    this.#rows = new Uint32Array(lists.reduce((sum, { count }) => sum + count, 0));
    let at = 0;
    for (const list of lists) {
      this.#rows.set(list.rows(), at);
      at += list.count;
    }
  }

  get format(): string {
    return this.model.format;
  }

  classified(_runner: Runner, core: Core, pass: Pass): AsyncGenerator<ReadBlock> {
    return this.reread(core, pass);
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    const rows = this.#rows;
    if (rows.length === 0) return;
    const batch = core.parseBatch(this.#bytes, { trim: pass.trim, country: pass.country });
    yield new BlockMaker().make(core, batch, pass, this.size, (row) => rows[row]);
  }
}

function momentOf({ scan }: SnapshotRow): ScanMoment {
  const moment: ScanMoment = {};
  if (scan?.scannedAt !== undefined) moment.scannedAt = scan.scannedAt;
  const device = scan?.employee ?? scan?.warehouse;
  if (device !== undefined) moment.device = device;
  return moment;
}
