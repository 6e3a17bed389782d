/** Tails of the lines of a scan file, made some thousands at a time: a signature by itself would take many times as long. */
import type { CodeScribe } from './code-bytes.js';
import { type DemoIssuer, KEY_IDS, kindOf, type TailKind } from './demo-issuer.js';
import { type Forgery, forgeryOf, isForgedTobacco } from './forgeries.js';
import { lineKind, lineNumber } from './scan-lines.js';
import type { Stock } from './stock.js';

const MESSAGE_BYTES_MAX = 64;
type Whose = 'own' | 'other' | 'revoked';

/** Messages of one key, and then their tails, taken in the same order. */
class Batch {
  bytes = new Uint8Array(1 << 16);
  ends: number[] = [0];
  #tails: Uint8Array = new Uint8Array(0);
  #length = 0;
  #taken = 0;

  add(write: (bytes: Uint8Array, at: number) => number): void {
    const at = this.ends[this.ends.length - 1]!;
    if (at + MESSAGE_BYTES_MAX > this.bytes.length) {
      const wider = new Uint8Array(this.bytes.length * 2);
      wider.set(this.bytes);
      this.bytes = wider;
    }
    this.ends.push(write(this.bytes, at));
  }

  make(issuer: DemoIssuer, kind: TailKind, whose: Whose): void {
    const count = this.ends.length - 1;
    this.#taken = 0;
    if (count === 0) return;
    const bytes = this.bytes.subarray(0, this.ends[count]);
    this.#tails = issuer.tails(kind, { bytes, offsets: Uint32Array.from(this.ends) }, whose);
    this.#length = this.#tails.length / count;
    this.ends = [0];
  }

  /** The next tail. */
  next(): Uint8Array {
    const at = this.#taken++ * this.#length;
    return this.#tails.subarray(at, at + this.#length);
  }
}

export class TailMill {
  readonly #issuer: DemoIssuer;
  readonly #scribe: CodeScribe;
  readonly #stock: Stock;
  readonly #goodOf: (unit: number) => number;
  readonly #batches = new Map<string, Batch>();

  constructor(issuer: DemoIssuer, scribe: CodeScribe, stock: Stock, goodOf: (unit: number) => number) {
    this.#issuer = issuer;
    this.#scribe = scribe;
    this.#stock = stock;
    this.#goodOf = goodOf;
  }

  /** Makes the tails of some lines; {@link unit}, {@link forged} and {@link tobacco} then put them into these lines, in the same order. */
  prepare(lines: Uint32Array): void {
    for (const line of lines) {
      const number = lineNumber(line);
      switch (lineKind(line)) {
        case 'unit':
          this.#add(this.#kind(number), 'own', number);
          break;
        case 'forged': {
          const { whose, of } = maker(this.#forgery(number), number);
          this.#add(this.#kind(number), whose, of, number);
          break;
        }
        case 'tobacco':
          this.#batch('tobacco', isForgedTobacco(number) ? 'other' : 'own').add((bytes, at) =>
            this.#scribe.tobacco(bytes, at, number),
          );
          break;
        default:
      }
    }
    for (const [name, batch] of this.#batches) {
      const [kind, whose] = name.split(' ') as [TailKind, Whose];
      batch.make(this.#issuer, kind, whose);
    }
  }

  /** Puts the genuine tail into a full code that ends at `end`. */
  unit(bytes: Uint8Array, end: number, unit: number): number {
    return put(bytes, end, this.#batch(this.#kind(unit), 'own').next());
  }

  /** Makes a full code that ends at `end` a forged one. */
  forged(bytes: Uint8Array, end: number, unit: number): number {
    const forgery = this.#forgery(unit);
    const kind = this.#kind(unit);
    const tail = this.#batch(kind, maker(forgery, unit).whose).next();
    put(bytes, end, tail);
    const first = end - tail.length;
    if (forgery === 'flipped') bytes[first] = bytes[first] === 0x41 ? 0x42 : 0x41;
    const id = forgery === 'revokedKey' ? 'revoked' : forgery === 'unknownKey' ? 'unknown' : 'own';
    if (kind === 'signature' || kind === 'hmac') {
      // AI 91 has four characters; GS and AI 92 stand between them and the tail.
      bytes.set(Buffer.from(KEY_IDS[kind][id], 'latin1'), first - 7);
    }
    return end;
  }

  /** Puts the tail behind a tobacco pack's code. */
  tobacco(bytes: Uint8Array, end: number, number: number): number {
    const tail = this.#batch('tobacco', isForgedTobacco(number) ? 'other' : 'own').next();
    return put(bytes, end + tail.length, tail);
  }

  #add(kind: TailKind, whose: Whose, unit: number, as = unit): void {
    const good = this.#goodOf(as);
    this.#batch(kind, whose).add((bytes, at) => this.#scribe.identity(bytes, at, unit, good));
  }

  #kind(unit: number): TailKind {
    return kindOf(this.#stock.goods[this.#goodOf(unit)]!.form);
  }

  #forgery(unit: number): Forgery {
    return forgeryOf(unit, this.#stock.goods[this.#goodOf(unit)]!.form);
  }

  #batch(kind: TailKind, whose: Whose): Batch {
    const name = `${kind} ${whose}`;
    let batch = this.#batches.get(name);
    if (batch === undefined) {
      batch = new Batch();
      this.#batches.set(name, batch);
    }
    return batch;
  }
}

/** Whose key makes the tail of a forged code, and for which unit. */
function maker(forgery: Forgery, unit: number): { whose: Whose; of: number } {
  const whose =
    forgery === 'revokedKey' ? 'revoked' : forgery === 'otherKey' || forgery === 'unknownKey' ? 'other' : 'own';
  return { whose, of: forgery === 'foreignTail' ? unit ^ 1 : unit };
}

function put(bytes: Uint8Array, end: number, tail: Uint8Array): number {
  bytes.set(tail, end - tail.length);
  return end;
}
