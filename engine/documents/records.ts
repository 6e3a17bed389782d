import papaparse from 'papaparse';
import { TamgaError } from '../errors.js';
import { DOCUMENT_LIMITS } from './limits.js';
import { guessEncoding, StrictDecoder } from './text-encoding.js';

/** One line of a table: its cells, and the 1-based line where it begins. */
export interface TableRecord {
  cells: string[];
  line: number;
}

/** Text split at once: its cells die young, before the garbage collector copies them (1 MiB pieces take twice the time). */
const PIECE_BYTES = 64 * 1024;

/** Separator of a table, told from its first line. */
export type SeparatorOf = (firstLine: string) => string;

/** What papaparse's parser gives; its types leave this open. */
interface Parsed {
  data: string[][];
  errors: { type: string; message: string; row?: number }[];
  meta: { cursor: number };
}

/**
 * Records of a delimited text, in batches. Blank lines are records of one empty cell; CR LF and LF both end a line.
 * A field that begins with a quote goes on to the closing quote, over line ends too; a quote elsewhere is a character like any other.
 *
 * Errors: CSV_BROKEN (quoting) and LINE_TOO_LONG, with the line; FILE_ENCODING.
 */
export async function* readRecords(
  path: string,
  bytes: AsyncIterable<Buffer>,
  separatorOf: SeparatorOf,
): AsyncGenerator<TableRecord[]> {
  let carry = '';
  let line = 1;
  let parser: papaparse.Parser | undefined;
  for await (const text of withLineFeeds(decoded(path, bytes))) {
    const input = carry + text;
    if (!parser) {
      const end = input.indexOf('\n');
      if (end < 0 && input.length <= DOCUMENT_LIMITS.tableLine) {
        carry = input;
        continue;
      }
      parser = parserFor(separatorOf(input.slice(0, end < 0 ? input.length : end)));
    }
    const parsed = parser.parse(input, 0, true) as Parsed;
    carry = input.slice(parsed.meta.cursor);
    const batch = numbered(path, parsed, line);
    line = batch.next;
    if (carry.length > DOCUMENT_LIMITS.tableLine) throw tooLong(path, line);
    if (batch.records.length > 0) yield batch.records;
  }
  if (carry === '') return;
  parser ??= parserFor(separatorOf(carry));
  const { records } = numbered(path, parser.parse(carry, 0, false) as Parsed, line);
  if (records.length > 0) yield records;
}

function parserFor(separator: string): papaparse.Parser {
  return new papaparse.Parser({
    delimiter: separator,
    newline: '\n',
    quoteChar: '"',
  });
}

/** Rows with the lines where they begin; `next` is the line after them. */
function numbered(path: string, { data, errors }: Parsed, first: number): { records: TableRecord[]; next: number } {
  const broken = errors.find(({ type }) => type === 'Quotes');
  const records: TableRecord[] = [];
  let line = first;
  for (const [row, cells] of data.entries()) {
    if (broken && (broken.row ?? 0) <= row) break;
    if (cells.length * 2 > DOCUMENT_LIMITS.tableLine) throw tooLong(path, line);
    records.push({ cells, line });
    line++;
    for (const cell of cells) {
      if (cell.length > DOCUMENT_LIMITS.tableLine) throw tooLong(path, line - 1);
      line += lineFeeds(cell);
    }
  }
  if (broken) throw new TamgaError('CSV_BROKEN', { path, line, detail: broken.message });
  return { records, next: line };
}

/** The same text with LF for CR LF, also where a piece ends between the two. */
async function* withLineFeeds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of texts) {
    const text = held + piece;
    held = text.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? text : text.slice(0, -1);
    yield whole.includes('\r') ? whole.replaceAll('\r\n', '\n') : whole;
  }
  if (held !== '') yield held;
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

function tooLong(path: string, line: number): TamgaError {
  return new TamgaError('LINE_TOO_LONG', {
    path,
    line,
    limit: `${DOCUMENT_LIMITS.tableLine} characters`,
  });
}

function lineFeeds(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}
