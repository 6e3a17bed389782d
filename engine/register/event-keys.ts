/** Codes of JSON events as keys. */
import { type Core, keyToText, textToKey } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { KEY_BYTES_MAX } from './limits.js';

const OTHER_KEY = 3;

/** A code of an event: as scanned, as the text of a key, or the key itself in hexadecimal. */
export interface NamedCode {
  code?: string;
  key?: string;
}

/**
 * Keys of codes. What reads as a code is one, with its tail left out; else GTIN + serial and an SSCC are taken as they are.
 * Throws EVENT_INVALID with the place of the first that is neither.
 */
export function keysOf(codes: readonly NamedCode[], core: Core, place: string): Uint8Array[] {
  if (codes.length === 0) return [];
  const parsed = parseTexts(
    codes.map(({ code = '' }) => code),
    core,
  );
  return codes.map(({ code, key }, i) => {
    if ((code === undefined) === (key === undefined))
      throw new TamgaError('EVENT_INVALID', { detail: `${place}/${i}: expected a code or a key` });
    const found = key === undefined ? (parsed[i] ?? keyOfText(code as string)) : keyOfHex(key);
    if (found) return found;
    const error = core.parse(code ?? '', { trim: true }).error;
    const fault = error ? `${error.code} at ${error.position}` : 'no key';
    throw new TamgaError('EVENT_INVALID', { detail: `${place}/${i}: “${code ?? key}” is no code (${fault})` });
  });
}

/** Codes as {@link keysOf} reads them back: the key itself where its text would mean something else, or nothing. */
export function namesOf(keys: readonly Uint8Array[], core: Core): (string | { key: string })[] {
  const texts = keys.map(keyToText);
  const parsed = parseTexts(texts, core);
  return keys.map((key, i) => {
    const read = parsed[i] ?? keyOfText(texts[i]);
    return read && Buffer.compare(read, key) === 0 ? texts[i] : { key: Buffer.from(key).toString('hex') };
  });
}

/** Text of the key that a code as scanned, or a key's own text, means; of what is neither, the text itself. */
export function keyTextOf(code: string, core: Core): string {
  const key = parseTexts([code], core)[0];
  return key ? keyToText(key) : code;
}

/** As {@link keyTextOf}, but `null` for what is neither a code nor the text of a unit's or an SSCC's key. */
export function keyTextOrNull(code: string, core: Core): string | null {
  const key = parseTexts([code], core)[0] ?? keyOfText(code);
  return key ? keyToText(key) : null;
}

/** Keys of the texts that the core reads as codes; `null` for the others. */
function parseTexts(texts: readonly string[], core: Core): (Uint8Array | null)[] {
  // A line is a code: a text of several lines is none.
  const lines = texts.map((text) => (/[\r\n]/.test(text) ? '' : text));
  const { bytes, offsets } = core.keys(core.parseBatch(Buffer.from(`${lines.join('\n')}\n`), { trim: true }));
  return texts.map((_, i) => (offsets[i + 1] > offsets[i] ? bytes.slice(offsets[i], offsets[i + 1]) : null));
}

/** A unit or an SSCC by its key's text; any other text could be a slip of the pen. */
function keyOfText(text: string): Uint8Array | null {
  if (text === '') return null;
  const key = textToKey(text);
  return key[0] === OTHER_KEY ? null : key;
}

function keyOfHex(hex: string): Uint8Array | null {
  const key = Uint8Array.from(Buffer.from(hex, 'hex'));
  if (key.length > KEY_BYTES_MAX) return null;
  try {
    keyToText(key);
    return key;
  } catch {
    return null;
  }
}
