import { createHash } from 'node:crypto';
import type { Outcome } from '../../engine/reconcile/outcomes.js';
import type { GtinTotals } from '../../engine/reconcile/report.js';
import type { CodeScribe } from './code-bytes.js';
import { ageTheRest, chooseDelivery, type Delivery } from './delivery.js';
import { GOODS } from './goods.js';
import { plantPackages } from './plant-packages.js';
import { plantForgeries, plantTobacco, tailsOf } from './plant-tails.js';
import { plantLoose, plantNoise, plantRepeats, plantStrangers, plantUnregistered } from './plant-units.js';
import type { Planted } from './planted.js';
import { Planting } from './planting.js';
import { Random } from './random.js';
import { layOutStock, type Stock } from './stock.js';

/** All that is to be written, decided. */
export interface Plan {
  stock: Stock;
  delivery: Delivery;
  /** Lines of the scan file in their order, packed as in `scan-lines.ts`. */
  lines: Uint32Array;
  planted: Planted;
}

const ABSENT = new Set<Outcome>(['SHORTAGE', 'SHORTAGE_INSIDE_PACKAGE']);
const SURPLUS = new Set<Outcome>(['SURPLUS', 'SURPLUS_FOREIGN']);

/** Decides what is in the register, in the delivery and in the scans, and with it what must be found. */
export function makePlan(registered: number, delivered: number, seed: number, scribe: CodeScribe): Plan {
  const random = new Random(seed);
  const stock = layOutStock(registered, GOODS, random);
  const delivery = chooseDelivery(stock, delivered, random);
  ageTheRest(stock, delivery.expected, random);
  const planting = new Planting(stock, delivery, delivered, random);
  plantPackages(planting);
  plantLoose(planting);
  plantStrangers(planting);
  planting.addUnitLines();
  const unregistered = plantUnregistered(planting);
  plantRepeats(planting);
  plantNoise(planting, unregistered);
  plantForgeries(planting);
  const tobacco = plantTobacco(planting);
  const lines = planting.lines.shuffled(random);
  return {
    stock,
    delivery,
    lines,
    planted: { ...tally(planting, unregistered + tobacco, scribe), tails: tailsOf(lines, stock) },
  };
}

function tally(planting: Planting, unregistered: number, scribe: CodeScribe): Omit<Planted, 'tails'> {
  const { stock, delivery, lines } = planting;
  const byGood: GtinTotals[] = stock.goods.map(({ gtin }) => ({
    gtin,
    expected: 0,
    matched: 0,
    shortage: 0,
    surplus: 0,
  }));
  const outcomes: Partial<Record<Outcome, number>> = {
    NOT_FOUND: unregistered,
  };
  const missing: string[] = [];
  for (let unit = 0; unit < stock.units; unit++) {
    const outcome = planting.outcomeOf(unit);
    if (outcome === undefined) continue;
    const good = stock.good[unit]!;
    const totals = byGood[good]!;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (SURPLUS.has(outcome)) totals.surplus++;
    if (delivery.expected[unit] === 0) continue;
    totals.expected++;
    if (ABSENT.has(outcome)) {
      totals.shortage++;
      missing.push(scribe.keyText(unit, good));
    } else {
      totals.matched++;
    }
  }
  missing.sort();
  const byGtin = byGood.filter(({ expected, surplus }) => expected + surplus > 0);
  const sum = (field: 'expected' | 'matched' | 'shortage' | 'surplus') =>
    byGtin.reduce((total, totals) => total + totals[field], 0);
  if (sum('expected') !== planting.delivered) {
    throw new Error(`planting left units out: ${sum('expected')} of ${planting.delivered} have an outcome`);
  }
  return {
    expectedUnits: sum('expected'),
    totals: {
      matched: sum('matched'),
      shortage: sum('shortage'),
      surplus: sum('surplus'),
    },
    outcomes,
    lines: { count: lines.count, outcomes: lines.outcomes },
    packageDecisions: planting.decisions,
    byGtin: byGtin.sort((a, b) => (a.gtin < b.gtin ? -1 : 1)),
    missing,
    missingDigest: digestOfCodes(missing),
  };
}

/** SHA-256, hex, of codes in byte order, each followed by a line feed; the order in which they come doesn't matter. */
export function digestOfCodes(codes: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const code of [...codes].sort()) hash.update(`${code}\n`);
  return hash.digest('hex');
}
