/** Codes as warehouses scan them, made from a seed: every one a valid GS1 element string, none a real code. */
import { hasCheckDigit } from '../../core/host/check-digit.js';

const GS = '\u001d';
const DIGITS = '0123456789';
const HEXADECIMAL = '0123456789ABCDEF';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE64 = `${LETTERS}+/`;
const SET_82 = `${LETTERS}!"%&'()*+,-./:;<=>?_`;

/** GTINs in one file of codes. */
const PRODUCTS = 200;

/** Of a hundred codes: the kinds below, in an order that no branch predictor knows. */
const SHARES: [share: number, code: (draw: Draw, gtin: string) => string][] = [
  // shoes, clothes, medicine: long signature
  [40, (draw, gtin) => `01${gtin}21${draw(SET_82, 13)}${GS}91${draw(HEXADECIMAL, 4)}${GS}92${draw(BASE64, 43)}=`],
  // dairy, water: short signature
  [30, (draw, gtin) => `01${gtin}21${draw(SET_82, 6)}${GS}93${draw(LETTERS, 4)}`],
  // tyres, beer
  [12, (draw, gtin) => `01${gtin}21${draw(SET_82, 13)}${GS}93${draw(LETTERS, 4)}`],
  // goods by weight
  [8, (draw, gtin) => `01${gtin}21${draw(SET_82, 6)}${GS}93${draw(LETTERS, 4)}${GS}3103000${draw(DIGITS, 3)}`],
  // medicine abroad: lot and expiry
  [5, (draw, gtin) => `01${gtin}17270${draw('123456789', 1)}28` + `10${draw(LETTERS, 8)}${GS}21${draw(LETTERS, 12)}`],
  // transport packages
  [5, (draw) => `00${withCheckDigit(`1${draw(DIGITS, 16)}`)}`],
];

type Draw = (alphabet: string, length: number) => string;

/** `count` codes. */
export function gs1Codes(count: number, seed = 1): string[] {
  const next = xorshift(seed);
  const draw: Draw = (alphabet, length) => {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet[next() % alphabet.length]!;
    return text;
  };
  const gtins = Array.from({ length: PRODUCTS }, () => withCheckDigit(`046${draw(DIGITS, 10)}`));
  return Array.from({ length: count }, () => {
    let place = next() % 100;
    for (const [share, code] of SHARES) {
      if (place < share) return code(draw, gtins[next() % PRODUCTS]!);
      place -= share;
    }
    throw new Error('the shares are less than a hundred');
  });
}

function withCheckDigit(digits: string): string {
  for (const digit of DIGITS) if (hasCheckDigit(digits + digit)) return digits + digit;
  throw new Error(`${digits} has no check digit`);
}

/** Marsaglia, "Xorshift RNGs" (2003). */
function xorshift(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
