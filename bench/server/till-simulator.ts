/**
 * A day at a till over the drop-in routes: sales, returns, parts, repeats, forbidden goods and prices, offline hours, and a module that doesn't hear
 * for a while. At its end the receipts are reconciled with the register: equal, or the differences are told.
 */
import { DEFAULT_POLICIES, type EventStatement, type PermitPolicy } from '../../engine/index.js';
import { TOBACCO } from '../../engine/permit/policy.js';
import { Random } from '../../server/demo/random.js';
import { type Goods, Till, type TillLine, type TillOptions } from './till.js';

export interface DayReport {
  receipts: number;
  sold: number;
  returned: number;
  parts: number;
  /** Lines that were refused. */
  refused: number;
  /** Checks that the local module made. */
  offlineChecks: number;
  /** Units of receipts that the register would not take: what only an online check could have told. */
  disputed: number;
  /** What receipts and register say differently; none on a good day. */
  differences: string[];
  /** What the till kept, for whoever wants to know more. */
  diary: Pick<Till, 'receipts' | 'refusals' | 'checks' | 'told'>;
}

export interface DayOptions extends TillOptions {
  /** Lets time pass. */
  betweenReceipts?: () => void;
}

/** The shelf of a shop, and the events that make the register of it. */
export interface Shelf {
  goods: Goods[];
  kegs: Goods[];
  /** Packs with a printed price, and some without one. */
  tobacco: Goods[];
  /** Blocked, sold elsewhere, expired, unknown, issued only. */
  forbidden: Goods[];
  events: EventStatement[];
}

const MILK = 8;
const BEER = 15;
/** Kopecks; `ABm8` is the price of a pack, `AAAA` says that none is set. */
const PACK_PRICE = 9500;
const PRINTED = 'ABm8';
const NOT_PRINTED = 'AAAA';
/** Lowest price of a pack, kopecks. */
const FLOOR = 9000;
const SHELF_PRICE = 10_000;
/** A shop's till and its server have the same. */
export const SHOP_POLICIES: readonly PermitPolicy[] = [{ ...DEFAULT_POLICIES[0]!, commonFloor: { [TOBACCO]: FLOOR } }];
const KEG_PARTS = 300;
const OWNER = '7700000000';
/** Codes of one request of the reconciliation. */
const LOOK_CODES = 100;
const DAY_MS = 24 * 3600_000;

/** A shelf of `count` units, some of them not for sale. */
export function shelfOf(count: number, at: Date): Shelf {
  const expiresAt = new Date(at.getTime() + 30 * DAY_MS);
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const unit = (gtin: string, serial: string, facts: Goods['facts'], inner?: number): Goods => ({
    cis: `01${gtin}21${serial}`,
    code: `01${gtin}21${serial}\u001d93Sim1`,
    facts,
    price: SHELF_PRICE,
    ...(inner !== undefined && { inner }),
  });
  const milk = (kind: string, n: number, expiry = expiresAt): Goods =>
    unit('04607000001097', `${kind}${String(n).padStart(5, '0')}`, { expiresAt: expiry, groupIds: [MILK] });
  const goods = Array.from({ length: count }, (_, n) => milk('m', n));
  const kegs = Array.from({ length: Math.ceil(count / 50) }, (_, n) =>
    unit('04607000001172', `k${String(n).padStart(6, '0')}`, { expiresAt, groupIds: [BEER] }, KEG_PARTS),
  );
  const tobacco = Array.from({ length: Math.ceil(count / 4) }, (_, n): Goods => {
    const cis = `04607000001011p${String(n).padStart(6, '0')}`;
    const code = `${cis}${n % 3 === 0 ? NOT_PRINTED : PRINTED}Sim1`;
    return { cis, code, facts: { groupIds: [TOBACCO], expiresAt: null }, price: PACK_PRICE };
  });
  const few = Array.from({ length: Math.ceil(count / 20) }, (_, n) => n);
  const past = new Date(at.getTime() - 2 * DAY_MS);
  const blocked = few.map((n) => milk('b', n));
  const gone = few.map((n) => milk('s', n));
  const expired = few.map((n) => milk('e', n, past));
  const issued = few.map((n) => milk('i', n));
  const cis = (of: readonly Goods[]): string[] => of.map((each) => each.cis);
  const traded = { kind: 'restate', at: at.toISOString(), state: 'INTRODUCED', owner: OWNER } as const;
  const acts = { at: at.toISOString(), checks: 'state' } as const;
  return {
    goods,
    kegs,
    tobacco,
    forbidden: [...blocked, ...gone, ...expired, ...issued],
    events: [
      { ...traded, group: MILK, expiry: day(expiresAt), codes: cis([...goods, ...blocked, ...gone]) },
      { ...traded, group: MILK, expiry: day(past), codes: cis(expired) },
      { ...traded, state: 'EMITTED', group: MILK, codes: cis(issued) },
      { ...traded, group: BEER, expiry: day(expiresAt), inner: KEG_PARTS, codes: cis(kegs) },
      { ...traded, group: TOBACCO, codes: cis(tobacco) },
      { ...acts, kind: 'block', codes: cis(blocked) },
      { ...acts, kind: 'sell', codes: cis(gone) },
    ],
  };
}

/** Sells for so many receipts and reconciles. The register must be that of the shelf. */
export async function sellADay(shelf: Shelf, receipts: number, seed: number, options: DayOptions): Promise<DayReport> {
  const random = new Random(seed);
  const till = new Till(options);
  try {
    await till.begin();
    await sell(till, shelf, receipts, random, options.betweenReceipts);
    return await reconcile(till, shelf);
  } finally {
    await till.close();
  }
}

async function sell(till: Till, shelf: Shelf, receipts: number, random: Random, pass?: () => void): Promise<void> {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const sold: TillLine[] = [];
  for (let n = 0; n < receipts; n++) {
    // A fifth of the day is offline, and for another part the module doesn't hear; what it didn't hear it is told behind that.
    till.isOnline = n % 20 < 16;
    const isHeard = n % 50 < 45;
    if (isHeard && !till.isHeard) await till.tell();
    till.isHeard = isHeard;
    pass?.();
    const isReturn = sold.length > 0 && random.below(8) === 0;
    const lines = isReturn ? [sold.splice(random.below(sold.length), 1)[0]!] : basket(shelf, pick, random);
    const receipt = await till.ring(isReturn ? 'return' : 'sale', lines);
    if (!isReturn && receipt && isHeard) {
      sold.push(...receipt.lines.filter(({ goods }) => !receipt.disputed.includes(goods.cis)));
    }
  }
  await till.tell();
}

function basket(
  shelf: Shelf,
  pick: <T>(from: readonly T[]) => T,
  random: { below(limit: number): number },
): TillLine[] {
  const lines: TillLine[] = Array.from({ length: 1 + random.below(4) }, () => ({ goods: pick(shelf.goods) }));
  if (random.below(3) === 0) lines.push({ goods: pick(shelf.forbidden) });
  if (random.below(6) === 0) lines.push({ goods: pick(shelf.kegs), quantity: 1 + random.below(60) });
  // A price is keyed in wrongly now and then: another one than is printed, or one below the floor.
  if (random.below(3) === 0)
    lines.push({ goods: pick(shelf.tobacco), ...(random.below(4) === 0 && { price: FLOOR - 1 }) });
  if (random.below(10) === 0) lines.push(lines[0]!);
  return lines;
}

/** What the receipts make of every unit against what the register and the till's own list there say. */
async function reconcile(till: Till, { goods, kegs, tobacco, forbidden }: Shelf): Promise<DayReport> {
  /** Net of the receipts: parts of a keg, 1 for a whole unit. */
  const net = new Map<string, number>();
  const report = { receipts: till.receipts.length, sold: 0, returned: 0, parts: 0, disputed: 0 };
  for (const { mode, lines, disputed } of till.receipts) {
    for (const { goods: unit, quantity } of lines) {
      const { cis } = unit;
      if (disputed.includes(cis)) {
        report.disputed++;
        continue;
      }
      if (quantity !== undefined) report.parts++;
      if (mode === 'sale') report.sold++;
      else report.returned++;
      net.set(cis, (net.get(cis) ?? 0) + (mode === 'sale' ? 1 : -1) * (quantity ?? 1));
    }
  }
  const differences: string[] = [];
  const compare = (what: string, receipts: unknown, register: unknown): void => {
    if (receipts !== register)
      differences.push(`${what}: ${String(receipts)} by the receipts, ${String(register)} by the register`);
  };
  const listed = await till.soldByModule();
  const units = [...goods, ...kegs, ...tobacco];
  for (let from = 0; from < units.length; from += LOOK_CODES) {
    const some = units.slice(from, from + LOOK_CODES);
    const facts = await till.look(some);
    some.forEach(({ cis, inner }, i) => {
      const count = net.get(cis) ?? 0;
      compare(`${cis} in the list`, count > 0, listed.has(cis));
      if (inner === undefined) compare(cis, count > 0, facts[i]?.sold);
      else compare(`parts of ${cis}`, count, facts[i]?.soldUnitCount);
    });
  }
  for (const { cis } of forbidden) {
    compare(`${cis}, forbidden, in the receipts`, 0, net.get(cis) ?? 0);
    compare(`${cis}, forbidden, in the list`, false, listed.has(cis));
  }
  const { checks, receipts, refusals, told } = till;
  return {
    ...report,
    refused: refusals.length,
    offlineChecks: checks.offline,
    differences,
    diary: { receipts, refusals, checks, told },
  };
}
