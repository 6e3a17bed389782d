/**
 * A day at a till over the drop-in routes: sales, returns, parts, repeats, forbidden goods, offline hours, and a module that doesn't hear for a
 * while. At its end the receipts are reconciled with the register: equal, or the differences are told.
 */
import type { EventStatement } from '../../engine/index.js';
import { Random } from '../../server/demo/random.js';
import { type Goods, Till, type TillLine, type TillOptions } from './till.js';

export interface DayReport {
  receipts: number;
  sold: number;
  returned: number;
  parts: number;
  refused: number;
  offlineChecks: number;
  /** Units of receipts that the register would not take: what only an online check could have told. */
  disputed: number;
  /** What receipts and register say differently; none on a good day. */
  differences: string[];
}

/** The shelf of a shop, and the events that make the register of it. */
export interface Shelf {
  goods: Goods[];
  kegs: Goods[];
  /** Blocked, sold elsewhere, expired, unknown, issued only. */
  forbidden: Goods[];
  events: EventStatement[];
}

const MILK = 8;
const BEER = 15;
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
    ...(inner !== undefined && { inner }),
  });
  const milk = (kind: string, n: number, expiry = expiresAt): Goods =>
    unit('04607000001097', `${kind}${String(n).padStart(5, '0')}`, { expiresAt: expiry, groupIds: [MILK] });
  const goods = Array.from({ length: count }, (_, n) => milk('m', n));
  const kegs = Array.from({ length: Math.ceil(count / 50) }, (_, n) =>
    unit('04607000001172', `k${String(n).padStart(6, '0')}`, { expiresAt, groupIds: [BEER] }, KEG_PARTS),
  );
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
    forbidden: [...blocked, ...gone, ...expired, ...issued],
    events: [
      { ...traded, group: MILK, expiry: day(expiresAt), codes: cis([...goods, ...blocked, ...gone]) },
      { ...traded, group: MILK, expiry: day(past), codes: cis(expired) },
      { ...traded, state: 'EMITTED', group: MILK, codes: cis(issued) },
      { ...traded, group: BEER, expiry: day(expiresAt), inner: KEG_PARTS, codes: cis(kegs) },
      { ...acts, kind: 'block', codes: cis(blocked) },
      { ...acts, kind: 'sell', codes: cis(gone) },
    ],
  };
}

/** Sells for so many receipts and reconciles. The register must be that of the shelf. */
export async function sellADay(shelf: Shelf, receipts: number, seed: number, options: TillOptions): Promise<DayReport> {
  const random = new Random(seed);
  const till = new Till(options);
  await till.begin();
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const sold: TillLine[] = [];
  for (let n = 0; n < receipts; n++) {
    // A tenth of the day is offline, and for another part the module doesn't hear; what it didn't hear it is told behind that.
    till.isOnline = n % 40 < 36;
    const isHeard = n % 50 < 45;
    if (isHeard && !till.isHeard) await till.tell();
    till.isHeard = isHeard;
    const isReturn = sold.length > 0 && random.below(8) === 0;
    const lines = isReturn ? [sold.splice(random.below(sold.length), 1)[0]!] : basket(shelf, pick, random);
    const receipt = await till.ring(isReturn ? 'return' : 'sale', lines);
    if (!isReturn && receipt && isHeard) {
      sold.push(...receipt.lines.filter(({ goods }) => !receipt.disputed.includes(goods.cis)));
    }
  }
  await till.tell();
  return reconcile(till, shelf);
}

function basket(
  shelf: Shelf,
  pick: <T>(from: readonly T[]) => T,
  random: { below(limit: number): number },
): TillLine[] {
  const lines: TillLine[] = Array.from({ length: 1 + random.below(4) }, () => ({ goods: pick(shelf.goods) }));
  if (random.below(6) === 0) lines.push({ goods: pick(shelf.forbidden) });
  if (random.below(6) === 0) lines.push({ goods: pick(shelf.kegs), quantity: 1 + random.below(60) });
  if (random.below(10) === 0) lines.push(lines[0]!);
  return lines;
}

/** What the receipts make of every unit against what the register and the till's own list there say. */
async function reconcile(till: Till, { goods, kegs, forbidden }: Shelf): Promise<DayReport> {
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
  const units = [...goods, ...kegs];
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
  return { ...report, refused: till.refused, offlineChecks: till.offlineChecks, differences };
}
