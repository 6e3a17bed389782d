import { createHash } from 'node:crypto';
import { TamgaError } from '../errors.js';
import type { DocumentBuilder, DocumentFamily, ReadContext } from './family.js';
import { Issues, shown } from './issues.js';
import { MDLP } from './mdlp.js';
import type { DocumentModel } from './model.js';
import { Repeats } from './repeats.js';
import { openBytes, type SourceForm, sniff } from './source.js';
import { UPD } from './upd.js';
import { readXml, type XmlSink } from './xml.js';

export interface ReadOptions {
  signal?: AbortSignal;
  /** Called with the bytes read from disk so far. */
  onProgress?: (bytes: number) => void;
}

/** Families by the name of their root element. */
const FAMILIES = new Map<string, DocumentFamily>([MDLP, UPD].map((family) => [family.root, family]));
/** Hex digits of the content hash in a document's id: 128 bits. */
const ID_DIGITS = 32;

/**
 * Reads an XML document of any known kind into the common model, as a stream: only the lists of codes grow.
 * What does not fit together inside a readable document is in the model's `issues`.
 *
 * Errors: DOCUMENT_UNKNOWN (not XML, or a root, action or КНД that is not read); DOCUMENT_INVALID (a required part is missing or malformed);
 * XML_BROKEN, XML_FORBIDDEN, FILE_ENCODING; CANCELLED; those of {@link sniff} and {@link openBytes}.
 */
export async function readDocument(source: SourceForm | string, options: ReadOptions = {}): Promise<DocumentModel> {
  if (options.signal?.aborted) throw new TamgaError('CANCELLED');
  const form = typeof source === 'string' ? await sniff(source) : source;
  if (form.content !== 'xml') {
    throw new TamgaError('DOCUMENT_UNKNOWN', {
      path: form.path,
      detail: `a ${form.content === 'csv' ? 'table' : 'list'}; expected ${known()}`,
    });
  }
  const { onProgress, signal } = options;
  const bytes = openBytes(form, signal, onProgress === undefined ? {} : { onProgress });
  const hash = createHash('sha256');
  const issues = new Issues();
  const repeats = new Repeats((list, index) => issues.add('CODE_REPEATED', shown(list.at(index)), list.rows()[index]!));
  const root = new RootSink({ path: form.path, issues, repeats });
  await readXml(form, hashed(bytes, hash), root);
  const model = root.finish();
  model.id = `${model.format}/${hash.digest('hex').slice(0, ID_DIGITS)}`;
  return model;
}

/** Hands the elements to the family that the root element names. */
class RootSink implements XmlSink {
  #builder: DocumentBuilder | undefined;

  constructor(private readonly context: ReadContext) {}

  open(name: string, attributes: Record<string, string>, line: number): void {
    this.#builder ??= this.#begin(name, line);
    this.#builder.open(name, attributes, line);
  }

  text(piece: string): void {
    this.#builder?.text(piece);
  }

  close(line: number): void {
    this.#builder?.close(line);
  }

  finish(): DocumentModel {
    this.context.repeats.finish();
    // A well-formed document has a root, so there is a builder.
    return this.#builder!.finish();
  }

  #begin(name: string, line: number): DocumentBuilder {
    const family = FAMILIES.get(name);
    if (family === undefined) {
      const detail = `root element ${name.slice(0, 80)}; expected ${known()}`;
      throw new TamgaError('DOCUMENT_UNKNOWN', {
        path: this.context.path,
        line,
        detail,
      });
    }
    return family.begin(this.context);
  }
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: { update(chunk: Buffer): unknown }): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

function known(): string {
  return [...FAMILIES.values()].map((family) => family.reads).join(', or ');
}
