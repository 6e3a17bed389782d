/**
 * One input of a run as blocks of lines. A plain list is cut into byte ranges for the runner; everything that has to be decoded first
 * (XML, CSV) is decoded here and classified in this thread. Inputs that can't be read twice (gzip, a stream) are spooled to disk first.
 */
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import type { Batch, Core } from '../../core/host/index.js';
import { isHeaderLine } from '../documents/header-words.js';
import type { DocumentModel } from '../documents/model.js';
import type { SourceForm } from '../documents/source.js';
import { readTable, type SnapshotRow } from '../documents/table.js';
import { isTamgaError, TamgaError } from '../errors.js';
import { codesOf } from '../import/stage-table.js';
import { type BlockResult, blockResult, classify } from './classify.js';
import { BufferStock } from './line-buffers.js';
import { cutRanges, readRange } from './range-reader.js';
import type { Pass, RangeFile, Runner } from './runner.js';

/** Bytes of a range: about 25 thousand full codes, so that a task outweighs its dispatch and workers end at about the same time. */
export const RANGE_BYTES = 2 << 20;
const BOM = [0xef, 0xbb, 0xbf];
const HEAD_BYTES = 4096;

/** A block of classified lines; good until the next one is asked for. */
export interface ReadBlock {
  result: BlockResult;
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
class BlockMaker {
  readonly #stock = new BufferStock();

  make(core: Core, batch: Batch, pass: Pass, lineOf: (row: number) => number): RereadBlock {
    const buffers = this.#stock.take();
    const result = blockResult(classify(core, batch, pass.universe, pass.options, buffers), this.#stock);
    // The next block is made when this one has been dealt with.
    result.release();
    return { batch, result, lineOf };
  }
}

export interface CodeInput {
  readonly path: string;
  readonly format: string;
  readonly size: number;
  /** All blocks in order, classified; ranges run in the pool, several at once. */
  classified(runner: Runner, core: Core, pass: Pass): AsyncGenerator<ReadBlock>;
  /** All blocks in order, in this thread; */
  reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock>;
}

/** A plain text file, one code a line. `path` is what the user named; `file` where the bytes are. */
export class ListInput implements CodeInput {
  readonly format = 'list';
  readonly size: number;
  readonly #file: RangeFile;
  readonly #start: number;
  readonly #end: number;
  readonly #firstLine: number;

  constructor(
    readonly path: string,
    file: string,
    size: number,
  ) {
    const stat = statSync(file);
    this.size = size;
    this.#file = { path: file, stamp: stampOf(stat) };
    this.#end = stat.size;
    const { start, header } = head(file);
    this.#start = start;
    this.#firstLine = header ? 2 : 1;
  }

  /** Bytes of codes, decompressed. */
  get bytes(): number {
    return this.#end - this.#start;
  }

  async *classified(runner: Runner, _core: Core, pass: Pass): AsyncGenerator<ReadBlock> {
    const underWay: Promise<BlockResult>[] = [];
    let line = this.#firstLine;
    let last: BlockResult | null = null;
    const settle = async (): Promise<ReadBlock> => {
      // Whoever took the block before has come back for the next one.
      last?.release();
      const first = line;
      const result = await atLine(underWay.shift() as Promise<BlockResult>, this.path, first);
      line += result.lines;
      last = result;
      return { result, lineOf: (row) => first + row };
    };
    try {
      for (const range of cutRanges(this.#start, this.#end, RANGE_BYTES)) {
        if (underWay.length >= runner.width) yield await settle();
        const result = runner.run(this.#file, range, pass);
        // It may fail while an earlier range is waited for, or after nobody waits any more: that must not end the process.
        result.catch(() => undefined);
        underWay.push(result);
      }
      while (underWay.length > 0) yield await settle();
      this.#refuseChange();
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  /** Throws FILE_CHANGED when the file isn't the one that was opened: lines and verdicts would not belong together. */
  #refuseChange(): void {
    const now = statSync(this.#file.path, { throwIfNoEntry: false });
    if (!now || stampOf(now) !== this.#file.stamp) throw new TamgaError('FILE_CHANGED', { path: this.path });
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    this.#refuseChange();
    const file = openSync(this.#file.path, 'r');
    const blocks = new BlockMaker();
    try {
      let line = this.#firstLine;
      for (const range of cutRanges(this.#start, this.#end, RANGE_BYTES)) {
        const length = readRange(core, file, this.path, range);
        const batch = core.parseInput(length, {
          trim: pass.trim,
          country: pass.country,
        });
        const first = line;
        line += batch.count;
        yield blocks.make(core, batch, pass, (row) => first + row);
      }
      this.#refuseChange();
    } finally {
      closeSync(file);
    }
  }
}

/** A CSV with a column of codes. */
export class TableInput implements CodeInput {
  readonly format = 'csv';

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
    const blocks = new BlockMaker();
    for await (const { rows } of readTable(this.source, {
      signal: this.signal,
    })) {
      const batch = core.parseBatch(codesOf(rows), {
        trim: pass.trim,
        country: pass.country,
      });
      const block = blocks.make(core, batch, pass, (row) => rows[row].row);
      yield { ...block, scanOf: (row) => momentOf(rows[row]) };
    }
  }
}

/** The codes that an XML document names. */
export class DocumentInput implements CodeInput {
  /** One code a line, and the line of the document that each stands in. */
  readonly #bytes: Uint8Array;
  readonly #rows: Uint32Array;

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
    yield new BlockMaker().make(core, batch, pass, (row) => rows[row]);
  }
}

function momentOf({ scan }: SnapshotRow): ScanMoment {
  const moment: ScanMoment = {};
  if (scan?.scannedAt !== undefined) moment.scannedAt = scan.scannedAt;
  const device = scan?.employee ?? scan?.warehouse;
  if (device !== undefined) moment.device = device;
  return moment;
}

const stampOf = ({ ino, mtimeMs, size }: Stats): string => `${ino}:${mtimeMs}:${size}`;

/** Where the codes of a list begin: after a BOM and a header word. */
function head(path: string): { start: number; header: boolean } {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const bytes = buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
    const bom = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
    const end = bytes.indexOf(0x0a, bom);
    const stop = end < 0 ? bytes.length : end;
    if (isHeaderLine(bytes.subarray(bom, stop))) return { start: Math.min(stop + 1, bytes.length), header: true };
    return { start: bom, header: false };
  } finally {
    closeSync(file);
  }
}

/** A range's failure names the line within it; here the lines before it are known. */
async function atLine(promise: Promise<BlockResult>, path: string, firstLine: number): Promise<BlockResult> {
  try {
    return await promise;
  } catch (error) {
    if (isTamgaError(error) && error.data.line !== undefined) {
      throw new TamgaError(error.code, {
        ...error.data,
        path,
        line: firstLine - 1 + error.data.line,
      });
    }
    throw error;
  }
}
