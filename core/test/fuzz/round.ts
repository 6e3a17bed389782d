// One batch of the fuzzer: parse, look at every row, and at some rows alone.
import { isDeepStrictEqual } from 'node:util';
import {
  aiText,
  type Batch,
  type BatchOptions,
  type Core,
  identificationCode,
  identificationCodeAt,
  type ParsedCode,
  structureNumber,
} from '../../host/index.js';
import type { InputSource } from './inputs.js';
import { brokenElements, brokenPromise } from './promises.js';
import { brokenTail, tailAlone, verifyTails } from './tails.js';

/** What a batch showed. */
export interface RoundReport {
  inputs: number;
  bytes: number;
  /** Inputs that are well formed, and those that identify something. */
  wellFormed: number;
  identified: number;
  /** Rows compared with the code parsed alone, and rows that recovery was tried on. */
  alone: number;
  recovered: number;
  /** Rows whose tail a key decided, and those whose tail it made. */
  decided: number;
  genuine: number;
  failure: RoundFailure | null;
}

export interface RoundFailure {
  what: string;
  /** The input in hexadecimal, when it is one input's doing. */
  input: string | null;
  options: BatchOptions;
}

/** One row in so many is parsed alone; one in so many of these is recovered. Primes, so that no kind of input is left out. */
const ALONE_STEP = 199;
const RECOVER_STEP = 7;

const GS = '\u001d';
const NEWLINE = 0x0a;
const COUNTRIES = [undefined, 'RU', 'UZ'] as const;
const MOMENTS = [undefined, new Date('2026-11-21'), new Date('2099-12-31'), new Date('2000-01-01')];

/** Options of a batch, all combinations in turn. */
export function optionsOf(batch: number): BatchOptions {
  const pick = Math.floor(batch / 2);
  const country = COUNTRIES[pick % 3];
  const at = MOMENTS[Math.floor(pick / 3) % 4];
  return {
    format: batch % 2 === 0 ? 'marking' : 'gs1',
    framing: Math.floor(pick / 24) % 2 === 1 ? 'lines' : 'u16',
    trim: Math.floor(pick / 12) % 2 === 1,
    ...(country && { country }),
    ...(at && { at }),
  };
}

/** Runs a batch on `core`; `other` parses single codes. */
export function runRound(core: Core, other: Core, source: InputSource, seed: number, batch: number): RoundReport {
  const options = optionsOf(batch);
  const report: RoundReport = {
    inputs: source.inputs,
    bytes: 0,
    wellFormed: 0,
    identified: 0,
    alone: 0,
    recovered: 0,
    decided: 0,
    genuine: 0,
    failure: null,
  };
  const framed = source.bytes.subarray(0, source.fill(seed, batch));
  const bytes = options.framing === 'lines' ? toLines(framed) : framed;
  report.bytes = bytes.length;
  try {
    const parsed = core.parseBatch(bytes, options);
    report.failure = checkBatch(core, parsed, bytes, other, options, report);
  } catch (error) {
    report.failure = { what: String(error), input: blame(other, framed, options), options };
  }
  return report;
}

function checkBatch(
  core: Core,
  batch: Batch,
  bytes: Uint8Array,
  other: Core,
  options: BatchOptions,
  report: RoundReport,
): RoundFailure | null {
  const tails = verifyTails(core, batch);
  const { columns, count } = batch;
  const fail = (row: number, what: string): RoundFailure => ({
    what: `row ${row}: ${what}`,
    input: hex(batch.line(row)),
    options,
  });
  if (options.framing === 'u16' && count !== report.inputs) {
    return { what: `${count} rows of ${report.inputs} inputs`, input: null, options };
  }
  const { elements } = batch;
  if ((elements !== undefined) !== (options.format === 'gs1')) return { what: 'element columns', input: null, options };
  const broken =
    brokenPromise(columns, count, bytes.length) ?? (elements ? brokenElements(elements, columns, count) : null);
  if (broken !== null) return fail(broken.row, broken.promise);
  const brokenBy = brokenTail(tails, batch, report);
  if (brokenBy !== null) return fail(brokenBy.row, brokenBy.promise);
  for (let row = 0; row < count; row++) {
    if (columns.error[row] === 0) report.wellFormed++;
    if (columns.kind[row] !== 0) report.identified++;
  }
  for (let row = report.bytes % ALONE_STEP; row < count; row += ALONE_STEP) {
    const what =
      checkAlone(batch, row, other, options, report) ??
      (tailAlone(other, batch.line(row), options) === tails[row]
        ? null
        : 'its tail is another alone than in the batch');
    if (what !== null) return fail(row, what);
  }
  return null;
}

/** Compares a row with the code parsed alone, and what is made of both. */
function checkAlone(batch: Batch, row: number, other: Core, options: BatchOptions, report: RoundReport): string | null {
  const line = batch.line(row).slice();
  const code = batch.at(row);
  report.alone++;
  if (!isDeepStrictEqual(code, other.parse(line, options))) return 'the batch says another thing than the code alone';
  if (batch.elements && !isDeepStrictEqual(elementsOf(batch, row, line), code.ais))
    return 'element columns differ from AIs';
  if (identificationCodeAt(batch, row) !== identificationCode(code)) return 'two КИ of one code';
  if (code.ais.length > 0 && code.ais.flat().join('') !== Buffer.from(line).toString('latin1').replaceAll(GS, '')) {
    return 'AIs and values do not make the code again';
  }
  const contradiction = contradictionIn(code);
  if (contradiction !== null) return contradiction;
  if (code.error !== undefined) {
    const { error, errors = [] } = other.parse(line, { ...options, all: true });
    if (!isDeepStrictEqual(error, code.error) || errors.length === 0) return 'all faults are not those of the first';
    if (errors.some(({ position, length }) => position + length > line.length)) return 'a fault is outside the code';
  }
  if (report.alone % RECOVER_STEP !== 0) return null;
  report.recovered++;
  return checkRecovery(line, code, other, options);
}

/**
 * Columns against AIs: the usual structures are read by a shorter way than the AIs, which are listed by the general one, so
 * that each is the other's proof.
 */
function contradictionIn({ ais, format, gtin, serial, tail }: ParsedCode): string | null {
  if (format === null || !/^(01-21|gs1)/.test(format)) return null;
  const value = (...names: string[]): string | null => ais.find(([ai]) => names.includes(ai))?.[1] ?? null;
  if (gtin !== null && gtin !== value('01')) return 'the GTIN differs from AI 01';
  if (serial !== null && serial !== value('21')) return 'the serial differs from AI 21';
  if (tail !== null && (tail.value !== value('92', '93') || tail.keyId !== value('91')))
    return 'the tail differs from its AIs';
  if ((value('91') ?? 'four').length !== 4 || (value('93') ?? 'four').length !== 4) return null;
  const named = ais.map(([ai, { length }]) => (ai === '21' || ai === '92' ? `${ai}.${length}` : ai)).join('-');
  return structureNumber(named) < 2 || named === format ? null : `the structure ${named} is called ${format}`;
}

/** AIs and values of a row, from the element columns. */
function elementsOf(batch: Batch, row: number, line: Uint8Array): [string, string][] {
  const { first, ai, offset, length } = batch.elements!;
  const text = Buffer.from(line).toString('latin1');
  const start = batch.columns.offset[row]!;
  return Array.from({ length: first[row + 1]! - first[row]! }, (_, k) => {
    const i = first[row]! + k;
    const at = offset[i]! - start;
    return [aiText(ai[i]!), text.slice(at, at + length[i]!)];
  });
}

function checkRecovery(line: Uint8Array, code: ParsedCode, other: Core, options: BatchOptions): string | null {
  const found = other.parse(line, { ...options, recover: true });
  if (code.ok && code.templateMismatch !== true) {
    return isDeepStrictEqual(found, code) ? null : 'recovery changed a valid code';
  }
  if (found.recovered === undefined) return null;
  const { recovered, ...repaired } = found;
  const again = other.parse(recovered.text, options);
  if (!again.ok) return 'what recovery gave is no code';
  return isDeepStrictEqual(again, repaired) ? null : 'what recovery gave is not what its text says';
}

/** The first input that fails alone; null when only the batch fails. */
function blame(other: Core, framed: Uint8Array, options: BatchOptions): string | null {
  for (const input of inputsOf(framed)) {
    try {
      other.parse(input, options);
    } catch {
      return hex(input);
    }
  }
  return null;
}

function* inputsOf(framed: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < framed.length; ) {
    const start = at + 2;
    at = start + framed[at]! + framed[at + 1]! * 256;
    yield framed.subarray(start, at);
  }
}

/** The same inputs as lines: one byte shorter each. An input with a newline in it becomes two lines. The last has no end. */
function toLines(framed: Uint8Array): Uint8Array {
  const lines = new Uint8Array(framed.length);
  let to = 0;
  for (const input of inputsOf(framed)) {
    lines.set(input, to);
    to += input.length;
    lines[to++] = NEWLINE;
  }
  return lines.subarray(0, to - 1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
