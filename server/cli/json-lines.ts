/** The input `--input jsonl`: one `{"input": "<code>", "id": …}` a line. */
import type { Core } from '../../core/host/index.js';
import { appendFailure, appendParsed, type LineOptions, type ParsedBlock, type WantedForm } from './parsed-lines.js';

const LF = 0x0a;
// A byte order mark inside a line is a character like any other.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A line of JSON that names a code, or what is wrong with it. */
export type JsonLine = { input: string; id?: unknown } | { fault: string; id?: unknown };

/** Reads one line; never throws. */
export function readJsonLine(line: string): JsonLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { fault: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: 'expected an object {"input": "<code>", "id": <anything>}' };
  }
  const id = 'id' in value ? { id: value.id } : {};
  if (!('input' in value) || typeof value.input !== 'string') {
    return { ...id, fault: 'expected a text in "input"' };
  }
  return { ...id, input: value.input };
}

/** One JSON line for each JSON line of a block; one that names no code gets the error BAD_JSON. */
export function parsedJsonLines(core: Core, bytes: Uint8Array, options: LineOptions, form?: WantedForm): ParsedBlock {
  const format = form === 'gs1' ? 'gs1' : 'marking';
  const block = { text: '', failed: 0 };
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const line = readJsonLine(decoder.decode(bytes.subarray(start, end)));
    if ('input' in line) appendParsed(block, core.parse(line.input, { ...options, format }), form, line.id);
    else appendFailure(block, { code: 'BAD_JSON', position: 0, message: line.fault }, line.id);
    start = end + 1;
  }
  return block;
}
