/**
 * A block of the journal: scans of one session that were committed together.
 *
 * ```
 * head   | version u8 | kind u8 | devices u16 | scans u32 |
 * device | length u8 | name, ASCII |                                                        one each
 * scan   | device u16 | seq u32 | time u48 | outcome u8 | flags u8 | ordinal u32 | length u16 | code, UTF-8 |
 * ```
 * Numbers are little-endian. `device` counts in the block; `time` is milliseconds since 1970; `outcome` is its place in OUTCOMES; flags: bits 0 and 1
 * the answer (0 no, 1 yes, 2 unknown), bit 2 a repetition; `ordinal` is the code's in the register, 0 none. A block of kind 1 has no scans: the session ends.
 */
import { OUTCOMES } from '../reconcile/outcomes.js';
import { CODE_BYTES_MAX } from './limits.js';

/** One scan as it is kept. */
export interface KeptScan {
  device: string;
  seq: number;
  /** Milliseconds since 1970. */
  time: number;
  /** The code as scanned. */
  code: string;
  /** Place in OUTCOMES. */
  outcome: number;
  /** Place in {@link ALLOWS}. */
  allow: number;
  /** The session had this code before. */
  repeated: boolean;
  /** Number of the code in the register when it was scanned; 0: not in it. */
  ordinal: number;
}

export const ALLOWS = ['no', 'yes', 'unknown'] as const;

const VERSION = 1;
const KIND = { scans: 0, end: 1 } as const;
const HEAD_BYTES = 8;
const SCAN_BYTES = 20;
const ALLOW_BITS = 3;
const REPEATED = 4;
/** A block of a lone scan is small, and most are. */
const START_BYTES = 512;

/** Gathers the scans of the next block. */
export class BlockWriter {
  #bytes = Buffer.allocUnsafeSlow(START_BYTES);
  #end = 0;
  readonly #devices = new Map<string, number>();
  #names = 0;
  count = 0;

  /** Bytes of the scans so far. */
  get size(): number {
    return this.#end;
  }

  add({ device, seq, time, code, outcome, allow, repeated, ordinal }: KeptScan): void {
    // A UTF-16 unit has at most three bytes of UTF-8.
    const codeRoom = Math.min(code.length * 3, CODE_BYTES_MAX);
    this.#room(SCAN_BYTES + codeRoom);
    let number = this.#devices.get(device);
    if (number === undefined) {
      number = this.#devices.size;
      this.#devices.set(device, number);
      this.#names += 1 + device.length;
    }
    const bytes = this.#bytes;
    const at = this.#end;
    const length = bytes.write(code, at + SCAN_BYTES, codeRoom, 'utf8');
    bytes.writeUInt16LE(number, at);
    bytes.writeUInt32LE(seq, at + 2);
    bytes.writeUIntLE(time, at + 6, 6);
    bytes[at + 12] = outcome;
    bytes[at + 13] = allow | (repeated ? REPEATED : 0);
    bytes.writeUInt32LE(ordinal, at + 14);
    bytes.writeUInt16LE(length, at + 18);
    this.#end = at + SCAN_BYTES + length;
    this.count++;
  }

  /** The block, in memory of its own; the writer is empty afterwards. */
  take(): Buffer {
    const scansAt = HEAD_BYTES + this.#names;
    const block = Buffer.allocUnsafeSlow(scansAt + this.#end);
    writeHead(block, KIND.scans, this.#devices.size, this.count);
    let at = HEAD_BYTES;
    for (const name of this.#devices.keys()) {
      block[at] = name.length;
      block.write(name, at + 1, 'latin1');
      at += 1 + name.length;
    }
    this.#bytes.copy(block, scansAt, 0, this.#end);
    if (this.#bytes.length > START_BYTES * 8 && this.#end < this.#bytes.length / 8) {
      this.#bytes = Buffer.allocUnsafeSlow(START_BYTES);
    }
    this.#end = 0;
    this.#names = 0;
    this.#devices.clear();
    this.count = 0;
    return block;
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafeSlow((this.#end + bytes) * 2);
    this.#bytes.copy(wider, 0, 0, this.#end);
    this.#bytes = wider;
  }
}

/** The block that ends a session. */
export function endBlock(): Buffer {
  const block = Buffer.alloc(HEAD_BYTES);
  writeHead(block, KIND.end, 0, 0);
  return block;
}

export type Block = { kind: 'scans'; scans: KeptScan[] } | { kind: 'end' };

/** A block's scans in order; `null` when the bytes are no block. */
export function readBlock(block: Uint8Array): Block | null {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return null;
  if (bytes[1] === KIND.end) return bytes.length === HEAD_BYTES ? { kind: 'end' } : null;
  if (bytes[1] !== KIND.scans) return null;
  const devices: string[] = [];
  let at = HEAD_BYTES;
  for (let left = bytes.readUInt16LE(2); left > 0; left--) {
    if (at >= bytes.length || at + 1 + bytes[at] > bytes.length) return null;
    devices.push(bytes.toString('latin1', at + 1, at + 1 + bytes[at]));
    at += 1 + bytes[at];
  }
  const count = bytes.readUInt32LE(4);
  if (count * SCAN_BYTES > bytes.length - at) return null;
  const scans: KeptScan[] = [];
  for (let i = 0; i < count; i++) {
    if (at + SCAN_BYTES > bytes.length) return null;
    const end = at + SCAN_BYTES + bytes.readUInt16LE(at + 18);
    const device = devices[bytes.readUInt16LE(at)];
    const allow = bytes[at + 13] & ALLOW_BITS;
    if (end > bytes.length || device === undefined || bytes[at + 12] >= OUTCOMES.length || allow >= ALLOWS.length)
      return null;
    scans.push({
      device,
      seq: bytes.readUInt32LE(at + 2),
      time: bytes.readUIntLE(at + 6, 6),
      code: bytes.toString('utf8', at + SCAN_BYTES, end),
      outcome: bytes[at + 12],
      allow,
      repeated: (bytes[at + 13] & REPEATED) !== 0,
      ordinal: bytes.readUInt32LE(at + 14),
    });
    at = end;
  }
  return at === bytes.length ? { kind: 'scans', scans } : null;
}

function writeHead(block: Buffer, kind: number, devices: number, scans: number): void {
  block[0] = VERSION;
  block[1] = kind;
  block.writeUInt16LE(devices, 2);
  block.writeUInt32LE(scans, 4);
}
