import { isUtf8 } from 'node:buffer';
import { TamgaError } from '../errors.js';

/** Encodings of the formats that are read: MDLP and modern lists, UPD and older Russian programs. */
export type TextEncoding = 'utf-8' | 'windows-1251';

/** The only byte that windows-1251 leaves undefined; the platform's decoder lets it through. */
const UNDEFINED_IN_1251 = 0x98;

/**
 * Decodes a stream of bytes piece by piece and refuses bytes that the encoding does not have: FILE_ENCODING with the line.
 * Characters that lie across two pieces are put together.
 */
export class StrictDecoder {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  /** Line feeds passed so far, to tell where a bad byte stands. */
  #lines = 0;

  constructor(
    readonly encoding: TextEncoding,
    private readonly path: string,
    /** Line feeds in all pieces before this one, if the caller knows them anyway; else they are counted. */
    private readonly linesBefore?: () => number,
  ) {
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  decode(bytes: Uint8Array): string {
    if (this.encoding === 'windows-1251') {
      const bad = bytes.indexOf(UNDEFINED_IN_1251);
      if (bad !== -1) this.#refuse(bytes.subarray(0, bad));
    }
    let text: string;
    try {
      text = this.#decoder.decode(bytes, { stream: true });
    } catch {
      this.#refuse(wellFormedStart(bytes));
    }
    if (this.linesBefore === undefined) this.#lines += lineFeeds(bytes);
    return text;
  }

  /** Call at the end: a text cut in the middle of a character is refused. */
  end(): void {
    try {
      this.#decoder.decode();
    } catch {
      this.#refuse(new Uint8Array(0));
    }
  }

  #refuse(before: Uint8Array): never {
    const line = (this.linesBefore?.() ?? this.#lines) + lineFeeds(before) + 1;
    throw new TamgaError('FILE_ENCODING', {
      path: this.path,
      line,
      detail: `a byte that ${this.encoding} does not have`,
    });
  }
}

/** Encoding of a text that declares none: UTF-8 when its beginning is, else windows-1251. The beginning may end inside a character. */
export function guessEncoding(head: Uint8Array): TextEncoding {
  for (let cut = 0; cut < 4 && cut <= head.length; cut++) {
    if (isUtf8(head.subarray(0, head.length - cut))) return 'utf-8';
  }
  return 'windows-1251';
}

/** Roughly what stands before the first malformed character: exact to the line, which is all that is told. */
function wellFormedStart(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  // The piece may begin inside a character of the piece before: those first bytes are not the fault.
  const bad = text.indexOf('\ufffd', bytes.length > 3 ? 3 : 0);
  return bad === -1 ? bytes.subarray(0, 0) : new TextEncoder().encode(text.slice(0, bad));
}

function lineFeeds(bytes: Uint8Array): number {
  let count = 0;
  // A plain loop: with short lines it is faster than a search for each.
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0x0a) count++;
  return count;
}
