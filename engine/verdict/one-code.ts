/** One code through the core as a batch of one, without an object for it: the columns of row 0 say what it is. */
import type { Batch, Core } from '../../core/host/index.js';

const FRAME_HEAD = 2;
const FRAME_BYTES_MAX = 0xffff;
/** Room for any code; longer ones ask for more. */
const ROOM = 1 << 12;
const encoder = new TextEncoder();

export class OneCode {
  readonly #core: Core;
  readonly #options: Record<'any' | 'RU' | 'UZ', { trim: true; framing: 'u16'; country?: 'RU' | 'UZ' }> = {
    any: { trim: true, framing: 'u16' },
    RU: { trim: true, framing: 'u16', country: 'RU' },
    UZ: { trim: true, framing: 'u16', country: 'UZ' },
  };

  constructor(core: Core) {
    this.#core = core;
  }

  /** A batch of one row; good until the next call on the core. A frame may hold any byte, line ends too. */
  parse(code: string | Uint8Array, country: 'RU' | 'UZ' | undefined): Batch {
    const length = (typeof code === 'string' && this.#writeAscii(code)) || this.#write(bytesOf(code));
    return this.#core.parseInput(length, this.#options[country ?? 'any']);
  }

  /** Length of the frame; 0 when the text has characters beyond ASCII, or many. */
  #writeAscii(text: string): number {
    const { length } = text;
    if (length > ROOM - FRAME_HEAD) return 0;
    const input = this.#core.input(ROOM);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return 0;
      input[FRAME_HEAD + i] = unit;
    }
    return finishFrame(input, length);
  }

  #write(bytes: Uint8Array): number {
    const code = bytes.length > FRAME_BYTES_MAX ? withoutBlanks(bytes).subarray(0, FRAME_BYTES_MAX) : bytes;
    const input = this.#core.input(Math.max(ROOM, FRAME_HEAD + code.length));
    input.set(code, FRAME_HEAD);
    return finishFrame(input, code.length);
  }
}

function finishFrame(input: Uint8Array, length: number): number {
  input[0] = length & 0xff;
  input[1] = length >>> 8;
  return FRAME_HEAD + length;
}

const bytesOf = (code: string | Uint8Array): Uint8Array => (typeof code === 'string' ? encoder.encode(code) : code);

/** What the core would look at of bytes that no frame holds: too long for a code, unless they are blanks. */
function withoutBlanks(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09;
