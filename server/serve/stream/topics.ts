/** What a connection follows: scans of a session or of one device, and jobs. Bounded: what comes faster than it is told is counted. */
import type { KeptScan, Scanned, Session, Sessions } from '../../../engine/index.js';
import { ALLOWS, type Job, OUTCOMES, type Verdict } from '../../../engine/index.js';
import type { Client } from '../access/access.js';
import type { Parts } from '../faces.js';
import { Refusal } from '../refusals.js';
import type { LiveScan, TopicFrame } from './codec.js';
import type { Topic } from './messages.js';
import { type FrameFault, TOPIC_MS, TOPIC_SCANS_MAX, TOPICS_MAX } from './protocol.js';
import type { StreamParts } from './stream-parts.js';

interface Followed {
  end(): void;
}

/** How a follower tells its client. */
export interface Teller {
  /** What the client may see. */
  readonly client: Client | null;
  /** True when the client is behind with what it was told. */
  readonly isBehind: boolean;
  tell(frame: TopicFrame): void;
  /** A topic can't be followed. */
  refuseTopic(code: FrameFault, message: string): void;
}

/** What one connection follows. */
export class FollowedTopics {
  readonly #teller: Teller;
  readonly #parts: StreamParts;
  /** By name; `null` while one is being opened. */
  readonly #topics = new Map<string, Followed | null>();
  #isEnded = false;

  constructor(teller: Teller, parts: StreamParts) {
    this.#teller = teller;
    this.#parts = parts;
  }

  /** `own`: session of the connection, which a topic without one means. */
  async follow(topic: Topic, own: string | undefined): Promise<void> {
    const name = topicName(topic, own);
    if (this.#topics.has(name)) return;
    if (this.#topics.size >= TOPICS_MAX) {
      this.#teller.refuseTopic('TOO_MANY_TOPICS', `at most ${TOPICS_MAX} topics`);
      return;
    }
    this.#topics.set(name, null);
    try {
      const followed = await this.#open(topic, own);
      // Given up meanwhile.
      if (!this.#topics.has(name) || this.#isEnded) followed.end();
      else this.#topics.set(name, followed);
    } catch (error) {
      this.#topics.delete(name);
      const isOthers = error instanceof Refusal && error.code === 'OTHER_PARTICIPANT';
      const message = isOthers ? error.message : 'there is no such session or job';
      this.#teller.refuseTopic(isOthers ? 'OTHER_PARTICIPANT' : 'NOT_FOUND', message);
    }
  }

  unfollow(topic: Topic, own: string | undefined): void {
    const name = topicName(topic, own);
    this.#topics.get(name)?.end();
    this.#topics.delete(name);
  }

  end(): void {
    this.#isEnded = true;
    for (const followed of this.#topics.values()) followed?.end();
    this.#topics.clear();
  }

  async #open(topic: Topic, own: string | undefined): Promise<Followed> {
    const { board, sessions } = this.#parts;
    const { client } = this.#teller;
    if (topic.topic === 'job') return followJob(await board.demand(topic.job, client), this.#parts, this.#teller);
    const id = topic.session ?? own ?? '';
    const participant = client?.participant ?? null;
    if (participant !== null && sessions.get(id).owner !== participant) {
      throw new Refusal('OTHER_PARTICIPANT', 'The session is another participant’s.');
    }
    const session = await sessions.find(id);
    return followSession(session, topic.topic === 'device' ? topic.device : null, sessions, this.#teller);
  }
}

/** Names a topic among those of a connection. */
function topicName(topic: Topic, ownSession: string | undefined): string {
  if (topic.topic === 'job') return `job ${topic.job}`;
  return `${topic.topic} ${topic.session ?? ownSession ?? ''} ${topic.topic === 'device' ? topic.device : ''}`;
}

/** Follows a session that is in use already, or one of its devices; releases it at the end. */
function followSession(session: Session, device: string | null, sessions: Sessions, teller: Teller): Followed {
  const fresh: Scanned[] = [];
  let skipped = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    if (teller.isBehind) {
      skipped += fresh.splice(0).length;
      schedule();
      return;
    }
    const items = fresh.splice(0).map(({ scan, verdict }) => liveScan(scan, verdict));
    teller.tell({ type: 'live', session: session.id, items, ...(skipped > 0 && { skipped }), counts: session.counts });
    skipped = 0;
  };
  const schedule = (): void => {
    timer ??= setTimeout(tell, TOPIC_MS);
  };
  const state = (): void =>
    teller.tell({
      type: 'session',
      session: session.id,
      state: session.isOpen ? 'open' : 'closed',
      counts: session.counts,
    });
  const unfollow = session.follow((scanned) => {
    if (device !== null && scanned.scan.device !== device) return;
    if (fresh.length < TOPIC_SCANS_MAX) fresh.push(scanned);
    else skipped++;
    schedule();
  });
  const unhear = session.onEnd((error) => {
    clearTimeout(timer);
    if (fresh.length > 0) tell();
    if (error === null) state();
  });
  state();
  return {
    end: () => {
      clearTimeout(timer);
      unfollow();
      unhear();
      sessions.release(session);
    },
  };
}

/** Follows a job that the client may see. */
function followJob(job: Job, { jobs, board }: Parts, teller: Teller): Followed {
  let timer: NodeJS.Timeout | undefined;
  const tell = async (): Promise<void> => {
    timer = undefined;
    // A job that was removed meanwhile has nothing to tell.
    const view = await board.view(jobs.get(job.id)).catch(() => null);
    if (view) teller.tell({ type: 'job', job: view });
  };
  const stop = jobs.onProgress(({ id }) => {
    if (id === job.id) timer ??= setTimeout(() => void tell(), TOPIC_MS);
  });
  void tell();
  return {
    end: () => {
      clearTimeout(timer);
      stop();
    },
  };
}

/** A scan as followers see it. */
function liveScan(scan: KeptScan, verdict: Verdict): LiveScan {
  const live: LiveScan = {
    device: scan.device,
    seq: scan.seq,
    outcome: OUTCOMES[scan.outcome]!,
    allow: ALLOWS[scan.allow]!,
    key: verdict.code.key,
    time: scan.time,
  };
  if (scan.repeated) live.repeated = true;
  return live;
}
