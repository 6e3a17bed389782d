/** What a run says of one attribute of its codes: one value while all that is said agrees, a value for each code when it doesn't. */
import { NOT_STATED } from '../register/event.js';

const ROOM_MIN = 1 << 16;

export class StagedColumn {
  /** The value of codes 0 … #until − 1, while there is only one. */
  #value = NOT_STATED;
  #until = 0;
  #values: Int32Array | null = null;

  /** Says `value` of codes [from, until). */
  fill(value: number, from: number, until: number): void {
    if (from >= until) return;
    if (!this.#values) {
      if (this.#until === 0) this.#value = value;
      if (value === this.#value && from <= this.#until && (this.#until > 0 || from === 0)) {
        this.#until = Math.max(this.#until, until);
        return;
      }
      // The first value may come late: those before it are not stated.
      if (this.#until === 0) this.#value = NOT_STATED;
    }
    const values = this.#withRoom(until);
    values.fill(value, from, until);
    this.#until = Math.max(this.#until, until);
  }

  /** True when codes 0 … count − 1 have one value, which is known without looking. */
  isUniform(count: number): boolean {
    return !this.#values && this.#until >= count && count > 0;
  }

  /** Value of code i; `NOT_STATED` for one of which nothing was said. */
  at(i: number): number {
    if (i >= this.#until) return NOT_STATED;
    return this.#values ? this.#values[i] : this.#value;
  }

  /** Values of codes `order[from, until)`, or of codes [from, until) themselves. */
  take(from: number, until: number, order?: Uint32Array): Int32Array {
    const column = new Int32Array(until - from);
    for (let i = from; i < until; i++) column[i - from] = this.at(order ? order[i] : i);
    return column;
  }

  #withRoom(count: number): Int32Array {
    const old = this.#values;
    if (old && old.length >= count) return old;
    const wider = new Int32Array(Math.max(ROOM_MIN, (old?.length ?? 0) * 2, count)).fill(NOT_STATED);
    if (old) wider.set(old);
    else wider.fill(this.#value, 0, this.#until);
    this.#values = wider;
    return wider;
  }
}
