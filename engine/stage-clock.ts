/** Times the stages of a run, one after the other. */
import type { StageTiming } from './reconcile/report.js';

export class StageClock {
  readonly timings: StageTiming[] = [];
  #started = performance.now();

  /** Ends a stage in which `codes` codes were worked on; the next begins. */
  stop(stage: string, codes: number): void {
    const milliseconds = performance.now() - this.#started;
    this.timings.push({
      stage,
      milliseconds: Math.round(milliseconds * 10) / 10,
      codes,
      codesPerSecond: Math.round((codes / Math.max(milliseconds, 0.001)) * 1000),
    });
    this.#started = performance.now();
  }
}
