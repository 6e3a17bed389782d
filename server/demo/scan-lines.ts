import type { Outcome } from '../../engine/reconcile/outcomes.js';
import type { Random } from './random.js';

/** What a scanned line shows. The order is the number in a packed line. */
export const LINE_KINDS = [
  'unit', // full code of a unit
  'identity', // the same without its tail
  'box',
  'boxAi00',
  'pallet',
  'palletAi00',
  'unknownPackage',
  'badCheckDigit',
  'badCharacter',
  'notDataMatrix',
  'garbage',
  'truncated',
  'shortSerial',
  'blank',
  'forged', // full code of a unit with a tail that isn't its own
  'tobacco', // pack of tobacco
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

const KIND_NUMBER = Object.fromEntries(LINE_KINDS.map((kind, number) => [kind, number])) as Record<LineKind, number>;
const NUMBER_BITS = 28;
const NUMBER_MASK = 2 ** NUMBER_BITS - 1;
/** The same thing scanned in the other form. */
const OTHER_FORM: Partial<Record<LineKind, LineKind>> = {
  unit: 'identity',
  box: 'boxAi00',
  boxAi00: 'box',
  pallet: 'palletAi00',
  palletAi00: 'pallet',
};

/** One line: its kind in the upper 4 bits, the number of its unit or package (or of its variant) in the lower 28. */
export type PackedLine = number;

export function packLine(kind: LineKind, number: number): PackedLine {
  return KIND_NUMBER[kind] * 2 ** NUMBER_BITS + number;
}

export function lineKind(line: PackedLine): LineKind {
  return LINE_KINDS[line >>> NUMBER_BITS]!;
}

export function lineNumber(line: PackedLine): number {
  return line & NUMBER_MASK;
}

/** The lines of the scan file with the outcome that each must have; four bytes a line. */
export class ScanLines {
  readonly outcomes: Partial<Record<Outcome, number>> = {};
  count = 0;
  #lines: Uint32Array;
  readonly #sequences: PackedLine[][] = [];

  constructor(capacity: number) {
    this.#lines = new Uint32Array(capacity);
  }

  /** Adds a line that may stand anywhere. */
  add(kind: LineKind, number: number, outcome: Outcome): void {
    this.#append(packLine(kind, number));
    this.#count(outcome);
  }

  /** Adds lines that keep their order among each other; none of them may be added again. */
  addInOrder(lines: [kind: LineKind, number: number, outcome: Outcome][]): void {
    for (const [kind, number, outcome] of lines) this.add(kind, number, outcome);
    this.#sequences.push(lines.map(([kind, number]) => packLine(kind, number)));
  }

  /** Repeats `count` of the lines so far that are of one of `kinds` and keep no order, every fifth in the other form of the same code. */
  repeat(count: number, kinds: ReadonlySet<LineKind>, random: Random): void {
    const ordered = new Set(this.#sequences.flat());
    const pool = this.#lines.slice(0, this.count).filter((line) => kinds.has(lineKind(line)) && !ordered.has(line));
    for (let i = 0; i < count && pool.length > 0; i++) {
      const line = pool[random.below(pool.length)]!;
      const kind = lineKind(line);
      this.add(i % 5 === 4 ? (OTHER_FORM[kind] ?? kind) : kind, lineNumber(line), 'DUPLICATE');
    }
  }

  /** All lines, shuffled; the first is a full code, because a reader learns the file's form from it. */
  shuffled(random: Random): Uint32Array {
    const lines = random.shuffle(this.#lines.slice(0, this.count));
    const sequenceOf = new Map(this.#sequences.flatMap((sequence, i) => sequence.map((line) => [line, i] as const)));
    const plain = lines.findIndex((line) => lineKind(line) === 'unit' && !sequenceOf.has(line));
    if (plain > 0) [lines[0], lines[plain]] = [lines[plain]!, lines[0]!];
    const places: number[][] = this.#sequences.map(() => []);
    for (let place = 0; place < lines.length; place++) {
      const sequence = sequenceOf.get(lines[place]!);
      if (sequence !== undefined) places[sequence]!.push(place);
    }
    for (const [i, sequence] of this.#sequences.entries()) {
      for (const [j, line] of sequence.entries()) lines[places[i]![j]!] = line;
    }
    return lines;
  }

  #append(line: PackedLine): void {
    if (this.count === this.#lines.length) {
      const grown = new Uint32Array(Math.ceil(this.count * 1.2) + 1024);
      grown.set(this.#lines);
      this.#lines = grown;
    }
    this.#lines[this.count++] = line;
  }

  #count(outcome: Outcome): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
  }
}
