/** JSON events out of bytes: JSON lines of any length in all, or one JSON value (an event, or an array of them) over several lines. */
import { TamgaError } from '../errors.js';
import { visible } from '../messages/index.js';

/** UTF-16 units of a line. An event is at most a megabyte; escaped as JSON and with its codes spelt out it stays below this. */
export const LINE_LENGTH_MAX = 1 << 24;
/** A value over several lines is held whole. */
const VALUE_LENGTH_MAX = 1 << 26;

export interface JsonEvent {
  value: unknown;
  /** 1-based line that it begins on. */
  line: number;
}

/**
 * Values of a text that comes in pieces. Throws EVENT_INVALID for what is no JSON (of lines: with its number), LINE_TOO_LONG,
 * and FILE_ENCODING for bytes that are no UTF-8. Values before the fault have been given by then.
 */
export async function* jsonEvents(chunks: AsyncIterable<Uint8Array>, path?: string): AsyncIterableIterator<JsonEvent> {
  let line = 0;
  let given = false;
  /** A value that didn't end with its first line. */
  let whole: string | null = null;
  let wholeLine = 1;
  for await (const text of linesOf(chunks, path)) {
    line++;
    if (whole !== null) {
      whole += `${text}\n`;
      if (whole.length > VALUE_LENGTH_MAX)
        throw new TamgaError('FILE_TOO_LARGE', { path, limit: `${VALUE_LENGTH_MAX} characters` });
      continue;
    }
    if (text.trim() === '') continue;
    const parsed = parse(text);
    if ('value' in parsed) {
      yield* valuesOf(parsed.value, line);
      given = true;
    } else if (given || !/^\s*[[{]/.test(text)) {
      throw new TamgaError('EVENT_INVALID', { path, line, detail: `not JSON: ${parsed.fault}` });
    } else {
      whole = `${text}\n`;
      wholeLine = line;
    }
  }
  if (whole === null) return;
  const parsed = parse(whole);
  if (!('value' in parsed))
    throw new TamgaError('EVENT_INVALID', { path, line: wholeLine, detail: `not JSON: ${parsed.fault}` });
  yield* valuesOf(parsed.value, wholeLine);
}

function* valuesOf(value: unknown, line: number): IterableIterator<JsonEvent> {
  if (Array.isArray(value)) for (const each of value as unknown[]) yield { value: each, line };
  else yield { value, line };
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, path?: string): AsyncIterableIterator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decode(decoder, chunk, path)).split('\n');
    rest = lines.pop() as string;
    if (rest.length > LINE_LENGTH_MAX || lines.some((text) => text.length > LINE_LENGTH_MAX))
      throw new TamgaError('LINE_TOO_LONG', { path, limit: `${LINE_LENGTH_MAX} characters` });
    yield* lines;
  }
  rest += decode(decoder, undefined, path);
  if (rest !== '') yield rest;
}

function decode(
  decoder: { decode(bytes?: Uint8Array, options?: { stream: boolean }): string },
  chunk: Uint8Array | undefined,
  path?: string,
): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (error) {
    throw new TamgaError('FILE_ENCODING', { path, detail: 'not UTF-8' }, { cause: error });
  }
}

function parse(text: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: visible(error instanceof Error ? error.message : String(error)) };
  }
}
