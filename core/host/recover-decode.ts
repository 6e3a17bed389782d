// The bytes of a damaged scan as characters.
import type { Draft } from './recover-draft.js';

/** Code pages that Russian and Uzbek programs write Cyrillic letters in. */
const CODE_PAGES = ['windows-1251', 'ibm866'];
const CYRILLIC = /\p{Script=Cyrillic}/u;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What the bytes may mean: UTF-8 when they are that; otherwise a byte a character, as it is (so that byte 232 stays FNC1),
 * and in the Cyrillic code pages when that gives letters.
 */
export function decode(bytes: Uint8Array): Draft[] {
  const text = decodeUtf8(bytes);
  if (text !== null) return [plain(text, utf8Positions(text))];
  const places = Array.from(bytes, (_, index) => index);
  const drafts = [plain(String.fromCharCode(...bytes), places)];
  const high = bytes.findIndex((byte) => byte >= 0x80);
  for (const page of CODE_PAGES) {
    const decoded = new TextDecoder(page).decode(bytes);
    if (!CYRILLIC.test(decoded) || decoded.length !== bytes.length) continue;
    const found = `0x${bytes[high]!.toString(16).toUpperCase()}`;
    const repair = { kind: 'encoding', position: high, found, replaced: decoded[high]! } as const;
    drafts.push({ text: decoded, at: places, repairs: [repair], guessed: true });
  }
  return drafts;
}

const plain = (text: string, at: readonly number[]): Draft => ({ text, at, repairs: [], guessed: false });

/** The text of bytes that are UTF-8; null when they are not. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function utf8Positions(text: string): number[] {
  const at: number[] = [];
  let position = 0;
  for (const character of text) {
    for (let i = 0; i < character.length; i++) at.push(position);
    const code = character.codePointAt(0)!;
    position += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return at;
}
