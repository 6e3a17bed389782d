// What a person or program is told about one code: strings, made from the columns on request.
import { CODE_ERRORS, type CodeErrorName, codeErrorMessage } from './errors.js';

export interface ParsedCode {
  /** True when the code is well formed. That it identifies a unit or package, `kind` tells. */
  ok: boolean;
  /** Application identifiers and their values in the order of the code; empty for codes without AIs and on an error. */
  ais: [ai: string, value: string][];
  /** Id of the structure, such as `01-21.13-91-92.44` or `sscc`; `gs1` for other element strings; null on an error. */
  format: string | null;
  /** null when the code identifies neither: an error, or an element string without GTIN + serial and without SSCC. */
  kind: 'unit' | 'package' | null;
  /** 14 digits. */
  gtin: string | null;
  serial: string | null;
  /** 18 digits, for packages. */
  sscc?: string;
  /** The check part: AI 91 as `keyId` with AI 92 as `value`; or AI 93; or the check of a tobacco pack. */
  tail: { keyId: string | null; value: string } | null;
  /** Last minute of life by the clock of the pack's maker, YYYY-MM-DDTHH:MM. */
  expiry?: string;
  /** Day of production, YYYY-MM-DD. */
  production?: string;
  /** Grams. */
  weight?: number;
  /** Millilitres. */
  volume?: number;
  /** Kopecks. */
  price?: number;
  /** Two readings fit; country-dependent parts are left out. */
  ambiguous?: true;
  /** GTIN and serial, but the lengths of serial and tail fit no structure in effect. */
  templateMismatch?: true;
  /** Text of the canonical key, see `keyToText`; null when the code identifies nothing. */
  key: string | null;
  error?: ParsedCodeError;
}

export interface ParsedCodeError {
  code: CodeErrorName;
  /** Byte offset in the code, from 0. */
  position: number;
  /** In English; `codeErrorMessage` has the other languages. */
  message: string;
}

/** A code that is none. */
export function failedCode(
  errorNumber: number,
  position: number,
  found: number,
  ai: string,
  limit: number,
): ParsedCode {
  const code = CODE_ERRORS[errorNumber] as CodeErrorName;
  const message = codeErrorMessage(code, { position, found: describeByte(found), ai, limit });
  return {
    ok: false,
    ais: [],
    format: null,
    kind: null,
    gtin: null,
    serial: null,
    tail: null,
    key: null,
    error: { code, position, message },
  };
}

/** A byte as shown to people in any language: the character when it is printable ASCII, its number otherwise; −1 is the end. */
function describeByte(byte: number): string {
  if (byte < 0) return '—';
  if (byte >= 0x20 && byte <= 0x7e) return `"${String.fromCharCode(byte)}"`;
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Minutes since 1970-01-01T00:00 as YYYY-MM-DDTHH:MM. */
export function minuteToText(minutes: number): string {
  return new Date(minutes * 60_000).toISOString().slice(0, 16);
}
