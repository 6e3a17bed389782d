/**
 * Lists that can't be cut into ranges: a .gz, and the standard input. They are decompressed once for every reading, in the background, and
 * handed to the runner's threads in blocks of shared memory; nothing waits for the end of the stream.
 */
import { statSync } from 'node:fs';
import type { Core } from '../../core/host/index.js';
import { openBytes, type SourceForm } from '../documents/source.js';
import type { Spool } from '../run-folder.js';
import { copyParts } from './block-task.js';
import { BlockMaker, type CodeInput, type ReadBlock, type RereadBlock, type Resume } from './code-input.js';
import { type InputBlock, inOrder } from './in-order.js';
import { ListInput, listHead, refuseChange, stampOf } from './list-input.js';
import type { Pass, RangeFile, Runner } from './runner.js';
import { type SharedBlock, sharedBlocks } from './shared-blocks.js';

const HEAD_BYTES = 4096;
/** Lists of codes with tails compress about two to one, those without ten to one; it only decides whether workers are worth starting. */
const INFLATED = 3;

/** A .gz of a list. */
export class GzipListInput implements CodeInput {
  readonly format = 'list';
  readonly #file: RangeFile;

  constructor(
    readonly path: string,
    readonly source: SourceForm,
    readonly signal?: AbortSignal,
  ) {
    this.#file = { path: source.path, stamp: stampOf(statSync(source.path)) };
  }

  get size(): number {
    return this.source.size;
  }

  get bytes(): number {
    return this.source.size * INFLATED;
  }

  async *classified(runner: Runner, _core: Core, pass: Pass, from?: Resume): AsyncGenerator<ReadBlock> {
    const { chunks, read } = this.#open();
    const { blocks, firstLine, start } =
      from === undefined
        ? await withoutHead(sharedBlocks(chunks))
        : { blocks: sharedBlocks(behind(chunks, from.position)), firstLine: from.line, start: from.position };
    yield* inOrder(inputBlocks(this.path, blocks, read, start), runner, pass, this.path, firstLine);
    refuseChange(this.#file, this.path);
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    refuseChange(this.#file, this.path);
    const { chunks, read } = this.#open();
    const { blocks, firstLine } = await withoutHead(sharedBlocks(chunks));
    const maker = new BlockMaker();
    let line = firstLine;
    let number = 0;
    for await (const { memory, length, giveBack } of blocks) {
      for (const part of copyParts(core, { path: this.path, block: number++, memory, length })) {
        const batch = core.parseInput(part, { trim: pass.trim, country: pass.country });
        const first = line;
        line += batch.count;
        yield maker.make(core, batch, pass, read(), (row) => first + row);
      }
      giveBack();
    }
    refuseChange(this.#file, this.path);
  }

  #open(): { chunks: AsyncIterable<Uint8Array>; read: () => number } {
    let read = 0;
    const onProgress = (bytes: number): void => {
      read = bytes;
    };
    return { chunks: openBytes(this.source, this.signal, { onProgress }), read: () => read };
  }
}

/** A plain list that comes as a stream; it is kept in a spool file for who asks for its lines again. */
export class StreamedListInput implements CodeInput {
  readonly format = 'list';
  readonly isOnce = true;
  /** Nobody knows how much there is. */
  readonly bytes = Number.POSITIVE_INFINITY;
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #spool: Spool;
  #read = 0;

  /** `spool` is empty. */
  constructor(
    readonly path: string,
    chunks: AsyncIterable<Uint8Array>,
    spool: Spool,
  ) {
    this.#chunks = chunks;
    this.#spool = spool;
  }

  get size(): number {
    return this.#read;
  }

  async *classified(runner: Runner, _core: Core, pass: Pass): AsyncGenerator<ReadBlock> {
    const { blocks, firstLine, start } = await withoutHead(sharedBlocks(this.#kept()));
    const input = inputBlocks(this.path, blocks, () => this.#read, start);
    yield* inOrder(input, runner, pass, this.path, firstLine);
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    yield* new ListInput(this.path, this.#spool.path, this.#read).reread(core, pass);
  }

  async *#kept(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.#spool.append(chunk);
      this.#read += chunk.length;
      yield chunk;
    }
  }
}

async function* inputBlocks(
  path: string,
  blocks: AsyncIterable<SharedBlock>,
  read: () => number,
  start: number,
): AsyncGenerator<InputBlock> {
  let block = 0;
  let position = start;
  for await (const { memory, length, giveBack } of blocks) {
    position += length;
    yield { block: { path, block: block++, memory, length }, read: read(), position, done: giveBack };
  }
}

/** The bytes behind the first `position`. */
async function* behind(chunks: AsyncIterable<Uint8Array>, position: number): AsyncGenerator<Uint8Array> {
  let skipped = 0;
  for await (const chunk of chunks) {
    const from = Math.min(chunk.length, position - skipped);
    skipped += from;
    if (from < chunk.length) yield chunk.subarray(from);
  }
}

/** Blocks without what stands before the first code; where that begins, and its line. */
async function withoutHead(
  all: AsyncGenerator<SharedBlock>,
): Promise<{ blocks: AsyncGenerator<SharedBlock>; firstLine: number; start: number }> {
  const first = await all.next();
  if (first.done) return { blocks: all, firstLine: 1, start: 0 };
  const { memory, length, giveBack } = first.value;
  const { start, header } = listHead(new Uint8Array(memory, 0, Math.min(length, HEAD_BYTES)).slice());
  new Uint8Array(memory).copyWithin(0, start, length);
  const blocks = startingWith({ memory, length: length - start, giveBack }, all);
  return { blocks, firstLine: header ? 2 : 1, start };
}

async function* startingWith(first: SharedBlock, rest: AsyncGenerator<SharedBlock>): AsyncGenerator<SharedBlock> {
  try {
    if (first.length > 0) yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
