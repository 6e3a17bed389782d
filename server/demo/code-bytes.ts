import { checkDigit } from './check-digit.js';
import { KEY_IDS } from './demo-issuer.js';
import type { CodeForm, Good } from './goods.js';
import { mix32, scatter, WEYL } from './random.js';

const ASCII = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const LETTERS_DIGITS = ASCII('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
/** GS1 character set 82 without parentheses, which code-issuing software avoids. */
const PUNCTUATED = ASCII(
  `${LETTERS_DIGITS.reduce((text, byte) => text + String.fromCharCode(byte), '')}!"%&'*+,-./:;<=>?_`,
);
const BASE64 = ASCII('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const SIGNATURE_KEY = ASCII(KEY_IDS.signature.own);
const HMAC_KEY = ASCII(KEY_IDS.hmac.own);
const TOBACCO_HEAD = ASCII(`0952000200037${checkDigit('0952000200037')}`);
/** Price of a pack, as its code has it. */
const TOBACCO_PRICE = ASCII('ACQs');
const TOBACCO_FORM = { serialLength: 7, punctuation: false, tail: '93', tailLength: 4 } as const satisfies CodeForm;
const GS = 0x1d;
const ZERO = 0x30;
const EQUALS = 0x3d;
/** Country of emission that Russian serials begin with. */
const RUSSIA = 0x35;

/** Longest code that {@link CodeScribe} writes: footwear, 01 + 21 of 13 + 91 + 92 of 88. */
export const CODE_BYTES_MAX = 129;

/** Which numbering a package's SSCC belongs to; the extension digit keeps the three apart. */
export type PackageLevel = 'box' | 'pallet' | 'unknown';

const SSCC_HEAD: Record<PackageLevel, string> = {
  box: '1952',
  pallet: '2952',
  unknown: '7952',
};

/**
 * Writes codes as bytes. Serial and tail are functions of the corpus seed and the unit's number, so a code can be written at any time and in any file without being kept.
 * Every method writes at `at` and returns the position after the last byte.
 */
export class CodeScribe {
  readonly #key: number;
  readonly #gtins: Uint8Array[];

  constructor(
    seed: number,
    readonly goods: readonly Good[],
  ) {
    this.#key = mix32(seed ^ 0x7a6d6761);
    this.#gtins = goods.map(({ gtin }) => ASCII(`01${gtin}21`));
  }

  /** Identification code: `01` GTIN `21` serial, 24 to 38 bytes. */
  identity(bytes: Uint8Array, at: number, unit: number, good: number): number {
    bytes.set(this.#gtins[good]!, at);
    return this.#serial(bytes, at + 18, unit, this.goods[good]!.form);
  }

  /** Full code as it stands in the symbol: {@link identity}, then behind GS a tail of the right form, which no key has made. */
  full(bytes: Uint8Array, at: number, unit: number, good: number): number {
    const form = this.goods[good]!.form;
    let end = this.identity(bytes, at, unit, good);
    bytes[end++] = GS;
    bytes[end++] = 0x39;
    if (form.tail === '93') {
      bytes[end++] = 0x33;
      return this.#base64(bytes, end, unit, 4);
    }
    bytes[end++] = 0x31;
    bytes.set(form.tailLength === 88 ? SIGNATURE_KEY : HMAC_KEY, end);
    end += SIGNATURE_KEY.length;
    bytes[end++] = GS;
    bytes[end++] = 0x39;
    bytes[end++] = 0x32;
    // 32 bytes are 43 characters and one `=`, 64 bytes 86 and two
    const padding = form.tailLength === 88 ? 2 : 1;
    end = this.#base64(bytes, end, unit, form.tailLength - padding);
    for (let i = 0; i < padding; i++) bytes[end++] = EQUALS;
    return end;
  }

  /** A pack of tobacco without the check at its end: GTIN, serial, price; 25 bytes. */
  tobacco(bytes: Uint8Array, at: number, number: number): number {
    bytes.set(TOBACCO_HEAD, at);
    const end = this.#serial(bytes, at + TOBACCO_HEAD.length, number, TOBACCO_FORM);
    bytes.set(TOBACCO_PRICE, end);
    return end + TOBACCO_PRICE.length;
  }

  /** SSCC, 18 digits with a right check digit. `number` < 10⁹. */
  sscc(bytes: Uint8Array, at: number, level: PackageLevel, number: number): number {
    const head = SSCC_HEAD[level];
    for (let i = 0; i < 4; i++) bytes[at + i] = head.charCodeAt(i);
    let rest = number;
    for (let i = 16; i >= 4; i--) {
      const digit = i === 4 ? 1 : rest % 10;
      bytes[at + i] = ZERO + digit;
      rest = Math.trunc(rest / 10);
    }
    let sum = 0;
    for (let i = 0; i < 17; i++) sum += (bytes[at + i]! - ZERO) * (i % 2 === 0 ? 3 : 1);
    bytes[at + 17] = ZERO + ((10 - (sum % 10)) % 10);
    return at + 18;
  }

  /** Text of a unit's key: GTIN + serial. */
  keyText(unit: number, good: number): string {
    const bytes = Buffer.alloc(CODE_BYTES_MAX);
    const end = this.identity(bytes, 0, unit, good);
    return bytes.toString('latin1', 2, 16) + bytes.toString('latin1', 18, end);
  }

  #serial(bytes: Uint8Array, at: number, unit: number, form: CodeForm): number {
    const alphabet = form.punctuation ? PUNCTUATED : LETTERS_DIGITS;
    const size = alphabet.length;
    bytes[at] = RUSSIA;
    // these five characters alone make a serial unique: 62⁵ > 2²⁹
    let rest = scatter(unit, this.#key);
    for (let i = 1; i <= 5; i++) {
      bytes[at + i] = alphabet[rest % size]!;
      rest = Math.trunc(rest / size);
    }
    let state = mix32(unit + this.#key);
    for (let i = 6; i < form.serialLength; i++) {
      state = mix32(state + WEYL);
      bytes[at + i] = alphabet[state % size]!;
    }
    return at + form.serialLength;
  }

  #base64(bytes: Uint8Array, at: number, unit: number, length: number): number {
    const end = at + length;
    let state = mix32(unit - this.#key);
    for (let i = at; i < end; ) {
      state = mix32(state + WEYL);
      for (let bits = 0; bits < 30 && i < end; bits += 6) bytes[i++] = BASE64[(state >>> bits) & 63]!;
    }
    return end;
  }
}
