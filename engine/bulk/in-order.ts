/** Runs the blocks of an input several at once and gives their results in the order of the input. */
import { isTamgaError, TamgaError } from '../errors.js';
import type { BlockResult } from './classify.js';
import type { ReadBlock } from './code-input.js';
import type { Block, Pass, Runner } from './runner.js';

/** A block, and what the run needs to know about it. */
export interface InputBlock {
  block: Block;
  /** Bytes of the input, as it is on disk, up to the end of the block. */
  read: number;
  /** Where a later run goes on behind the block: a byte of the input, decompressed. */
  position: number;
  /** Called when the block's bytes aren't needed any more. */
  done?: () => void;
}

/**
 * At most `runner.width` blocks are under way; no further one is asked for before the first of them is done and taken.
 * A result is good until the next one is asked for.
 */
export async function* inOrder(
  blocks: Iterable<InputBlock> | AsyncIterable<InputBlock>,
  runner: Runner,
  pass: Pass,
  path: string,
  firstLine: number,
): AsyncGenerator<ReadBlock> {
  const underWay: { result: Promise<BlockResult>; read: number; position: number }[] = [];
  let line = firstLine;
  let last: BlockResult | null = null;
  const { cancel } = pass;
  const settle = async (): Promise<ReadBlock> => {
    // Whoever took the block before has come back for the next one.
    last?.release();
    last = null;
    const first = line;
    const { result: promise, read, position } = underWay.shift() as (typeof underWay)[number];
    const placed = atLine(promise, path, first);
    const result = await (cancel ? cancel.unlessRaised(placed, path) : placed);
    line += result.lines;
    last = result;
    return { result, read, position, lineOf: (row) => first + row };
  };
  try {
    for await (const { block, read, position, done } of blocks) {
      const result = runner.run(block, pass);
      // It may fail while an earlier block is waited for, or after nobody waits any more: that must not end the process.
      result.catch(() => undefined).then(done);
      underWay.push({ result, read, position });
      if (underWay.length >= runner.width) yield await settle();
    }
    while (underWay.length > 0) yield await settle();
  } finally {
    // Blocks of a cancelled run end by themselves, after a part of theirs; a worker that is only starting is not waited for.
    if (!cancel?.raised) await Promise.allSettled(underWay.map(({ result }) => result));
  }
}

/** A block's failure names the line within it; here the lines before it are known. */
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
