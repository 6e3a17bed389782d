// Inputs of the fuzzer, each after its length: codes of every format and element strings of any AIs, changed at up to four
// places; and random bytes. The same seed and number give the same batch.

import { AI_ROWS } from '../../host/generated/tables.js';
import { FORMATS } from '../../host/index.js';
import { TAILED_CODES } from './tails.js';

/** Element strings and bar codes that no row of the table of formats has. */
const MORE_CODES = [
  '00195200000000000216',
  '195200000000000117',
  '9520000006068',
  '0109520000003036172612311051A\u001d215ab<12',
  '8110106141416543213150110120',
  '4309027999999918000000',
  '253952000000000212345',
  '8003095200000030361ABC',
  '423643056840\u001d0109520000003036',
  '01095200000030363103000650392x1995\u001d3922250\u001d7030643DEADBEEF',
  `22N${'0A9Z7'.repeat(13)}`,
  '1B'.repeat(75),
];

/** Codes that changes start from. */
export const SEED_CODES: readonly Uint8Array[] = [
  ...FORMATS.flatMap(({ example }) => (example === null ? [] : [example])),
  ...MORE_CODES,
  ...TAILED_CODES,
].map((text) => new Uint8Array(Buffer.from(text, 'latin1')));

/** Most bytes of one input. */
export const INPUT_MAX = 6000;

const GS = 0x1d;
const DIGIT = 0x30;
/** Bytes that mean something to a parser: separators, digits of AIs, line ends, brackets, FNC1, the edges of ASCII. */
const TELLING = Uint8Array.from(
  Buffer.from('\u001d\u001d\u001d00112233789()[]^]\r\n\t \0\u001f\u007f\u0080\u00e8\u00ffAZaz_<>%#"', 'latin1'),
);
const SET82 = Buffer.from(
  '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz',
  'latin1',
);

interface Component {
  digits: boolean;
  min: number;
  max: number;
  checked: boolean;
}

/** AIs with their components, as the dictionary specifies them: `N14,csum,key`, `[X..20]`. */
const IDENTIFIERS = Object.entries(AI_ROWS).map(([ai, { specification }]) => ({
  ai: Buffer.from(ai, 'latin1'),
  components: [...specification.matchAll(/\[?([NXYZ])(\.\.)?(\d+)([^\s\]]*)/g)].map(
    ([, type, upTo, length, lints]): Component => ({
      digits: type === 'N',
      min: upTo === undefined ? Number(length) : 1,
      max: Number(length),
      checked: /\bcsum\b/.test(lints!),
    }),
  ),
}));

/** Random numbers of 32 bits (xorshift), enough for choosing and fast. */
class Dice {
  #state: number;

  constructor(seed: number, batch: number) {
    // Two rounds of mixing, so that neighbouring batches have nothing in common.
    let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(batch + 1, 0xc2b2ae35);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    this.#state = (mixed ^ (mixed >>> 13)) | 1;
  }

  /** An integer in [0, sides). */
  roll(sides: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % sides;
  }
}

/** Makes batches of inputs. */
export class InputSource {
  /** Bytes of the last batch; only the number that {@link fill} gives are its. */
  readonly bytes: Uint8Array;
  #dice = new Dice(0, 0);
  #at = 0;

  constructor(readonly inputs: number) {
    this.bytes = new Uint8Array(inputs * 400 + INPUT_MAX * 2);
  }

  /** Fills {@link bytes} with a batch of length-prefixed inputs and gives its length. */
  fill(seed: number, batch: number): number {
    this.#dice = new Dice(seed, batch);
    this.#at = 0;
    for (let i = 0; i < this.inputs; i++) {
      const head = this.#at;
      this.#at += 2;
      this.#write();
      // Inputs are much shorter than the room for each; were it ever used up, the rest would be empty ones.
      const room = this.bytes.length - (this.inputs - i) * 2 - INPUT_MAX;
      const length = this.#at < room ? Math.min(this.#at - head - 2, INPUT_MAX) : 0;
      this.bytes[head] = length & 0xff;
      this.bytes[head + 1] = length >> 8;
      this.#at = head + 2 + length;
    }
    return this.#at;
  }

  #write(): void {
    const kind = this.#dice.roll(64);
    const start = this.#at;
    if (kind === 0) this.#random(this.#dice.roll(200));
    else if (kind === 1 && this.#dice.roll(64) === 0) this.#long();
    else if (kind < 8) this.#telling(this.#dice.roll(40));
    else {
      if (kind < 24) this.#elements(1 + this.#dice.roll(5));
      else this.#copy(SEED_CODES[this.#dice.roll(SEED_CODES.length)]!);
      for (let changes = this.#dice.roll(5); changes > 0; changes--) this.#change(start);
    }
  }

  #copy(code: Uint8Array): void {
    this.bytes.set(code, this.#at);
    this.#at += code.length;
  }

  #random(length: number): void {
    for (let i = 0; i < length; i++) this.bytes[this.#at++] = this.#dice.roll(256);
  }

  #telling(length: number): void {
    for (let i = 0; i < length; i++) this.bytes[this.#at++] = TELLING[this.#dice.roll(TELLING.length)]!;
  }

  /** About the longest line that is looked at: one code again and again, or one byte. */
  #long(): void {
    const code = SEED_CODES[this.#dice.roll(SEED_CODES.length)]!;
    const end = this.#at + 3900 + this.#dice.roll(400);
    while (this.#at < end) {
      this.#copy(code);
      this.bytes[this.#at++] = GS;
    }
    this.#at = end;
  }

  /** Elements of AIs of the dictionary, mostly with right lengths and check digits, mostly separated where needed. */
  #elements(count: number): void {
    const dice = this.#dice;
    for (let i = 0; i < count; i++) {
      const { ai, components } = IDENTIFIERS[dice.roll(IDENTIFIERS.length)]!;
      this.#copy(ai);
      for (const { digits, min, max, checked } of components) {
        const from = this.#at;
        const length = min + dice.roll(Math.min(max - min + 1, 24));
        for (let k = 0; k < length; k++) {
          this.bytes[this.#at++] = digits ? DIGIT + dice.roll(10) : SET82[dice.roll(SET82.length)]!;
        }
        if (checked) this.#putCheckDigit(from, this.#at - 1);
      }
      if (i + 1 < count && dice.roll(4) !== 0) this.bytes[this.#at++] = GS;
    }
  }

  /** Writes the check digit of the digits in [from, at) to `at`. */
  #putCheckDigit(from: number, at: number): void {
    let sum = 0;
    for (let i = at - 1, weight = 3; i >= from; i--, weight = 4 - weight) sum += (this.bytes[i]! - DIGIT) * weight;
    this.bytes[at] = DIGIT + ((((10 - (sum % 10)) % 10) + 10) % 10);
  }

  #change(start: number): void {
    const dice = this.#dice;
    const { bytes } = this;
    const length = this.#at - start;
    const place = start + dice.roll(length + 1);
    const rest = this.#at - place;
    const span = Math.min(1 + dice.roll(12), rest);
    switch (dice.roll(8)) {
      case 0: // any byte
        if (rest > 0) bytes[place] = dice.roll(256);
        break;
      case 1: // a byte that means something
        if (rest > 0) bytes[place] = TELLING[dice.roll(TELLING.length)]!;
        break;
      case 2: // one more
        bytes.copyWithin(place + 1, place, this.#at++);
        bytes[place] = TELLING[dice.roll(TELLING.length)]!;
        break;
      case 3: // some fewer
        bytes.copyWithin(place, place + span, this.#at);
        this.#at -= span;
        break;
      case 4: // some twice
        bytes.copyWithin(place + span, place, this.#at);
        this.#at += span;
        break;
      case 5: // the end
        this.#at = place;
        break;
      case 6: // go on with another code
        this.#at = place;
        this.#copy(SEED_CODES[dice.roll(SEED_CODES.length)]!.subarray(dice.roll(40)));
        break;
      default: // another GTIN that checks
        if (length >= 16) {
          const from = start + (dice.roll(4) === 0 ? 0 : 2);
          bytes[from + dice.roll(13)] = DIGIT + dice.roll(10);
          this.#putCheckDigit(from, from + 13);
        }
    }
  }
}
