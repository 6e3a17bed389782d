/** Minutes of a pack's wall clock as moments. */
import { DateTime } from 'luxon';

/** Dates of goods repeat; the cache is emptied before it can grow large. */
const CACHE_MAX = 20_000;
const MINUTE_MS = 60_000;

export class WallClock {
  #zone = '';
  readonly #moments = new Map<number, Date>();

  /** The moment at which a clock of `zone` shows so many minutes since 1970-01-01T00:00. Don't change it: it is shared. */
  at(minutes: number, zone: string): Date {
    if (zone !== this.#zone || this.#moments.size >= CACHE_MAX) {
      this.#moments.clear();
      this.#zone = zone;
    }
    let moment = this.#moments.get(minutes);
    if (!moment) {
      moment = DateTime.fromMillis(minutes * MINUTE_MS, { zone: 'utc' })
        .setZone(zone, { keepLocalTime: true })
        .toJSDate();
      this.#moments.set(minutes, moment);
    }
    return moment;
  }
}
