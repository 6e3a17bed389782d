/**
 * The national API as a till asks it (cash-register services §1): the fastest host first, a failing one aside for 15 minutes, the list
 * refreshed in the background after 6 to 7 hours, and one budget of time for the whole chain of a question.
 */
import { rootCertificates } from 'node:tls';

import { Agent, type Dispatcher } from 'undici';
import { type AnswerCode, answerCodes } from '../../engine/permit/answer-facts.js';
import { type Attempt, askHost } from './ask-host.js';
import { HostList } from './host-list.js';

/** What came of a question. */
export type NationalAnswer =
  | { kind: 'answered'; codes: AnswerCode[]; reqId: string; reqTimestamp: number }
  | { kind: 'emergency' }
  | { kind: 'refused'; status: number; description: string }
  /** The transborder service is down: a check is not possible. */
  | { kind: 'impossible' }
  /** The platform could not be had: offline. */
  | { kind: 'offline'; why: 'unauthorized' | 'timeout' | 'unavailable' };

export interface NationalApiOptions {
  /** Hosts, or the one address of the list of them, which ends in `/cdn/info`. */
  urls: readonly string[];
  key: string;
  /** Milliseconds for a whole question; decree 1944 p. 17 gives 1500. */
  budgetMs: number;
  now: () => Date;
  /** Certificate authorities in PEM besides those that Node knows. */
  ca?: string | undefined;
  log?: (what: string) => void;
}

/** Milliseconds for the list and for a host's health: in the background, where nobody waits. */
const LIST_MS = 15_000;
const HEALTH_MS = 2_000;
const REFRESH_MIN_MS = 6 * 3600_000;
const REFRESH_MAX_MS = 7 * 3600_000;
/** Between two tries of a list that can't be had. */
const RETRY_LIST_MS = 60_000;
const LOOK_MS = 30_000;
const HOSTS_MAX = 64;
const INFO_PATH = /\/cdn\/info\/?$/;
const HEALTH_PATH = '/api/v4/true-api/cdn/health/check';
const CHECK_PATH = '/api/v4/true-api/codes/check';
/** Less than this is not worth an attempt. */
const ATTEMPT_MS_MIN = 20;
/** A UUID in the documents; whatever it is, it goes on into answers and receipts. */
const REQUEST_ID = /^[\w-]{1,64}$/;
/** Of a host that doesn't say. */
const UNKNOWN_TIME_MS = 60_000;

export class NationalApi {
  readonly #options: NationalApiOptions;
  readonly #agent: Dispatcher;
  readonly #hosts = new HostList();
  readonly #timer: NodeJS.Timeout;
  readonly #list: URL | null;
  #refreshAt = 0;
  #refreshing: Promise<void> | null = null;
  #listedWhileAside = false;
  #lastContact = 0;

  /** Begins to look for hosts at once. */
  constructor(options: NationalApiOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connections: 16,
      pipelining: 1,
      connect: {
        timeout: options.budgetMs,
        ...(options.ca !== undefined && { ca: [...rootCertificates, options.ca] }),
      },
      headersTimeout: LIST_MS,
      bodyTimeout: LIST_MS,
    });
    const urls = options.urls.map((url) => new URL(url));
    this.#list = urls.find((url) => INFO_PATH.test(url.pathname)) ?? null;
    if (!this.#list) this.#hosts.set(urls.map(({ origin }) => ({ origin, avgTimeMs: UNKNOWN_TIME_MS })));
    this.#timer = setInterval(() => this.refreshIfDue(), LOOK_MS).unref();
    this.refreshIfDue();
  }

  /** When the platform last answered, milliseconds since 1970; 0: never. */
  get lastContact(): number {
    return this.#lastContact;
  }

  /** Begins to refresh the list when its time has come; resolves when that is done. */
  refreshIfDue(): Promise<void> {
    if (this.#now() < this.#refreshAt) return this.#refreshing ?? Promise.resolve();
    return this.#refresh();
  }

  /** Asks about codes as scanned, within one budget of time for everything. */
  async check(codes: readonly string[], fiscalDriveNumber?: string): Promise<NationalAnswer> {
    const body = JSON.stringify({ codes, fiscalDriveNumber });
    // Durations are of the machine's own clock, whatever the wall clock does meanwhile.
    const deadline = performance.now() + this.#options.budgetMs;
    if (this.#hosts.ready(this.#now()).length > 0) this.#listedWhileAside = false;
    const answer = await this.#ask(body, deadline);
    if (answer) return answer;
    if (performance.now() >= deadline) return { kind: 'offline', why: 'timeout' };
    // All hosts are aside: the list is had anew, once, and then there is no more to be done.
    if (this.#listedWhileAside) return { kind: 'offline', why: 'unavailable' };
    this.#listedWhileAside = true;
    await Promise.race([this.#refresh(), elapsed(deadline - performance.now())]);
    return (await this.#ask(body, deadline)) ?? { kind: 'offline', why: this.#late(deadline) };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#agent.destroy();
  }

  #late(deadline: number): 'timeout' | 'unavailable' {
    return performance.now() >= deadline ? 'timeout' : 'unavailable';
  }

  /** Asks host after host; `null` when none is left. */
  async #ask(body: string, deadline: number): Promise<NationalAnswer | null> {
    const ready = this.#hosts.ready(this.#now());
    for (const [i, origin] of ready.entries()) {
      const attempt = await this.#askTwice(origin, body, deadline, i < ready.length - 1);
      switch (attempt.kind) {
        case 'answered': {
          const answer = readAnswer(attempt.body);
          if (answer) {
            this.#contact();
            return answer;
          }
          break;
        }
        case 'emergency':
          this.#contact();
          return attempt;
        case 'refused':
          this.#options.log?.(`${origin} refused a check: ${attempt.status} ${attempt.description}`);
          return attempt;
        case 'transborder':
          this.#contact();
          return { kind: 'impossible' };
        case 'unauthorized':
          this.#options.log?.(`${origin} refused the key`);
          return { kind: 'offline', why: 'unauthorized' };
        default:
      }
      this.#hosts.setAside(origin, this.#now());
      this.#options.log?.(`${origin} is put aside: ${attempt.kind === 'broken' ? attempt.detail : attempt.kind}`);
      if (deadline - performance.now() < ATTEMPT_MS_MIN) return { kind: 'offline', why: 'timeout' };
    }
    return null;
  }

  /** One retry, for what may be better a moment later; while there is another host, this one gets half of the time that is left. */
  async #askTwice(origin: string, body: string, deadline: number, hasNext: boolean): Promise<Attempt> {
    const until = hasNext ? performance.now() + (deadline - performance.now()) / 2 : deadline;
    let attempt = await this.#askOnce(origin, body, until);
    if (attempt.kind === 'transborder' || attempt.kind === 'broken' || isBroken(attempt)) {
      if (until - performance.now() >= ATTEMPT_MS_MIN) attempt = await this.#askOnce(origin, body, until);
    }
    return isBroken(attempt) ? { kind: 'broken', detail: 'the answer has no codes' } : attempt;
  }

  #askOnce(origin: string, body: string, until: number): Promise<Attempt> {
    const timeoutMs = until - performance.now();
    return askHost(this.#agent, { origin, path: CHECK_PATH, method: 'POST', key: this.#options.key, body, timeoutMs });
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#readList().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #readList(): Promise<void> {
    const origins = await this.#origins();
    if (origins === null) {
      this.#refreshAt = this.#now() + RETRY_LIST_MS;
      return;
    }
    const hosts = await Promise.all(origins.map((origin) => this.#health(origin)));
    this.#hosts.set(hosts);
    this.#refreshAt = this.#now() + refreshDelay(Math.random());
  }

  /** The list's hosts, or those of the settings. */
  async #origins(): Promise<string[] | null> {
    if (!this.#list) return this.#options.urls.map((url) => new URL(url).origin);
    const { origin, pathname, protocol } = this.#list;
    const attempt = await this.#get(origin, pathname, LIST_MS);
    if (attempt.kind !== 'answered' || !Array.isArray(attempt.body.hosts)) return null;
    const origins = attempt.body.hosts.slice(0, HOSTS_MAX).flatMap((entry) => originOf(entry, protocol));
    if (origins.length === 0) return null;
    this.#contact();
    return origins;
  }

  async #health(origin: string): Promise<{ origin: string; avgTimeMs: number }> {
    const attempt = await this.#get(origin, HEALTH_PATH, HEALTH_MS);
    if (attempt.kind !== 'answered') return { origin, avgTimeMs: UNKNOWN_TIME_MS };
    this.#contact();
    const { avgTimeMs } = attempt.body;
    return { origin, avgTimeMs: typeof avgTimeMs === 'number' && avgTimeMs >= 0 ? avgTimeMs : UNKNOWN_TIME_MS };
  }

  #get(origin: string, path: string, timeoutMs: number): Promise<Attempt> {
    return askHost(this.#agent, { origin, path, method: 'GET', key: this.#options.key, timeoutMs });
  }

  #contact(): void {
    this.#lastContact = this.#now();
  }

  #now(): number {
    return this.#options.now().getTime();
  }
}

/** Milliseconds until the list is read anew, of a random number below 1: it may be seen a look late, and takes its time to read. */
export function refreshDelay(random: number): number {
  return REFRESH_MIN_MS + Math.floor(random * (REFRESH_MAX_MS - LOOK_MS - LIST_MS - HEALTH_MS - REFRESH_MIN_MS));
}

/** An answer of 200 that says nothing of any code is as broken as one that is no JSON. */
function isBroken(attempt: Attempt): boolean {
  return attempt.kind === 'answered' && readAnswer(attempt.body) === null;
}

function readAnswer(body: Record<string, unknown>): NationalAnswer | null {
  const codes = answerCodes(body);
  if (!codes) return null;
  const { reqId, reqTimestamp } = body;
  return {
    kind: 'answered',
    codes,
    reqId: typeof reqId === 'string' && REQUEST_ID.test(reqId) ? reqId : '',
    reqTimestamp: Number.isSafeInteger(reqTimestamp) ? Number(reqTimestamp) : 0,
  };
}

/** A list that came encrypted names no host that the key would go to in the clear. */
function originOf(entry: unknown, protocolOfList: string): string[] {
  const host = typeof entry === 'object' && entry !== null && 'host' in entry ? entry.host : undefined;
  if (typeof host !== 'string' || !URL.canParse(host)) return [];
  const { protocol, origin } = new URL(host);
  return protocol === 'https:' || (protocol === 'http:' && protocolOfList === 'http:') ? [origin] : [];
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)).unref());
}
