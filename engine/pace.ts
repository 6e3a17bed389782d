/** When work will be through, at the pace so far. */
export class Pace {
  readonly #started = performance.now();
  #first = -1;

  /** `total`: how much there is to do; `null` when nobody knows. */
  constructor(readonly total: number | null) {}

  /** Milliseconds until all is done, when so much is; `null` when nobody knows. */
  left(done: number): number | null {
    // What was done before the first call says nothing of the pace.
    if (this.#first < 0) this.#first = done;
    const pace = (done - this.#first) / (performance.now() - this.#started);
    return this.total === null || pace <= 0 ? null : Math.max(0, Math.round((this.total - done) / pace));
  }
}
