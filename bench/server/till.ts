/**
 * A till as cash-register services say it must be: hosts by their speed, failing ones aside, one barrier of time for the online check, else the local
 * module with its own stock's dates and groups; the decision table, sale and return apart, with prices; the tags of what it prints; what it sold told
 * to the module until that has it. It keeps its receipts, and what it had to tell its operator.
 */
import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICIES, decide, type Engine, type Facts, type PermitPolicy, policyAt } from '../../engine/index.js';
import { type AnswerCode, answerCodes, factsOfAnswer, joinFacts } from '../../engine/permit/answer-facts.js';
import type { Channel, ReceiptLine } from '../../engine/permit/facts.js';
import type { CheckProof, ReceiptTags } from '../../engine/permit/receipt-tags.js';
import { NationalApi } from '../../server/upstream/national-api.js';

/** A unit on the shelf, as the shop's own books have it. */
export interface Goods {
  /** As scanned, with its tail. */
  code: string;
  /** КИ. */
  cis: string;
  facts: Pick<Facts, 'expiresAt' | 'groupIds'>;
  /** Kopecks. */
  price: number;
  /** Parts that it can be sold in. */
  inner?: number;
}

export interface TillLine {
  goods: Goods;
  /** Parts; absent: the whole. */
  quantity?: number;
  /** Kopecks, where somebody keyed in another price than that of the shelf. */
  price?: number;
}

/** A line that was printed. */
export interface PrintedLine extends TillLine {
  tags: ReceiptTags;
  channel: TillChannel;
}

export interface Receipt {
  id: string;
  mode: 'sale' | 'return';
  lines: PrintedLine[];
  /** КИ that the module would not take: sold all the same, and to be cleared up. */
  disputed: string[];
}

/** How a line was checked. */
export type TillChannel = 'online' | 'offline' | 'emergency' | 'impossible';

export interface TillOptions {
  /** Hosts of the national API, or the address of their list. */
  platform: readonly string[];
  module: string;
  key: string;
  /** Number of the fiscal drive. */
  clientId: string;
  now: () => Date;
  /** The till's own reader of codes: an engine without a register. */
  reader: Engine;
  policies?: readonly PermitPolicy[];
}

interface TillCheck {
  channel: TillChannel;
  facts: Facts;
  proof: CheckProof;
}

/** Decree 1944 p. 17: one barrier for the whole online attempt. */
const BARRIER_MS = 1500;
const MODULE_MS = 15_000;
/**
 * Rows that a sale may leave open: what a platform without the keys of tails can't say, and what a local module can't know. How much is left of a pack
 * that is sold in parts must be known, and prices and dates as well.
 */
const MAY_BE_OPEN: Readonly<Record<TillChannel, readonly number[]>> = {
  online: [4],
  offline: [2, 4, 5, 10],
  emergency: [],
  impossible: [2, 4, 5, 6, 8, 10, 12],
};
const NO_PROOF: CheckProof = { reqId: '', reqTimestamp: 0 };
/** For the tags of a receipt. */
const CHANNELS: Readonly<Record<TillChannel, Channel>> = {
  online: 'upstream',
  offline: 'register',
  emergency: 'emergency',
  impossible: 'impossible',
};
/** The module is begun anew when it says that it isn't, or has fallen behind. */
const BEGIN_ANEW: ReadonlySet<unknown> = new Set([4045, 4050]);

export class Till {
  /** What was printed, in order. */
  readonly receipts: Receipt[] = [];
  /** Rows that forbade lines. */
  readonly refusals: number[] = [];
  /** Checks by the way they went. */
  readonly checks: Record<TillChannel, number> = { online: 0, offline: 0, emergency: 0, impossible: 0 };
  /** What the operator was told. */
  readonly told: string[] = [];
  /** The network to the platform: switched off and on by whoever plays the day. */
  isOnline = true;
  /** The module hears the till: receipts wait while it doesn't. */
  isHeard = true;
  readonly #options: TillOptions;
  readonly #platform: NationalApi;
  readonly #policies: readonly PermitPolicy[];
  #untold: Receipt[] = [];

  constructor(options: TillOptions) {
    this.#options = options;
    this.#policies = options.policies ?? DEFAULT_POLICIES;
    const { platform: urls, key, now } = options;
    this.#platform = new NationalApi({ urls, key, now, budgetMs: BARRIER_MS, log: (what) => this.told.push(what) });
  }

  /** Begins the module when it isn't, and reads the list of hosts. @throws Error when the module doesn't get ready. */
  async begin(): Promise<void> {
    await this.#platform.refreshIfDue();
    const status = async () => (await this.#module('/api/v2/status')).status;
    if ((await status()) === 'not_configured') await this.#beginModule();
    const found = await status();
    if (found !== 'ready') throw new Error(`the local module is in state ${String(found)}`);
  }

  close(): Promise<void> {
    return this.#platform.close();
  }

  /** Rings up lines one by one; those that are forbidden stay outside. The receipt that was printed, or `null` when nothing was left for it. */
  async ring(mode: Receipt['mode'], lines: readonly TillLine[]): Promise<Receipt | null> {
    // In the background: a sale never waits for the list.
    void this.#platform.refreshIfDue();
    const receipt: Receipt = { id: randomUUID(), mode, lines: [], disputed: [] };
    for (const line of lines) {
      const { goods, quantity } = line;
      const receiptLine: ReceiptLine = {
        mode,
        at: this.#options.now(),
        price: line.price ?? goods.price,
        repeated: receipt.lines.some(({ goods: { cis } }) => cis === goods.cis),
        ...(quantity !== undefined && { quantity }),
      };
      const check = await this.#check(goods);
      if (check && this.#mayPass(goods, check, receiptLine)) {
        receipt.lines.push({ ...line, channel: check.channel, tags: this.#tags(goods, check, receiptLine) });
      }
    }
    if (receipt.lines.length === 0) return null;
    this.receipts.push(receipt);
    this.#untold.push(receipt);
    if (this.isHeard) await this.tell();
    return receipt;
  }

  /** Tells the module of all receipts that it hasn't heard of. */
  async tell(): Promise<void> {
    for (const receipt of this.#untold.splice(0)) await this.#tellOne(receipt);
  }

  /** All КИ that the module says this till sold. */
  async soldByModule(): Promise<Set<string>> {
    const found = new Set<string>();
    for (let skip = 0; ; ) {
      const { total_count: total, cis_list: list } = await this.#module(`/api/v2/cis/sold?skip=${skip}&limit=100`);
      for (const cis of list as string[]) found.add(cis);
      skip += (list as string[]).length;
      if (skip >= Number(total) || (list as string[]).length === 0) return found;
    }
  }

  /** What the register behind the module says of goods, for the reconciliation of the day. */
  async look(goods: readonly Goods[]): Promise<Facts[]> {
    const body = await this.#module('/api/v4/true-api/codes/check', { codes: goods.map(({ code }) => code) });
    return (answerCodes(body) ?? []).map((code) => factsOfAnswer(code, { offline: false }));
  }

  #mayPass(goods: Goods, { channel, facts }: TillCheck, line: ReceiptLine): boolean {
    const { allow, row, open } = decide(this.#withOwnReceipts(goods, facts), line, this.#policies);
    // In an emergency nothing is asked; what the till itself knows it still doesn't sell twice.
    const isOpen = channel === 'emergency' ? false : open.some((each) => !MAY_BE_OPEN[channel].includes(each));
    if (allow !== 'no' && !isOpen) return true;
    this.refusals.push(row ?? open[0]!);
    return false;
  }

  #tags({ code, facts: { groupIds }, inner }: Goods, { channel, proof }: TillCheck, line: ReceiptLine): ReceiptTags {
    return this.#options.reader.receiptTags(code, line, policyAt(this.#policies, line.at), {
      channel: CHANNELS[channel],
      proof,
      ...(groupIds && { groupIds }),
      ...(inner !== undefined && { inner }),
    });
  }

  /** With what stands in this till's own receipts, of which others may not have heard. */
  #withOwnReceipts({ cis, inner }: Goods, facts: Facts): Facts {
    const net = this.#net(cis, this.receipts);
    if (inner !== undefined) {
      // Nobody else sells of an open keg; of one that others know about only what they didn't hear is added.
      const known = facts.soldUnitCount === undefined ? net : facts.soldUnitCount + this.#net(cis, this.#untold);
      return { ...facts, innerUnitCount: inner, soldUnitCount: known };
    }
    const isTold = this.#net(cis, this.#untold) === 0;
    return net > 0 ? { ...facts, sold: true } : isTold ? facts : { ...facts, sold: false };
  }

  /** Units, or parts, that receipts sold and did not take back. */
  #net(cis: string, receipts: readonly Receipt[]): number {
    let net = 0;
    for (const { mode, lines } of receipts) {
      for (const { goods, quantity = 1 } of lines) if (goods.cis === cis) net += mode === 'sale' ? quantity : -quantity;
    }
    return net;
  }

  /** Structure by the till itself, then the platform, then the local module. `null`: told to the operator, and not sold. */
  async #check(goods: Goods): Promise<TillCheck | null> {
    const { reader, now, clientId } = this.#options;
    const { zone } = policyAt(this.#policies, now());
    const [read] = reader.facts([goods.code], { at: now(), country: 'RU', zone, complete: false });
    const own = joinFacts(goods.facts, read!.facts);
    const answer = this.isOnline
      ? await this.#platform.check([goods.code], clientId)
      : ({ kind: 'offline', why: 'unavailable' } as const);
    switch (answer.kind) {
      case 'answered': {
        const { codes, reqId, reqTimestamp } = answer;
        const facts = joinFacts(own, factsOfAnswer(codes[0]!, { offline: false }));
        return this.#checked('online', facts, { reqId, reqTimestamp });
      }
      case 'emergency':
        return this.#checked('emergency', {}, NO_PROOF);
      case 'impossible':
        return this.#checked('impossible', own, NO_PROOF);
      case 'refused':
        this.told.push(`refused: ${answer.status} ${answer.description}`);
        return null;
      case 'offline':
        if (answer.why === 'unauthorized') this.told.push('the key is refused');
        return this.#checkOffline(goods, own);
    }
  }

  #checked(channel: TillChannel, facts: Facts, proof: CheckProof): TillCheck {
    this.checks[channel]++;
    return { channel, facts, proof };
  }

  /** КИ alone go to the local module. */
  async #checkOffline({ cis, facts: { groupIds } }: Goods, own: Facts): Promise<TillCheck> {
    const [pg] = groupIds ?? [];
    const body = await this.#module('/api/v2/cis/outCheck', { cis_list: [{ cis, pg }] });
    const [code] = answerCodes(body) ?? [];
    if (!code) throw new Error(`the local module says nothing of ${cis}`);
    const [{ reqId, reqTimestamp, inst, version }] = body.results as [Required<CheckProof>];
    const facts = joinFacts(own, factsOfAnswer(code, { offline: true }));
    return this.#checked('offline', facts, { reqId, reqTimestamp, inst, version });
  }

  /** The same request may go out twice: an answer that was lost is asked for again. */
  async #tellOne({ id, mode, lines, disputed }: Receipt): Promise<void> {
    const list = lines.map(({ goods: { cis, inner }, quantity }) =>
      quantity === undefined ? { cis } : { cis, sold: quantity, ...(inner !== undefined && { inner }) },
    );
    const path = mode === 'sale' ? '/api/v2/cis/sell' : '/api/v2/cis/return';
    const send = () => this.#module(path, { cis_list: list, id });
    const first = codesOf(await send());
    const second = codesOf(await send());
    disputed.push(...first.filter(({ ok }) => ok !== true).map(({ cis }) => String(cis)));
    if (!first.every(({ ok }, i) => ok === second[i]?.ok)) throw new Error(`receipt ${id} told twice has two answers`);
  }

  #beginModule(): Promise<Record<string, unknown>> {
    return this.#module('/api/v2/init', { token: this.#options.key });
  }

  /** Asks the module; begins it and asks once more when it isn't ready. @throws Error for any other answer than 200. */
  async #module(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const { module, key, clientId } = this.#options;
    const ask = async () => {
      const response = await fetch(module + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-api-key': key, 'x-clientid': clientId, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(MODULE_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
    };
    let { status, answer } = await ask();
    if (status === 400 && BEGIN_ANEW.has(answer.errorCode)) {
      await this.#beginModule();
      ({ status, answer } = await ask());
    }
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }
}

function codesOf(body: Record<string, unknown>): AnswerCode[] {
  const [result] = body.results as [{ codes: AnswerCode[] }];
  return result.codes;
}
