/** A plain text file, one code a line, cut into byte ranges that the runner's threads read themselves. */
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import type { Core } from '../../core/host/index.js';
import { isHeaderLine } from '../documents/header-words.js';
import { TamgaError } from '../errors.js';
import { BlockMaker, type CodeInput, type ReadBlock, type RereadBlock, type Resume } from './code-input.js';
import { type InputBlock, inOrder } from './in-order.js';
import { cutRanges, readRange } from './range-reader.js';
import type { Pass, RangeFile, Runner } from './runner.js';

/** Bytes of a range: about 25 thousand full codes, so that a task outweighs its dispatch and workers end at about the same time. */
export const RANGE_BYTES = 2 << 20;
const BOM = [0xef, 0xbb, 0xbf];
const HEAD_BYTES = 4096;
const LF = 0x0a;

/** `path` is what the user named; `file` where the bytes are. */
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
    const { start, header } = listHead(headOf(file));
    this.#start = start;
    this.#firstLine = header ? 2 : 1;
  }

  /** Bytes of codes. */
  get bytes(): number {
    return this.#end - this.#start;
  }

  async *classified(runner: Runner, _core: Core, pass: Pass, from?: Resume): AsyncGenerator<ReadBlock> {
    const blocks = this.#blocks(from?.position ?? this.#start);
    yield* inOrder(blocks, runner, pass, this.path, from?.line ?? this.#firstLine);
    refuseChange(this.#file, this.path);
  }

  *#blocks(start: number): Generator<InputBlock> {
    for (const range of cutRanges(start, this.#end, RANGE_BYTES)) {
      const aligned = range.start === this.#start;
      yield { block: { ...this.#file, range: { ...range, aligned } }, read: range.end, position: range.end };
    }
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    refuseChange(this.#file, this.path);
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
        yield blocks.make(core, batch, pass, range.end, (row) => first + row);
      }
      refuseChange(this.#file, this.path);
    } finally {
      closeSync(file);
    }
  }
}

export const stampOf = ({ ino, mtimeMs, size }: Stats): string => `${ino}:${mtimeMs}:${size}`;

/** Throws FILE_CHANGED when the file isn't the one that was opened: lines and verdicts would not belong together. */
export function refuseChange({ path, stamp }: RangeFile, named: string): void {
  const now = statSync(path, { throwIfNoEntry: false });
  if (!now || stampOf(now) !== stamp) throw new TamgaError('FILE_CHANGED', { path: named });
}

/** Where the codes of a list begin: after a byte order mark and a header word. */
export function listHead(head: Uint8Array): { start: number; header: boolean } {
  const bom = BOM.every((byte, i) => head[i] === byte) ? BOM.length : 0;
  const end = head.indexOf(LF, bom);
  const stop = end < 0 ? head.length : end;
  if (isHeaderLine(head.subarray(bom, stop))) return { start: Math.min(stop + 1, head.length), header: true };
  return { start: bom, header: false };
}

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
