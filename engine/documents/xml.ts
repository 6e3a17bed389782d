import { SaxesParser } from 'saxes';
import { TamgaError } from '../errors.js';
import { DOCUMENT_LIMITS } from './limits.js';
import type { SourceForm } from './source.js';
import { StrictDecoder, type TextEncoding } from './text-encoding.js';

/** Who hears of the elements. Lines are 1-based. */
export interface XmlSink {
  /** `attributes` has no prototype and is the sink's to keep. */
  open(name: string, attributes: Record<string, string>, line: number): void;
  /** A piece of character data: an element's text may come in several. */
  text(piece: string): void;
  close(line: number): void;
}

/** The XML prolog is shorter than this. */
const PROLOG_BYTES = 256;
/** Pieces in which the parser is fed: the guard against endless tokens looks between them. */
const PIECE_BYTES = 64 * 1024;
const UTF8_NAMES = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const WINDOWS_1251_NAMES = new Set(['windows-1251', 'windows1251', 'cp1251', 'cp-1251', 'win-1251']);

/**
 * Streams an XML file into a sink. Only the five predefined entities and numeric references are decoded; nothing external is ever read.
 *
 * Errors: FILE_ENCODING (declared encoding other than UTF-8 and windows-1251, or bytes it lacks); XML_FORBIDDEN (a DOCTYPE, or over the
 * limits of depth, attributes, text); XML_BROKEN (not well-formed, cut off) with line and column; and those of the bytes.
 */
export async function readXml(source: SourceForm, bytes: AsyncIterable<Buffer>, sink: XmlSink): Promise<void> {
  const reader = new XmlReader(source.path, sink);
  let prolog: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (prolog === undefined) reader.write(chunk);
    else {
      prolog = Buffer.concat([prolog, chunk]);
      if (prolog.length < PROLOG_BYTES) continue;
      reader.begin(source.bom ? 'utf-8' : declaredEncoding(prolog, source.path));
      reader.write(prolog);
      prolog = undefined;
    }
  }
  if (prolog !== undefined) {
    reader.begin(source.bom ? 'utf-8' : declaredEncoding(prolog, source.path));
    reader.write(prolog);
  }
  reader.end();
}

class XmlReader {
  readonly #parser = new SaxesParser<{ xmlns: false; position: false }>({
    xmlns: false,
    position: false,
  });
  #decoder: StrictDecoder | undefined;
  #depth = 0;
  #attributes = 0;
  /** UTF-16 units fed since the parser last reported anything. */
  #silent = 0;

  constructor(
    private readonly path: string,
    sink: XmlSink,
  ) {
    const parser = this.#parser;
    // Not an eighth handler: the parser stores each as a property of its own, and one more turns it into a dictionary, four times slower.
    parser.on('attribute', ({ name, value }) => {
      this.#silent = 0;
      if (++this.#attributes > DOCUMENT_LIMITS.xmlAttributes)
        this.#forbid('too many attributes', DOCUMENT_LIMITS.xmlAttributes);
      if (value.length > DOCUMENT_LIMITS.xmlText)
        this.#forbid(`attribute ${name.slice(0, 80)} too long`, DOCUMENT_LIMITS.xmlText);
    });
    parser.on('opentag', (tag) => {
      this.#silent = 0;
      this.#attributes = 0;
      if (++this.#depth > DOCUMENT_LIMITS.xmlDepth)
        this.#forbid(`elements nested ${this.#depth} deep`, DOCUMENT_LIMITS.xmlDepth);
      sink.open(tag.name, tag.attributes, parser.line);
    });
    parser.on('closetag', () => {
      this.#silent = 0;
      this.#depth--;
      sink.close(parser.line);
    });
    const text = (piece: string) => {
      this.#silent = 0;
      if (piece.length > DOCUMENT_LIMITS.xmlText) this.#forbid('text too long', DOCUMENT_LIMITS.xmlText);
      if (this.#depth > 0) sink.text(piece);
    };
    parser.on('text', text);
    parser.on('cdata', text);
    parser.on('doctype', () => this.#forbid('a DOCTYPE declaration; send the document without it'));
    parser.on('error', (error) => {
      const words = error.message.replace(/\.$/, '');
      throw this.#broken(
        `${words}${/disallowed character\b/.test(words) && !/name|tag/.test(words) ? CONTROL_HINT : ''}`,
      );
    });
  }

  begin(encoding: TextEncoding): void {
    this.#decoder = new StrictDecoder(encoding, this.path, () => this.#parser.line - 1);
  }

  write(chunk: Buffer): void {
    const decoder = this.#decoder!;
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const piece = decoder.decode(chunk.subarray(start, start + PIECE_BYTES));
      if (piece === '') continue;
      this.#silent += piece.length;
      this.#parser.write(piece);
      // After the last report there is at most this piece's rest, so the bound on a token is the limit and one piece.
      if (this.#silent > DOCUMENT_LIMITS.xmlText + PIECE_BYTES)
        this.#forbid('a text, tag or comment too long', DOCUMENT_LIMITS.xmlText);
    }
  }

  end(): void {
    this.#decoder!.end();
    this.#parser.close();
  }

  #forbid(detail: string, limit?: number): never {
    const { line, columnIndex: column } = this.#parser;
    throw new TamgaError('XML_FORBIDDEN', {
      path: this.path,
      line,
      column,
      detail,
      ...(limit !== undefined && { limit: `${limit}` }),
    });
  }

  #broken(detail: string): TamgaError {
    return new TamgaError('XML_BROKEN', {
      path: this.path,
      line: this.#parser.line,
      column: this.#parser.columnIndex,
      detail,
    });
  }
}

/** The usual cause in practice: somebody put a full code with its separators into the document. */
const CONTROL_HINT = '; a code stands in XML without separators (0x1D) and without its crypto tail';

function declaredEncoding(prolog: Buffer, path: string): TextEncoding {
  const head = prolog.toString('latin1', 0, PROLOG_BYTES);
  const name = /^<\?xml\b[^>]*?\sencoding\s*=\s*["']([^"'>]{1,40})["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  if (UTF8_NAMES.has(name)) return 'utf-8';
  if (WINDOWS_1251_NAMES.has(name)) return 'windows-1251';
  throw new TamgaError('FILE_ENCODING', {
    path,
    line: 1,
    detail: `declared encoding ${name}; expected UTF-8 or windows-1251: convert the file`,
  });
}
