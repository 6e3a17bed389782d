// Canonical keys: what a register knows a code by. See core/assembly/keys.ts for the bytes.
import { hasCheckDigit } from './check-digit.js';

const UNIT = 1;
const PACKAGE = 2;
const OTHER = 3;
const UNIT_HEAD = 7;
const PACKAGE_SIZE = 9;

/** A serial is one to twenty characters of GS1 character set 82. */
const UNIT_TEXT = /^(\d{14})([!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20})$/;
const SSCC_TEXT = /^\d{18}$/;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Text of a key: GTIN of 14 digits and serial; the 18 digits of an SSCC; the code itself.
 * @throws RangeError when the bytes are no key.
 */
export function keyToText(key: Uint8Array): string {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  if (key[0] === UNIT && key.length > UNIT_HEAD) {
    const gtin = view.getUint16(1) * 2 ** 32 + view.getUint32(3);
    return String(gtin).padStart(14, '0') + decoder.decode(key.subarray(UNIT_HEAD));
  }
  if (key[0] === PACKAGE && key.length === PACKAGE_SIZE) return String(view.getBigUint64(1)).padStart(18, '0');
  if (key[0] === OTHER && key.length > 1) return decoder.decode(key.subarray(1));
  throw new RangeError(`${key.length} bytes beginning with ${key[0] ?? 'nothing'} are no key`);
}

/**
 * Key of a text as {@link keyToText} gives it. Eighteen digits with a valid check digit are an SSCC (so a unit whose serial
 * is four digits must not be told by its text when they happen to check); a valid GTIN and one to twenty
 * characters are a unit; anything else is a code of its own.
 * @throws RangeError when the text is empty.
 */
export function textToKey(text: string): Uint8Array {
  if (text === '') throw new RangeError('an empty text is no key');
  if (text.length === 20 && text.startsWith('00') && SSCC_TEXT.test(text.slice(2))) return textToKey(text.slice(2));
  if (SSCC_TEXT.test(text) && hasCheckDigit(text)) return packageKey(text);
  const match = UNIT_TEXT.exec(text);
  if (match !== null && hasCheckDigit(match[1]!)) return unitKey(match[1]!, match[2]!);
  return otherKey(text);
}

/** Key of a unit: GTIN of 14 digits, serial. */
export function unitKey(gtin: string, serial: string): Uint8Array {
  const tail = encoder.encode(serial);
  const key = new Uint8Array(UNIT_HEAD + tail.length);
  const number = Number(gtin);
  const view = new DataView(key.buffer);
  key[0] = UNIT;
  view.setUint16(1, Math.floor(number / 2 ** 32));
  view.setUint32(3, number % 2 ** 32);
  key.set(tail, UNIT_HEAD);
  return key;
}

/** Key of a package: the 18 digits of its SSCC. */
export function packageKey(sscc: string): Uint8Array {
  const key = new Uint8Array(PACKAGE_SIZE);
  key[0] = PACKAGE;
  new DataView(key.buffer).setBigUint64(1, BigInt(sscc));
  return key;
}

function otherKey(text: string): Uint8Array {
  const tail = encoder.encode(text);
  const key = new Uint8Array(1 + tail.length);
  key[0] = OTHER;
  key.set(tail, 1);
  return key;
}
