/** Parsed codes as JSON lines. */
import {
  aiText,
  type Batch,
  type Columns,
  type Core,
  codeErrorMessage,
  FLAGS,
  type ListOptions,
  type ParsedCode,
  type ParseOptions,
  type RecoveryOptions,
  structureId,
} from '../../core/host/index.js';

/** What a line must be: a GS1 element string, or a marking code of a known structure; default: either. */
export type WantedForm = 'gs1' | 'marking';

/** How lines are parsed; `recover` and `all` take codes one by one. */
export type LineOptions = ParseOptions & ListOptions & RecoveryOptions;

const UNIT = 1;
const GS = 0x1d;
const LF = 0x0a;
const CR = 0x0d;
/** The predefined head of a unit: AI 01, 14 digits, AI 21. */
const SERIAL_AT = 18;
const TAIL_AIS: ReadonlySet<string> = new Set(['92', '93']);
const decoder = new TextDecoder('latin1');

/** JSON lines for a block of input lines. */
export interface ParsedBlock {
  text: string;
  /** Lines that are not ok. */
  failed: number;
}

/** One JSON line for each line of a block, in order; absent fields are left out. */
export function parsedLines(core: Core, bytes: Uint8Array, options: LineOptions, form?: WantedForm): ParsedBlock {
  const block = { text: '', failed: 0 };
  const format = form === 'gs1' ? 'gs1' : 'marking';
  if (options.recover || options.all) {
    for (const line of linesOf(bytes)) appendParsed(block, core.parse(line, { ...options, format }), form);
    return block;
  }
  // One string for the block: a slice of it costs a fraction of decoding each part for itself.
  const text = decoder.decode(bytes);
  const batch = core.parseBatch(bytes, { ...options, format });
  for (let row = 0; row < batch.count; row++) {
    const usual = form === 'gs1' ? elementString(batch, row, text) : usualUnit(batch.columns, row, text);
    if (usual === null) appendParsed(block, batch.at(row), form);
    else block.text += usual;
  }
  return block;
}

/** The lines of a block as the core cuts them. */
function* linesOf(bytes: Uint8Array): IterableIterator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    yield bytes.subarray(start, end > start && bytes[end - 1] === CR ? end - 1 : end);
    start = end + 1;
  }
}

/** The line of an element string, straight from the columns of its elements; `null` where there are none. */
function elementString(batch: Batch, row: number, text: string): string | null {
  const { elements } = batch;
  if (!elements || batch.columns.error[row] !== 0) return null;
  let ais = '';
  for (let e = elements.first[row]!; e < elements.first[row + 1]!; e++) {
    const at = elements.offset[e]!;
    const value = text.slice(at, at + elements.length[e]!);
    const quoted = value.includes('"') ? JSON.stringify(value) : `"${value}"`;
    ais += `${ais === '' ? '' : ','}["${aiText(elements.ai[e]!)}",${quoted}]`;
  }
  return `{"ok":true,"ais":[${ais}]}\n`;
}

/** Adds the line of one parsed code. `id` is the caller's own name of it. */
export function appendParsed(block: ParsedBlock, code: ParsedCode, form?: WantedForm, id?: unknown): void {
  const error = code.error ?? otherForm(code, form);
  if (error) appendFailure(block, error, id, code);
  else block.text += `${form === 'gs1' ? gs1Json(code, id) : okJson(code, id)}\n`;
}

/** Adds a line that says what is wrong. */
export function appendFailure(block: ParsedBlock, error: LineError, id?: unknown, of?: ParsedCode): void {
  const candidates = of?.candidates?.map((candidate) => present(candidate));
  block.text += `${JSON.stringify({ id, ok: false, error, errors: of?.errors, candidates })}\n`;
  block.failed++;
}

/** A code as an element string and nothing more. */
function gs1Json({ ok, ais, recovered }: ParsedCode, id: unknown): string {
  return JSON.stringify({ id, ok, ais, recovered });
}

function okJson(code: ParsedCode, id: unknown): string {
  return JSON.stringify({ id, ...present(code), errors: undefined });
}

/** What a code says, without what it doesn't. */
function present(code: ParsedCode) {
  const { tail } = code;
  return {
    ...code,
    format: code.format ?? undefined,
    kind: code.kind ?? undefined,
    gtin: code.gtin ?? undefined,
    serial: code.serial ?? undefined,
    tail: tail === null ? undefined : { keyId: tail.keyId ?? undefined, value: tail.value },
    key: code.key ?? undefined,
  };
}

/** What is wrong with a line, as it is printed. */
export interface LineError {
  code: string;
  /** Byte of the code, from 0. */
  position: number;
  /** Bytes that are wrong; absent when it is not a matter of bytes. */
  length?: number;
  message: string;
}

/** A code that is well formed, but not what was asked for. */
function otherForm(code: ParsedCode, form: WantedForm | undefined): LineError | null {
  if (form !== 'marking') return null;
  if (code.key === null) {
    return { code: 'UNKNOWN_CODE_TYPE', position: 0, message: codeErrorMessage('UNKNOWN_CODE_TYPE') };
  }
  if (code.templateMismatch) {
    const message = 'AI 01 and AI 21, but the lengths of serial and check part are those of no marking code in effect.';
    return { code: 'TEMPLATE_MISMATCH', position: 0, message };
  }
  return null;
}

/**
 * The line of a unit of the usual make, 01 + 21 [+ 91] [+ 92 or 93] and nothing else, straight from the columns: the elements are known
 * when they fill the line. `null` for every other line, which takes the way of {@link appendParsed}; both give the same text.
 */
function usualUnit(columns: Columns, row: number, text: string): string | null {
  const unusual = FLAGS.ambiguous | FLAGS.templateMismatch;
  if (columns.error[row] !== 0 || columns.kind[row] !== UNIT) return null;
  if ((columns.flags[row]! & (unusual | FLAGS.elementString)) !== FLAGS.elementString) return null;
  if (columns.price[row]! >= 0 || columns.weight[row]! >= 0 || columns.volume[row]! >= 0) return null;
  if (columns.expiry[row]! >= 0 || columns.production[row]! >= 0) return null;
  const start = columns.offset[row]!;
  const end = start + columns.length[row]!;
  const serialAt = columns.serialOffset[row]!;
  if (serialAt !== start + SERIAL_AT || !text.startsWith('01', start) || !text.startsWith('21', serialAt - 2))
    return null;
  const gtin = text.slice(start + 2, start + 16);
  let at = serialAt + columns.serialLength[row]!;
  const serial = text.slice(serialAt, at);
  let ais = `["01","${gtin}"],["21","${serial}"]`;
  let tail = '';
  if (columns.keyIdLength[row] !== 0) {
    const keyIdAt = columns.keyIdOffset[row]!;
    if (keyIdAt !== at + 3 || text.charCodeAt(at) !== GS || !text.startsWith('91', at + 1)) return null;
    at = keyIdAt + columns.keyIdLength[row]!;
    const keyId = text.slice(keyIdAt, at);
    ais += `,["91","${keyId}"]`;
    tail = `"keyId":"${keyId}",`;
  }
  if (columns.tailLength[row] !== 0) {
    const tailAt = columns.tailOffset[row]!;
    const ai = text.slice(at + 1, at + 3);
    if (tailAt !== at + 3 || text.charCodeAt(at) !== GS || !TAIL_AIS.has(ai)) return null;
    at = tailAt + columns.tailLength[row]!;
    const value = text.slice(tailAt, at);
    ais += `,["${ai}","${value}"]`;
    tail = `,"tail":{${tail}"value":"${value}"}`;
  } else if (tail !== '') {
    return null;
  }
  if (at !== end || needsEscape(text, start, end)) return null;
  const format = structureId(columns.format[row]!);
  return `{"ok":true,"ais":[${ais}],"format":"${format}","kind":"unit","gtin":"${gtin}","serial":"${serial}"${tail},"key":"${gtin}${serial}"}\n`;
}

/** Quotes and backslashes; well-formed elements hold no controls, and the separators between them aren't copied. */
function needsEscape(text: string, start: number, end: number): boolean {
  const line = text.slice(start, end);
  return line.includes('"') || line.includes('\\');
}
