// What a person or program is told about one code: strings, made from the columns on request.
import { type CodeErrorData, type CodeErrorName, codeErrorMessage } from './errors.js';
import { AI_ROWS } from './generated/tables.js';
import type { Recovered } from './recover.js';

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
  /** How the scan was repaired, when it was: everything else is about `recovered.text`. */
  recovered?: Recovered;
  /** With the error AMBIGUOUS_RECOVERY: the codes that could have been scanned, 16 at most. */
  candidates?: ParsedCode[];
  error?: ParsedCodeError;
  /** With the option `all`: every fault, the first of them is `error`; empty when the code is well formed. */
  errors?: ParsedCodeError[];
}

export interface ParsedCodeError {
  code: CodeErrorName;
  /** Byte offset in the code, from 0. */
  position: number;
  /** Bytes that are wrong, from `position` on; 0 when something is missing there. */
  length: number;
  /** In English; `codeErrorMessage` has the other languages. */
  message: string;
}

/** A code that is none. */
export function failedCode(error: ParsedCodeError): ParsedCode {
  return {
    ok: false,
    ais: [],
    format: null,
    kind: null,
    gtin: null,
    serial: null,
    tail: null,
    key: null,
    error,
  };
}

/** An error with its message; `found` are the bytes at its position, none at the end of the code. */
export function codeError(
  code: CodeErrorName,
  position: number,
  length: number,
  found: Uint8Array,
  data: CodeErrorData,
): ParsedCodeError {
  return {
    code,
    position,
    length,
    message: codeErrorMessage(code, { ...data, position, found: describeBytes(found) }),
  };
}

/** What the dictionary says must stand with an AI, in signs every language reads: `(01) / (8006)+(21)`; absent when nothing. */
export function neededAis(ai: string): string | undefined {
  const groups = AI_ROWS[ai]?.requires ?? [];
  if (groups.length === 0) return undefined;
  return groups.map((group) => group.replace(/\w+/g, '($&)')).join(' / ');
}

/** Bytes as shown to people in any language: characters when they are printable ASCII, the first one's number otherwise. */
function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return '—';
  if (bytes.every((byte) => byte >= 0x20 && byte <= 0x7e)) return `"${String.fromCharCode(...bytes)}"`;
  return `0x${bytes[0]!.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Minutes since 1970-01-01T00:00 as YYYY-MM-DDTHH:MM. */
export function minuteToText(minutes: number): string {
  return new Date(minutes * 60_000).toISOString().slice(0, 16);
}
