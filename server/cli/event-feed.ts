import { isTamgaError, TamgaError } from '../../engine/errors.js';
import type { ApplyResult, Engine, EventStatement } from '../../engine/index.js';
import { type JsonEvent, jsonEvents } from '../../engine/register/event-lines.js';
import type { EventCounts } from './event-text.js';
import type { Session } from './session.js';

/** Events on their way at once: they share commits, and none waits for the disk alone. */
const AT_ONCE = 256;

export interface FeedOptions {
  json?: boolean;
  possible?: boolean;
  replay?: boolean;
}

/** Events from JSON into a register, in their order; what becomes of each is told as it is known. */
export class EventFeed {
  readonly counts: EventCounts = { applied: 0, known: 0, refused: 0, codesRefused: 0 };
  #waiting: JsonEvent[] = [];
  #appliedAt: number | undefined;

  constructor(
    readonly engine: Engine,
    readonly session: Session,
    readonly options: FeedOptions,
  ) {}

  /** Throws EVENT_INVALID for what is no event; those before it have been applied. */
  async run(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const event of jsonEvents(bytes, path)) {
      this.session.signal.throwIfAborted();
      const appliedAt = this.#timeOf(event, path);
      // Events of one commit have one time.
      if (this.#waiting.length === AT_ONCE || appliedAt !== this.#appliedAt) await this.#submit(path);
      this.#appliedAt = appliedAt;
      this.#waiting.push(event);
    }
    await this.#submit(path);
  }

  async report(): Promise<void> {
    if (this.options.json) return;
    const { eventCountsText } = await import('./event-text.js');
    await this.session.out.write(eventCountsText(this.counts, this.session.language, this.session.out));
  }

  async #submit(path: string): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    const where = this.options.possible ? 'possible' : 'all';
    for (const [i, result] of (await this.#results(path, events, where)).entries())
      await this.#told(events[i]!, result);
  }

  /** One broken event doesn't hold back those before it. */
  async #results(path: string, events: JsonEvent[], where: 'all' | 'possible'): Promise<ApplyResult[]> {
    const statements = events.map(({ value }) => value as EventStatement);
    const options = { where, appliedAt: this.#appliedAt } as const;
    try {
      return await this.engine.submit(statements, options);
    } catch (error) {
      if (!isTamgaError(error) || error.code !== 'EVENT_INVALID') throw error;
    }
    const results: ApplyResult[] = [];
    for (const [i, statement] of statements.entries()) {
      try {
        results.push(await this.engine.submit(statement, options));
      } catch (error) {
        for (const [before, result] of results.entries()) await this.#told(events[before]!, result);
        if (!isTamgaError(error)) throw error;
        throw new TamgaError(error.code, { ...error.data, path, line: events[i]!.line }, { cause: error });
      }
    }
    return results;
  }

  async #told({ line, value }: JsonEvent, { applied, sequence, rejections }: ApplyResult): Promise<void> {
    const isKnown = !applied && rejections.length === 0;
    if (applied) this.counts.applied++;
    else if (isKnown) this.counts.known++;
    else this.counts.refused++;
    this.counts.codesRefused += rejections.length;
    if (this.options.json) {
      const { id } = value as EventStatement;
      await this.session.out.write(`${JSON.stringify({ line, id, applied, known: isKnown, sequence, rejections })}\n`);
    } else if (rejections.length > 0) {
      const { refusalText } = await import('./event-text.js');
      this.session.err.write(refusalText(line, applied, rejections, this.session.language));
    }
  }

  #timeOf({ value, line }: JsonEvent, path: string): number | undefined {
    if (!this.options.replay) return undefined;
    const { appliedAt } = (value ?? {}) as Partial<EventStatement>;
    const time = typeof appliedAt === 'string' ? Date.parse(appliedAt) : Number.NaN;
    if (Number.isNaN(time)) throw new TamgaError('EVENT_INVALID', { path, line, detail: 'appliedAt: expected a time' });
    return time;
  }
}
