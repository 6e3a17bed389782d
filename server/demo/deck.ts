import type { Random } from './random.js';

/** Shuffled numbers from which each is drawn once, so that no two findings are planted on the same unit or package. */
export class Deck {
  readonly #numbers: Int32Array;
  #next = 0;

  constructor(numbers: Int32Array, random: Random) {
    this.#numbers = random.shuffle(numbers);
  }

  get left(): number {
    return this.#numbers.length - this.#next;
  }

  /** Up to `count` numbers; fewer when the deck runs out. */
  draw(count: number): Int32Array {
    const drawn = this.#numbers.subarray(this.#next, this.#next + count);
    this.#next += drawn.length;
    return drawn;
  }

  /** Up to `count` numbers that suit. */
  drawWhere(count: number, suits: (number: number) => boolean): Int32Array {
    const numbers = this.#numbers;
    const from = this.#next;
    for (let i = from; i < numbers.length && this.#next - from < count; i++) {
      const candidate = numbers[i]!;
      if (!suits(candidate)) continue;
      numbers[i] = numbers[this.#next]!;
      numbers[this.#next++] = candidate;
    }
    return numbers.subarray(from, this.#next);
  }

  /** All that are left. */
  rest(): Int32Array {
    return this.draw(this.left);
  }
}
