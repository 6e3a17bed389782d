/**
 * A check as the faces of tills make it: from the register, or, when the register can't answer and there is one to ask, from the national API; by a
 * local module from the register and from what that API said before. It is written to the journal. What it answers is what is known; what that
 * permits, the engine's table decides.
 */
import { randomUUID } from 'node:crypto';
import type { Channel, Engine, Facts, KnownCode, PermitPolicy } from '../../../engine/index.js';
import { policyAt } from '../../../engine/index.js';
import { type AnswerCode, factsOfAnswer, joinFacts } from '../../../engine/permit/answer-facts.js';
import type { CheckProof } from '../../../engine/permit/receipt-tags.js';
import { AnswerCache, type CachedAnswer } from '../../upstream/answer-cache.js';
import type { NationalApi } from '../../upstream/national-api.js';
import type { Metrics } from '../metrics.js';
import type { Settings } from '../settings.js';
import { type CheckedCode, quoted, recordedJson } from './check-answer.js';
import type { CheckJournal } from './check-journal.js';

/** Who asks, and what of it goes upstream. */
export interface Asker {
  /** Name of the face, for the journal. */
  face: string;
  keyId: string | null;
  participant: string | undefined;
  country: 'RU' | 'UZ';
  fiscalDriveNumber?: string | undefined;
}

export interface Check {
  channel: Channel;
  codes: CheckedCode[];
  proof: CheckProof;
  /** The national API was to be asked and could not be: what the register doesn't know stays unknown. */
  offline: boolean;
  /** Age of the answers of channel `cache`, milliseconds. */
  ageMs?: number;
}

export interface DeskParts {
  engine: Engine;
  settings: Settings;
  metrics: Metrics;
  now: () => Date;
  policies: readonly PermitPolicy[];
  upstream: NationalApi | null;
  journal: CheckJournal;
}

/** Answers of the national API that are kept, about 1 KiB each. */
const CACHE_MAX = 50_000;
const HOUR_MS = 3600_000;

export class TillDesk {
  readonly policies: readonly PermitPolicy[];
  readonly upstream: NationalApi | null;
  readonly #parts: DeskParts;
  readonly #cache = new AnswerCache(CACHE_MAX);
  #averageMs = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.policies = parts.policies;
    this.upstream = parts.upstream;
  }

  /** Milliseconds that a check takes lately. */
  get averageMs(): number {
    return this.#averageMs;
  }

  /** Checks codes as scanned, in order. At once, unless somebody else has to be asked. */
  check(codes: readonly string[], asker: Asker): Check | Promise<Check> {
    const began = performance.now();
    const { now, upstream } = this.#parts;
    const at = now();
    const known = this.#known(codes, asker, at);
    if (upstream === null || asker.country !== 'RU' || known.every(isSettled)) {
      const check = this.#own(known, at, false);
      this.#averageMs += (performance.now() - began - this.#averageMs) / 16;
      return check;
    }
    return this.#ask(known, asker, at, upstream);
  }

  /**
   * What a local module knows of КИ: the register, and of what the national API said lately that which a local module has as well. Nobody is asked,
   * and the answer is this server's own.
   */
  checkHere(codes: readonly string[], asker: Asker): Check {
    const { now, settings, upstream } = this.#parts;
    const at = now();
    const check = this.#own(this.#known(codes, asker, at), at, upstream !== null);
    const ageMax = settings.upstreamStaleHours * HOUR_MS;
    for (const code of check.codes) {
      const { cis } = code.known;
      const told = cis === null ? undefined : this.#cache.of(cis, at.getTime(), ageMax);
      if (told) code.facts = joinFacts(code.facts, factsOfAnswer(told.answer, { offline: true }));
    }
    return check;
  }

  /** A declared emergency: what the register knows, for the journal alone. */
  checkInEmergency(codes: readonly string[], asker: Asker): Check {
    const at = this.#parts.now();
    return { ...this.#own(this.#known(codes, asker, at), at, false), channel: 'emergency' };
  }

  /** After a sale or a return of this server's own: earlier answers are no longer so. */
  forget(cis: string): void {
    this.#cache.forget(cis);
  }

  /** Writes a check down; resolves at once unless the disk is behind. */
  record({ channel, codes, proof }: Check, { face, keyId }: Asker): Promise<void> | undefined {
    const { journal, metrics } = this.#parts;
    const counts = { yes: 0, no: 0, unknown: 0 };
    let recorded = '';
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      counts[standing(code.facts)]++;
      recorded += i === 0 ? recordedJson(code) : `,${recordedJson(code)}`;
    }
    for (const allow of ['yes', 'no', 'unknown'] as const) {
      if (counts[allow] > 0) metrics.verdicts.inc({ face: 'till', allow }, counts[allow]);
    }
    const { reqId, reqTimestamp } = proof;
    return journal.record(
      `{"reqId":"${reqId}","reqTimestamp":${reqTimestamp},"face":"${face}","key":"${keyId ?? ''}","channel":"${channel}","codes":[${recorded}]}`,
    );
  }

  #known(codes: readonly string[], { country, participant }: Asker, at: Date): KnownCode[] {
    const { engine, settings, policies, upstream } = this.#parts;
    const { zone } = policyAt(policies, at);
    const complete = !settings.partialRegister && upstream === null;
    return engine.facts(codes, { at, country, participant, zone, complete });
  }

  #own(known: readonly KnownCode[], at: Date, offline: boolean): Check {
    return {
      channel: 'register',
      codes: known.map(ownCode),
      proof: { reqId: randomUUID(), reqTimestamp: at.getTime() },
      offline,
    };
  }

  /** All codes of a question are asked for when one is: it is one request, with one id. */
  async #ask(known: readonly KnownCode[], asker: Asker, at: Date, upstream: NationalApi): Promise<Check> {
    const { metrics, settings } = this.#parts;
    const isOwnerTold = asker.participant !== undefined && asker.participant === settings.upstreamParticipant;
    const fresh = this.#cached(known, at, settings.upstreamCacheSeconds * 1000, isOwnerTold);
    if (fresh) return fresh;
    const answer = await upstream.check(
      known.map(({ scan }) => scan),
      asker.fiscalDriveNumber,
    );
    metrics.upstream.inc({ result: resultOf(answer) });
    switch (answer.kind) {
      case 'answered': {
        const { reqId, reqTimestamp } = answer;
        const answers = matched(known, answer.codes);
        const entries = known.map((_, i) => ({ answer: answers[i]!, reqId, reqTimestamp }));
        known.forEach(({ cis, scan }, i) => {
          if (cis !== null && answers[i]) this.#cache.set(cis, { ...entries[i]!, scan, at: at.getTime() });
        });
        const proof = { reqId: reqId === '' ? randomUUID() : reqId, reqTimestamp: reqTimestamp || at.getTime() };
        return { channel: 'upstream', codes: joined(known, answers, isOwnerTold), proof, offline: false };
      }
      case 'emergency':
        return { ...this.#own(known, at, true), channel: 'emergency' };
      case 'impossible':
        return { ...this.#own(known, at, true), channel: 'impossible' };
      case 'refused':
        return this.#own(known, at, true);
      default:
        return (
          this.#cached(known, at, settings.upstreamStaleHours * HOUR_MS, isOwnerTold) ?? this.#own(known, at, true)
        );
    }
  }

  /** Answers of one earlier request about the very same codes, when all are there and young enough. */
  #cached(known: readonly KnownCode[], at: Date, ageMax: number, isOwnerTold: boolean): Check | null {
    const now = at.getTime();
    const entries: CachedAnswer[] = [];
    for (const { cis, scan } of known) {
      const entry = cis === null ? undefined : this.#cache.get(cis, scan, now, ageMax);
      if (!entry || (entries[0] && entry.reqId !== entries[0].reqId)) return null;
      entries.push(entry);
    }
    const [first] = entries;
    if (!first) return null;
    const answers = entries.map(({ answer }) => answer);
    const proof = { reqId: first.reqId, reqTimestamp: first.reqTimestamp };
    return {
      channel: 'cache',
      codes: joined(known, answers, isOwnerTold),
      proof,
      offline: false,
      ageMs: now - first.at,
    };
  }
}

function ownCode(known: KnownCode): CheckedCode {
  return { known, facts: known.facts, answer: null, name: known.cis === null ? 'null' : quoted(known.cis) };
}

/** `isOwnerTold`: the asker is the participant whose key the national API was asked with; of anybody else its `isOwner` says nothing. */
function joined(
  known: readonly KnownCode[],
  answers: readonly (AnswerCode | null)[],
  isOwnerTold: boolean,
): CheckedCode[] {
  return known.map((code, i) => {
    const answer = answers[i];
    const own = ownCode(code);
    if (!answer) return own;
    const told = factsOfAnswer(answer, { offline: false });
    if (!isOwnerTold) told.isOwner = undefined;
    return { ...own, facts: joinFacts(code.facts, told), answer };
  });
}

/** The answer about each code: by what it echoes, as scanned or as КИ; a single one is about the single code. */
function matched(known: readonly KnownCode[], answers: readonly AnswerCode[]): (AnswerCode | null)[] {
  const byName = new Map<unknown, AnswerCode>();
  for (const answer of answers) for (const name of [answer.printView, answer.cis]) byName.set(name, answer);
  const only = known.length === 1 && answers.length === 1 ? answers[0]! : null;
  return known.map(({ scan, cis }) => byName.get(scan) ?? (cis === null ? undefined : byName.get(cis)) ?? only);
}

/** Nothing that the table asks about the code itself is open, or there is no code. */
function isSettled({ facts }: KnownCode): boolean {
  if (facts.valid === false || facts.errorCode !== 0) return true;
  return (
    facts.found !== undefined &&
    facts.verified !== undefined &&
    facts.utilised !== undefined &&
    facts.isBlocked !== undefined &&
    facts.sold !== undefined &&
    facts.realizable !== undefined
  );
}

/** A rough count for metrics, whatever the till does with it. */
function standing(facts: Facts): 'yes' | 'no' | 'unknown' {
  if (facts.errorCode !== 0 || facts.found === false || facts.isBlocked === true || facts.sold === true) return 'no';
  if (facts.realizable === undefined) return 'unknown';
  return facts.realizable ? 'yes' : 'no';
}

function resultOf(answer: { kind: string; why?: string }): string {
  switch (answer.kind) {
    case 'answered':
    case 'emergency':
    case 'refused':
      return answer.kind;
    default:
      return answer.why === 'timeout' ? 'timeout' : 'unavailable';
  }
}
