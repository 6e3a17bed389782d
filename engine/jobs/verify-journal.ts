/**
 * What a verification has settled, on disk, so that it goes on after a crash. Files only grow; a checkpoint says up to where they hold.
 *
 * ```
 * verdicts   one outcome a line; where tails are checked, verdicts.tails has the result of each
 * seen       frames: | length 4 | roaring bitmap, portable form | — the ordinals of a block
 * repeated   frames of the same form — ordinals of repeated codes, since the last checkpoint
 * strays     rows of the stray log
 * ```
 */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { strayRows } from '../bulk/stray-log.js';
import type { Settled, Verification } from '../bulk/verification.js';
import type { SettledBlock, VerifyJournal } from '../bulk/verify-file.js';
import { OUTCOME_NUMBER, OUTCOMES } from '../reconcile/outcomes.js';
import { registerError } from '../register/store.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { Checkpoint } from './job-store.js';

/** A flush to disk every so often costs nothing, and little is done again after a crash. */
export const CHECKPOINT_MS = 500;
const STRAY_ROW_BYTES = 24;
/** Rows read at once when a run goes on. */
const STRAY_BYTES_AT_ONCE = STRAY_ROW_BYTES << 14;

export class JobJournal implements VerifyJournal {
  readonly verdicts: string;
  readonly tailed: boolean;
  readonly earlier: VerifyJournal['earlier'];
  readonly #seen: GrowingFile;
  readonly #repeatedFile: GrowingFile;
  readonly #strays: GrowingFile;
  readonly #interval: number;
  readonly #save: (checkpoint: Checkpoint, read: number) => void;
  readonly #repeated = new RoaringBitmap32();
  #saved = performance.now();
  #unsaved: SettledBlock | null = null;

  /** Goes on behind `checkpoint`; `save` makes the next ones durable, together with whatever else belongs to them. `tailed`: tails are checked. */
  constructor(
    folder: string,
    tailed: boolean,
    checkpoint: Checkpoint | null,
    interval: number,
    save: (checkpoint: Checkpoint, read: number) => void,
  ) {
    this.verdicts = join(folder, 'verdicts');
    this.tailed = tailed;
    this.#seen = new GrowingFile(join(folder, 'seen'), checkpoint?.seenBytes ?? 0);
    this.#repeatedFile = new GrowingFile(join(folder, 'repeated'), checkpoint?.repeatedBytes ?? 0);
    this.#strays = new GrowingFile(join(folder, 'strays'), checkpoint?.strayBytes ?? 0);
    this.#interval = interval;
    this.#save = save;
    this.earlier = checkpoint && {
      from: { position: checkpoint.position, line: checkpoint.line },
      settled: this.#settled(checkpoint),
    };
  }

  onSettled(block: SettledBlock, verification: Verification): void {
    const { result, firstLine, next } = block;
    // Decoded inputs can only begin anew.
    if (next.position === 0) return;
    if (result.found.length > 0) this.#seen.append(frame(result.found));
    for (let i = 0; i < result.lines; i++) {
      if (result.outcomes[i] === OUTCOME_NUMBER.DUPLICATE) this.#repeated.add(result.ordinals[i]);
    }
    const rows = strayRows(result.strays, result.outcomes, 0, firstLine);
    this.#strays.append(new Uint8Array(rows.buffer, 0, rows.byteLength));
    this.#unsaved = block;
    if (performance.now() - this.#saved >= this.#interval) this.#checkpoint(block, verification);
  }

  onEnd(verification: Verification): void {
    if (this.#unsaved) this.#checkpoint(this.#unsaved, verification);
  }

  close(): void {
    for (const file of [this.#seen, this.#repeatedFile, this.#strays]) file.close();
  }

  #checkpoint(block: SettledBlock, verification: Verification): void {
    const { verdicts, counts, tails, tailCounts, registeredTails } = verification;
    if (this.#repeated.size > 0) this.#repeatedFile.append(frame(this.#repeated.serialize('portable')));
    this.#repeated.clear();
    verdicts.sync();
    tails?.sync();
    for (const file of [this.#seen, this.#repeatedFile, this.#strays]) file.sync();
    const { position, line } = block.next;
    const checkpoint: Checkpoint = {
      position,
      line,
      lines: verdicts.lines,
      counts: OUTCOMES.map((_, outcome) => counts.of(outcome)),
      tailCounts: tailCounts.byNumber,
      registeredTails: registeredTails.byNumber,
      seenBytes: this.#seen.size,
      repeatedBytes: this.#repeatedFile.size,
      strayBytes: this.#strays.size,
    };
    this.#save(checkpoint, block.read);
    this.#unsaved = null;
    this.#saved = performance.now();
  }

  #settled({ lines, counts, tailCounts, registeredTails }: Checkpoint): Settled {
    return {
      lines,
      counts: Float64Array.from(counts),
      tailCounts,
      registeredTails,
      seen: union(this.#seen),
      repeated: union(this.#repeatedFile),
      strays: rowsOf(this.#strays),
    };
  }
}

/** A file that is appended to, and cut to what is known to be good when it is opened. */
class GrowingFile {
  readonly #path: string;
  readonly #file: number;
  #size: number;

  constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
    try {
      this.#file = openSync(path, size === 0 ? 'w+' : 'r+');
      ftruncateSync(this.#file, size);
    } catch (error) {
      throw registerError(path, error);
    }
  }

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at, bytes.length - at, this.#size + at);
    } catch (error) {
      throw registerError(this.#path, error);
    }
    this.#size += bytes.length;
  }

  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const read = readSync(this.#file, bytes, at, length - at, position + at);
      if (read === 0) throw new Error(`${this.#path} is shorter than its checkpoint says`);
      at += read;
    }
    return bytes;
  }

  sync(): void {
    try {
      fdatasyncSync(this.#file);
    } catch (error) {
      throw registerError(this.#path, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function frame(bitmap: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + bitmap.length);
  new DataView(bytes.buffer).setUint32(0, bitmap.length, true);
  bytes.set(bitmap, 4);
  return bytes;
}

function union(file: GrowingFile): RoaringBitmap32 {
  const all = new RoaringBitmap32();
  for (let at = 0; at < file.size; ) {
    const length = new DataView(file.read(at, 4).buffer).getUint32(0, true);
    all.orInPlace(RoaringBitmap32.deserialize(file.read(at + 4, length), 'portable'));
    at += 4 + length;
  }
  return all;
}

function* rowsOf(file: GrowingFile): Generator<Uint32Array> {
  const { size } = file;
  for (let at = 0; at < size; at += STRAY_BYTES_AT_ONCE) {
    yield new Uint32Array(file.read(at, Math.min(STRAY_BYTES_AT_ONCE, size - at)).buffer);
  }
}
