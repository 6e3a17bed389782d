import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { TamgaError } from '../errors.js';
import { DOCUMENT_LIMITS } from './limits.js';
import { guessEncoding, StrictDecoder } from './text-encoding.js';

/** One line of a table: its cells, and the 1-based line where it begins. */
export interface TableRecord {
  cells: string[];
  line: number;
}

const QUOTE = 0x22;
/** Text split at once: its cells die young, before the garbage collector copies them (1 MiB pieces take twice the time). */
const PIECE_BYTES = 64 * 1024;

export interface RecordOptions {
  /** False reads every line with csv-parse, to compare. */
  splitPlain?: boolean;
}

/** Separator of a table, told from its first line. */
export type SeparatorOf = (firstLine: string) => string;

/**
 * Records of a delimited text, in batches. Blank lines are records of one empty cell.
 *
 * Lines are split by hand until the first field that begins with a quote; from that line on csv-parse reads: it knows quoting, and is
 * six times slower. For lines without quoted fields the two agree, which a test holds.
 *
 * Errors: CSV_BROKEN (quoting) and LINE_TOO_LONG, with the line; FILE_ENCODING.
 */
export async function* readRecords(
  path: string,
  bytes: AsyncIterable<Buffer>,
  separatorOf: SeparatorOf,
  { splitPlain = true }: RecordOptions = {},
): AsyncGenerator<TableRecord[]> {
  const texts = decoded(path, bytes);
  let carry = '';
  let separator: string | undefined;
  let line = 1;
  for await (const text of texts) {
    const lines = (carry + text).split('\n');
    carry = lines.pop()!;
    if (carry.length > DOCUMENT_LIMITS.tableLine) throw tooLong(path, line + lines.length);
    if (lines.length === 0) continue;
    separator ??= separatorOf(lines[0]!);
    const batch: TableRecord[] = [];
    for (let i = 0; i < lines.length; i++) {
      const cells = splitPlain ? plainCells(lines[i]!, separator) : undefined;
      if (cells === undefined) {
        if (batch.length > 0) yield batch;
        const rest = `${lines.slice(i).join('\n')}\n${carry}`;
        yield* quotedRecords(path, rest, texts, separator, line);
        return;
      }
      if (lines[i]!.length > DOCUMENT_LIMITS.tableLine) throw tooLong(path, line);
      batch.push({ cells, line });
      line++;
    }
    yield batch;
  }
  if (carry === '') return;
  separator ??= separatorOf(carry);
  const cells = splitPlain ? plainCells(carry, separator) : undefined;
  if (cells === undefined) yield* quotedRecords(path, carry, texts, separator, line);
  else yield [{ cells, line }];
}

/** Cells of a line without quoted fields; undefined when a field begins with a quote. A quote elsewhere is a character like any other. */
function plainCells(line: string, separator: string): string[] | undefined {
  const cells = (line.endsWith('\r') ? line.slice(0, -1) : line).split(separator);
  if (!line.includes('"')) return cells;
  for (const cell of cells) if (cell.charCodeAt(0) === QUOTE) return undefined;
  return cells;
}

/** Records by csv-parse, of `first` and then all that `texts` still has. */
async function* quotedRecords(
  path: string,
  first: string,
  texts: AsyncIterable<string>,
  separator: string,
  firstLine: number,
): AsyncGenerator<TableRecord[]> {
  // Where the record after the last whole one begins; kept by the parser's own pace, so that an error finds it right.
  let line = firstLine;
  // Lines of the records that the parser has ready.
  const ready: number[] = [];
  const parser = parse({
    delimiter: separator,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: DOCUMENT_LIMITS.tableLine,
    on_record: (cells: string[]) => {
      ready.push(line);
      line += 1 + cells.reduce((sum, cell) => sum + lineFeeds(cell), 0);
      return cells;
    },
  });
  // `pipeline` hands an error of the texts on to the parser, where the loop below meets it.
  pipeline(Readable.from(joined(first, texts)), parser, () => {});
  let batch: TableRecord[] = [];
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      batch.push({ cells, line: ready.shift()! });
      if (batch.length === DOCUMENT_LIMITS.tableBatchRows) {
        yield batch;
        batch = [];
      }
    }
  } catch (error) {
    throw asTableError(error, path, line);
  } finally {
    parser.destroy();
  }
  if (batch.length > 0) yield batch;
}

async function* joined(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

async function* decoded(path: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: StrictDecoder | undefined;
  for await (const chunk of bytes) {
    decoder ??= new StrictDecoder(guessEncoding(chunk), path);
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      yield decoder.decode(chunk.subarray(start, start + PIECE_BYTES));
    }
  }
  decoder?.end();
}

/** `line` is where the record after the last good one begins. */
function asTableError(error: unknown, path: string, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_MAX_RECORD_SIZE') return tooLong(path, line);
  return new TamgaError('CSV_BROKEN', { path, line, detail: error.message }, { cause: error });
}

function tooLong(path: string, line: number): TamgaError {
  return new TamgaError('LINE_TOO_LONG', { path, line, limit: `${DOCUMENT_LIMITS.tableLine} characters` });
}

function lineFeeds(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}
