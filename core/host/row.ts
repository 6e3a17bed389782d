// From the row of a batch to what a person or program is told about its code: strings are made here, and only on request.
import { type Columns, FLAGS } from './columns.js';
import { CODE_ERRORS, type CodeErrorName } from './errors.js';
import { structureId } from './formats.js';
import type { CoreExports, Layout } from './module.js';
import {
  codeError,
  failedCode,
  minuteToText,
  neededAis,
  type ParsedCode,
  type ParsedCodeError,
} from './parsed-code.js';

/** Where a row stands. */
export interface RowSource {
  readonly exports: CoreExports;
  readonly layout: Layout;
  readonly columns: Columns;
  /** All of memory. */
  readonly memory: Uint8Array;
  readonly inputStart: number;
  /** The line when it is known to be ASCII and in a string already. */
  readonly text?: string | undefined;
}

/** The code of a row. */
export function readRow(source: RowSource, row: number): ParsedCode {
  const { columns, layout } = source;
  const error = columns.error[row]!;
  if (error !== 0) return failedCode(readError(source, row));
  const start = columns.offset[row]!;
  const line = source.text ?? lineOf(source, row);
  const text = (offset: Uint32Array, size: Uint8Array): string | null => {
    const from = offset[row]! - start;
    return size[row] === 0 ? null : line.slice(from, from + size[row]!);
  };
  const flags = columns.flags[row]!;
  const kind = columns.kind[row]!;
  const number = columns.gtin[row]!;
  const gtin = number < 0 ? null : String(number).padStart(14, '0');
  const identity = text(columns.serialOffset, columns.serialLength);
  const tail = text(columns.tailOffset, columns.tailLength);
  const code: ParsedCode = {
    ok: true,
    ais: (flags & FLAGS.elementString) !== 0 ? readElements(source, row, line) : [],
    format: structureId(columns.format[row]!),
    kind: kind === layout.KIND_UNIT ? 'unit' : kind === layout.KIND_PACKAGE ? 'package' : null,
    gtin,
    serial: kind === layout.KIND_UNIT && gtin !== null ? identity : null,
    tail: tail === null ? null : { keyId: text(columns.keyIdOffset, columns.keyIdLength), value: tail },
    key: kind === layout.KIND_NONE ? null : gtin === null ? identity : `${gtin}${identity}`,
  };
  if (kind === layout.KIND_PACKAGE && identity !== null) code.sscc = identity;
  if (columns.expiry[row]! >= 0) code.expiry = minuteToText(columns.expiry[row]!);
  if (columns.production[row]! >= 0) code.production = minuteToText(columns.production[row]!).slice(0, 10);
  if (columns.weight[row]! >= 0) code.weight = columns.weight[row]!;
  if (columns.volume[row]! >= 0) code.volume = columns.volume[row]!;
  if (columns.price[row]! >= 0) code.price = columns.price[row]!;
  if ((flags & FLAGS.ambiguous) !== 0) code.ambiguous = true;
  if ((flags & FLAGS.templateMismatch) !== 0) code.templateMismatch = true;
  return code;
}

/** Errors that look at single bytes, each its own way: of those at one place the first that was met is enough. */
const OF_CHARACTERS: ReadonlySet<CodeErrorName> = new Set(['BAD_CHARACTERS', 'CARET']);

/**
 * Every fault of a row's code: the one that the column tells first, then, when the line is or should be an element string, the
 * others in the order of the checks; 1024 at most. Empty when the row has no error.
 */
export function readErrors(source: RowSource, row: number, elementsOnly: boolean): ParsedCodeError[] {
  if (source.columns.error[row] === 0) return [];
  const first = readError(source, row);
  if (first.code === 'EMPTY' || first.code === 'LINE_TOO_LONG') return [first];
  const faults = readFaults(source, row);
  const same = ({ code, position }: ParsedCodeError): boolean =>
    position === first.position && (code === first.code || OF_CHARACTERS.has(first.code));
  if (!elementsOnly && !faults.some(same)) return [first];
  return [first, ...faults.filter((fault) => !same(fault))];
}

function readError(source: RowSource, row: number): ParsedCodeError {
  const { columns } = source;
  const code = CODE_ERRORS[columns.error[row]!] as CodeErrorName;
  const position = columns.errorPosition[row]!;
  const listing = listFaults(source, row);
  const wanted = columns.error[row]!;
  const { faults } = listing;
  let other = 0;
  for (let i = 0; i < faults.length; i += 4) {
    if (faults[i] === wanted && faults[i + 1] === position) other = faults[i + 3]!;
  }
  return describe(source, listing, code, position, columns.errorLength[row]!, other);
}

function readFaults(source: RowSource, row: number): ParsedCodeError[] {
  const listing = listFaults(source, row);
  const errors: ParsedCodeError[] = [];
  for (let i = 0; i < listing.faults.length; i += 4) {
    const [number, position, length, other] = listing.faults.subarray(i, i + 4) as unknown as number[];
    errors.push(describe(source, listing, CODE_ERRORS[number!] as CodeErrorName, position!, length!, other!));
  }
  return errors;
}

/** What the core lists of a line, copied: rows of FAULTS and of ELEMENTS. */
interface Listing {
  readonly line: Uint8Array;
  readonly faults: Uint32Array;
  readonly elements: Uint32Array;
}

const NOTHING = new Uint32Array();

function listFaults(source: RowSource, row: number): Listing {
  const { exports, layout, memory } = source;
  const line = bytesOf(source, row);
  if (line.length === 0 || line.length > layout.LINE_MAX) return { line, faults: NOTHING, elements: NOTHING };
  const faults = exports.listFaults(row);
  const elements = exports.elementsListed();
  return {
    line,
    faults: new Uint32Array(memory.buffer, layout.FAULTS, faults * 4).slice(),
    elements: new Uint32Array(memory.buffer, layout.ELEMENTS, elements * 4).slice(),
  };
}

/** `other` is where another AI begins that the error is about. */
function describe(
  { layout }: RowSource,
  { line, elements }: Listing,
  code: CodeErrorName,
  position: number,
  length: number,
  other: number,
): ParsedCodeError {
  const found = line.subarray(position, position + Math.max(1, Math.min(length, FOUND_MAX)));
  const ai = aiAt(elements, line, position);
  const data = { ai, other: aiAt(elements, line, other), needed: neededAis(ai), limit: layout.LINE_MAX };
  return codeError(code, position, length, found, data);
}

/** What stands at the position is shown in messages up to this many bytes: longer than any value that a check is about. */
const FOUND_MAX = 90;

function bytesOf({ columns, memory, inputStart }: RowSource, row: number): Uint8Array {
  const start = inputStart + columns.offset[row]!;
  return memory.subarray(start, start + columns.length[row]!);
}

const decoder = new TextDecoder('latin1');

/** Short lines by hand: the decoder's call costs more than their bytes. */
const SHORT = 128;

function lineOf(source: RowSource, row: number): string {
  const length = source.columns.length[row]!;
  if (length > SHORT) return decoder.decode(bytesOf(source, row));
  const start = source.inputStart + source.columns.offset[row]!;
  let text = '';
  for (let i = start; i < start + length; i++) text += String.fromCharCode(source.memory[i]!);
  return text;
}

function readElements({ exports, layout, memory }: RowSource, row: number, line: string): [string, string][] {
  const count = exports.listElements(row);
  const table = new Uint32Array(memory.buffer, layout.ELEMENTS, count * 4);
  const elements: [string, string][] = [];
  for (let i = 0; i < table.length; i += 4) {
    const ai = table[i]!;
    const value = table[i + 2]!;
    elements.push([line.slice(ai, ai + table[i + 1]!), line.slice(value, value + table[i + 3]!)]);
  }
  return elements;
}

/** The AI whose element holds a position; `?` when the position is in none. */
function aiAt(elements: Uint32Array, line: Uint8Array, position: number): string {
  for (let i = elements.length - 4; i >= 0; i -= 4) {
    const [ai, length] = [elements[i]!, elements[i + 1]!];
    if (ai <= position) return decoder.decode(line.subarray(ai, ai + length));
  }
  return '?';
}
