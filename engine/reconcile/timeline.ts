/** When lines were scanned: counts in steps of time, few enough for a chart however long the count took. */
import { OUTCOMES, SEVERITY } from './outcomes.js';

/** One step of a timeline. */
export interface TimelineStep {
  /** Beginning of the step, ISO 8601, UTC. */
  at: string;
  lines: number;
  /** Lines that somebody must look at. */
  attention: number;
}

export interface Timeline {
  stepMinutes: number;
  /** Steps with at least one line, in order. */
  steps: TimelineStep[];
}

/** Steps of a chart; more are not seen apart. */
const STEPS_MAX = 120;
/** Steps held while counting; then each is made longer. */
const HELD_MAX = 4096;
/** Lengths of a step in minutes, up to a day; then it doubles. */
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];
const MINUTE_MS = 60_000;
const CACHE_MAX = 1 << 16;

const NEEDS_ATTENTION = OUTCOMES.map((name) => SEVERITY[name] === 'warn' || SEVERITY[name] === 'error');

export class TimelineCount {
  #minutes = 1;
  #steps = new Map<number, { lines: number; attention: number }>();
  readonly #parsed = new Map<string, number>();

  /** Counts a line; one whose time is no ISO 8601 time is not on the timeline. */
  add(scannedAt: string, outcome: number): void {
    const minute = this.#minuteOf(scannedAt);
    if (Number.isNaN(minute)) return;
    this.#count(Math.floor(minute / this.#minutes), 1, NEEDS_ATTENTION[outcome] ? 1 : 0);
    if (this.#steps.size > HELD_MAX) this.#lengthen();
  }

  /** The counts, or undefined when no line had a time. */
  timeline(): Timeline | undefined {
    if (this.#steps.size === 0) return undefined;
    const span = (): number => {
      const steps = [...this.#steps.keys()];
      return steps.reduce((a, b) => Math.max(a, b)) - steps.reduce((a, b) => Math.min(a, b)) + 1;
    };
    while (span() > STEPS_MAX && this.#minutes < Number.MAX_SAFE_INTEGER / 2) this.#lengthen();
    const steps = [...this.#steps].sort(([a], [b]) => a - b);
    return {
      stepMinutes: this.#minutes,
      steps: steps.map(([step, counts]) => ({
        at: new Date(step * this.#minutes * MINUTE_MS).toISOString(),
        ...counts,
      })),
    };
  }

  #count(step: number, lines: number, attention: number): void {
    const counts = this.#steps.get(step);
    if (counts) {
      counts.lines += lines;
      counts.attention += attention;
    } else {
      this.#steps.set(step, { lines, attention });
    }
  }

  #lengthen(): void {
    const before = this.#steps;
    const shorter = this.#minutes;
    // A length that the one before divides, so that no step is cut in two.
    this.#minutes = MINUTES.find((minutes) => minutes > shorter && minutes % shorter === 0) ?? shorter * 2;
    this.#steps = new Map();
    for (const [step, { lines, attention }] of before) {
      this.#count(Math.floor((step * shorter) / this.#minutes), lines, attention);
    }
  }

  /** Minutes since 1970; scans of a second or a device repeat their texts. */
  #minuteOf(text: string): number {
    let minute = this.#parsed.get(text);
    if (minute === undefined) {
      minute = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Math.floor(Date.parse(text) / MINUTE_MS) : Number.NaN;
      if (this.#parsed.size >= CACHE_MAX) this.#parsed.clear();
      this.#parsed.set(text, minute);
    }
    return minute;
  }
}
