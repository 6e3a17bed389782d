/**
 * A till as cash-register services say it must be: the online check within one barrier of time, else the local module with its own stock's expiry
 * and groups; the decision table, sale and return apart; what it sold told to the module until that has it. It keeps its receipts.
 */
import { randomUUID } from 'node:crypto';
import { DEFAULT_POLICIES, decide, type Facts, type ReceiptLine } from '../../engine/index.js';
import { answerCodes, factsOfAnswer, joinFacts } from '../../engine/permit/answer-facts.js';

/** A unit on the shelf, as the shop's own books have it. */
export interface Goods {
  /** As scanned, with its tail. */
  code: string;
  /** КИ. */
  cis: string;
  facts: Pick<Facts, 'expiresAt' | 'groupIds'>;
  /** Parts that it can be sold in. */
  inner?: number;
}

export interface TillLine {
  goods: Goods;
  /** Parts; absent: the whole. */
  quantity?: number;
}

export interface Receipt {
  id: string;
  mode: 'sale' | 'return';
  lines: TillLine[];
  /** КИ that the module would not take: sold all the same, and to be cleared up. */
  disputed: string[];
}

export interface TillOptions {
  /** Where the national API is thought to be; an address where nobody listens is an offline day. */
  online: string;
  module: string;
  key: string;
  clientId: string;
  now: () => Date;
}

/** Decree 1944 p. 17: one barrier for the whole online attempt. */
const BARRIER_MS = 1500;

export class Till {
  /** What was printed, in order. */
  readonly receipts: Receipt[] = [];
  refused = 0;
  offlineChecks = 0;
  /** The network to the platform: switched off and on by whoever plays the day. */
  isOnline = true;
  /** The module hears the till: receipts wait while it doesn't. */
  isHeard = true;
  readonly #options: TillOptions;
  #untold: Receipt[] = [];

  constructor(options: TillOptions) {
    this.#options = options;
  }

  /** Binds the module when it isn't. @throws Error when it doesn't get ready. */
  async begin(): Promise<void> {
    const status = async () => (await this.#get('/api/v2/status')).status;
    if ((await status()) === 'not_configured') await this.#post('/api/v2/init', { token: this.#options.key });
    const found = await status();
    if (found !== 'ready') throw new Error(`the local module is in state ${String(found)}`);
  }

  /** Rings up lines one by one; those that are forbidden stay outside. The receipt that was printed, or `null` when nothing was left for it. */
  async ring(mode: Receipt['mode'], lines: readonly TillLine[]): Promise<Receipt | null> {
    const receipt: Receipt = { id: randomUUID(), mode, lines: [], disputed: [] };
    for (const line of lines) {
      const { goods, quantity } = line;
      const repeated = receipt.lines.some(({ goods: { cis } }) => cis === goods.cis);
      const receiptLine: ReceiptLine = {
        mode,
        at: this.#options.now(),
        repeated,
        ...(quantity !== undefined && { quantity }),
      };
      // What is not known doesn't stand against the goods; what is known to, does.
      if (decide(this.#own(goods, await this.#check(goods)), receiptLine, DEFAULT_POLICIES).allow === 'no')
        this.refused++;
      else receipt.lines.push(line);
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
      const { total_count: total, cis_list: list } = await this.#get(`/api/v2/cis/sold?skip=${skip}&limit=100`);
      for (const cis of list as string[]) found.add(cis);
      skip += (list as string[]).length;
      if (skip >= Number(total) || (list as string[]).length === 0) return found;
    }
  }

  /** What the platform says of goods, for the reconciliation of the day. */
  async look(goods: readonly Goods[]): Promise<Facts[]> {
    const body = await this.#post('/api/v4/true-api/codes/check', { codes: goods.map(({ code }) => code) });
    return (answerCodes(body) ?? []).map((code) => factsOfAnswer(code, { offline: false }));
  }

  /** With what stands in receipts that nobody heard of yet. */
  #own({ cis }: Goods, facts: Facts): Facts {
    let { sold, soldUnitCount } = facts;
    for (const { mode, lines } of this.#untold) {
      for (const { goods, quantity } of lines) {
        if (goods.cis !== cis) continue;
        if (quantity === undefined) sold = mode === 'sale';
        else soldUnitCount = (soldUnitCount ?? 0) + (mode === 'sale' ? quantity : -quantity);
      }
    }
    return { ...facts, sold, soldUnitCount };
  }

  async #check(goods: Goods): Promise<Facts> {
    if (this.isOnline) {
      try {
        const body = await this.#post(
          '/api/v4/true-api/codes/check',
          { codes: [goods.code], fiscalDriveNumber: '9999078900000001' },
          this.#options.online,
        );
        const [code] = answerCodes(body) ?? [];
        if (code) return factsOfAnswer(code, { offline: false });
      } catch (error) {
        // Whatever is wrong with the platform, the sale goes on offline.
        if (!(error instanceof Error)) throw error;
      }
    }
    this.offlineChecks++;
    const [code] = answerCodes(await this.#post('/api/v2/cis/outCheck', { cis_list: [{ cis: goods.cis }] })) ?? [];
    return code ? joinFacts(goods.facts, factsOfAnswer(code, { offline: true })) : goods.facts;
  }

  /** The same request may go out twice: an answer that was lost is asked for again. */
  async #tellOne({ id, mode, lines, disputed }: Receipt): Promise<void> {
    const list = lines.map(({ goods: { cis, inner }, quantity }) =>
      quantity === undefined ? { cis } : { cis, sold: quantity, ...(inner !== undefined && { inner }) },
    );
    const path = mode === 'sale' ? '/api/v2/cis/sell' : '/api/v2/cis/return';
    const send = () => this.#post(path, { cis_list: list, id });
    const first = codesOf(await send());
    const second = codesOf(await send());
    disputed.push(...first.filter(({ ok }) => ok !== true).map(({ cis }) => String(cis)));
    if (!first.every(({ ok }, i) => ok === second[i]?.ok)) throw new Error(`receipt ${id} told twice has two answers`);
  }

  async #get(path: string): Promise<Record<string, unknown>> {
    return this.#answer(await fetch(this.#options.module + path, { headers: this.#headers }));
  }

  async #post(path: string, body: unknown, to = this.#options.module): Promise<Record<string, unknown>> {
    const signal = AbortSignal.timeout(to === this.#options.module ? BARRIER_MS * 10 : BARRIER_MS);
    const headers = { ...this.#headers, 'content-type': 'application/json' };
    return this.#answer(await fetch(to + path, { method: 'POST', headers, body: JSON.stringify(body), signal }));
  }

  get #headers(): Record<string, string> {
    return { 'x-api-key': this.#options.key, 'x-clientid': this.#options.clientId };
  }

  async #answer(response: Response): Promise<Record<string, unknown>> {
    const body = (await response.json()) as Record<string, unknown>;
    if (response.status !== 200) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  }
}

function codesOf(body: Record<string, unknown>): Record<string, unknown>[] {
  const [result] = body.results as [{ codes: Record<string, unknown>[] }];
  return result.codes;
}
