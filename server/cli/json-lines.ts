/** The input `--input jsonl`: one `{"input": "<code>", "id": …}` a line. */
import type { Core, ParseOptions } from '../../core/host/index.js';
import { parsedJson, type WantedForm } from './parsed-lines.js';

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

/** JSON lines for a block of JSON lines, one for each; a line that is no JSON gets the error BAD_JSON. */
export function parsedJsonLines(core: Core, bytes: Uint8Array, options: ParseOptions, form?: WantedForm): string {
  let lines = '';
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const line = readJsonLine(decoder.decode(bytes.subarray(start, end)));
    if ('input' in line) lines += `${parsedJson(core.parse(line.input, options), form, line.id)}\n`;
    else {
      const { id, fault } = line;
      lines += `${JSON.stringify({ id, ok: false, error: { code: 'BAD_JSON', position: 0, message: fault } })}\n`;
    }
    start = end + 1;
  }
  return lines;
}
