/**
 * MessagePack of the few things that events are made of, written without an object on the way. What is short and plain is written by hand, the
 * rest by msgpackr: both give the same bytes, of which ids are made.
 */
import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, moreTypes: false });

const FIRST_BYTES = 1 << 16;
/** A larger buffer than an event may need is not kept. */
const KEPT_BYTES_MAX = 1 << 21;
/** Longer texts are encoded faster by a call. */
const SHORT_TEXT = 64;

/** Writes values one behind the other. */
export class MessagePack {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #end = 0;

  /** Forgets what was written; `head` bytes before it are the caller's. */
  begin(head: number): void {
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.#end = head;
  }

  /** Everything from the head on; good until the next {@link begin}. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Head of an array; its values follow. */
  array(length: number): void {
    this.#room(5);
    if (length < 0x10) this.#bytes[this.#end++] = 0x90 | length;
    else if (length < 0x1_0000) this.#end = this.#bytes.writeUInt16BE(length, this.#tag(0xdc));
    else this.#end = this.#bytes.writeUInt32BE(length, this.#tag(0xdd));
  }

  number(value: number): void {
    if (value < 0) {
      this.#append(packr.pack(value));
      return;
    }
    this.#room(9);
    const isWord = value >>> 0 === value;
    if (isWord && value < 0x80) this.#bytes[this.#end++] = value;
    else if (isWord && value < 0x100) this.#end = this.#bytes.writeUInt8(value, this.#tag(0xcc));
    else if (isWord && value < 0x1_0000) this.#end = this.#bytes.writeUInt16BE(value, this.#tag(0xcd));
    else if (isWord) this.#end = this.#bytes.writeUInt32BE(value, this.#tag(0xce));
    else this.#end = this.#bytes.writeDoubleBE(value, this.#tag(0xcb));
  }

  text(text: string): void {
    if (text.length < SHORT_TEXT) {
      this.#room(2 + text.length);
      const head = text.length < 0x20 ? 1 : 2;
      let at = this.#end + head;
      let units = 0;
      while (units < text.length) {
        const unit = text.charCodeAt(units);
        if (unit >= 0x80) break;
        this.#bytes[at++] = unit;
        units++;
      }
      if (units === text.length) {
        if (head === 1) {
          this.#bytes[this.#end] = 0xa0 | text.length;
        } else {
          this.#bytes[this.#end] = 0xd9;
          this.#bytes[this.#end + 1] = text.length;
        }
        this.#end = at;
        return;
      }
    }
    this.#append(packr.pack(text));
  }

  /** Bytes as they stand, or the words of a column, little-endian. */
  binary(value: Uint8Array | Int32Array): void {
    const length = value.byteLength;
    this.#room(5 + length);
    const bytes = this.#bytes;
    if (length < 0x100) this.#end = bytes.writeUInt8(length, this.#tag(0xc4));
    else if (length < 0x1_0000) this.#end = bytes.writeUInt16BE(length, this.#tag(0xc5));
    else this.#end = bytes.writeUInt32BE(length, this.#tag(0xc6));
    if (value instanceof Uint8Array) {
      bytes.set(value, this.#end);
      this.#end += length;
    } else {
      for (let i = 0; i < value.length; i++) this.#end = bytes.writeInt32LE(value[i], this.#end);
    }
  }

  /** Writes the byte that says what follows; gives where that is. */
  #tag(tag: number): number {
    this.#bytes[this.#end] = tag;
    return this.#end + 1;
  }

  #append(packed: Buffer): void {
    this.#room(packed.length);
    this.#bytes.set(packed, this.#end);
    this.#end += packed.length;
  }

  #room(more: number): void {
    if (this.#end + more <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#end + more));
    wider.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = wider;
  }
}
