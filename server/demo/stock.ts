import type { Good } from './goods.js';
import type { Random } from './random.js';

/** Day on which the demo's warehouse scans. */
export const TODAY = '2026-03-16';

/** Taxpayer numbers: the supplier, then third parties. `Stock.owner` holds the position here. */
export const OWNERS = ['9999000101', '9999000305', '9999000418', '9999000520'] as const;
export const SUPPLIER = 0;

/** Register states. `Stock.status` holds the position here. */
export const STATUSES = ['INTRODUCED', 'RETIRED', 'EMITTED'] as const;
export const INTRODUCED = 0;
export const RETIRED = 1;
export const EMITTED = 2;

/** Expiry days. `Stock.expiry` holds the position here; 0 stands for goods that carry none, the last three are past on {@link TODAY}. */
export const EXPIRIES = [
  '',
  '2027-06-30',
  '2027-12-31',
  '2028-02-29',
  '2028-09-30',
  TODAY,
  '2026-03-15',
  '2025-12-31',
  '2024-06-30',
] as const;
export const EXPIRES_TODAY = 5;
const FUTURE_FIRST = 1;
const FUTURE_COUNT = 4;
const PAST_FIRST = 6;
const PAST_COUNT = 3;

/** No box, or no pallet. */
export const NONE = -1;

/** Everything in the register, in columns: units by number, boxes by number, pallets by number. Contents of a package are consecutive. */
export interface Stock {
  goods: readonly Good[];
  units: number;
  /** Position in `goods`. */
  good: Uint8Array;
  owner: Uint8Array;
  status: Uint8Array;
  expiry: Uint8Array;
  /** Box that holds the unit, or {@link NONE}. */
  box: Int32Array;
  boxes: number;
  /** First unit and number of units of a box; its pallet, or {@link NONE}. */
  boxFirst: Int32Array;
  boxSize: Uint8Array;
  boxPallet: Int32Array;
  pallets: number;
  /** First box and number of boxes of a pallet. */
  palletFirst: Int32Array;
  palletSize: Uint8Array;
}

/** Share of the units that are in boxes on pallets, and in boxes that stand alone, per cent. */
const ON_PALLETS = 67;
const IN_BOXES = 3;
/** Share of the units that belong to third parties, per cent. */
const FOREIGN = 8;

/** Below this many units pallets are small, so that a small corpus still has enough of them for every finding. */
const SMALL_UNITS = 200_000;

/** Lays out a register of `units` units: all well (INTRODUCED, not expired), some owned by third parties. */
export function layOutStock(units: number, goods: readonly Good[], random: Random): Stock {
  const [boxesLeast, boxesMost] = units < SMALL_UNITS ? [5, 10] : [20, 40];
  const boxesMax = Math.ceil(units / 20);
  const stock: Stock = {
    goods,
    units,
    good: new Uint8Array(units),
    owner: new Uint8Array(units),
    status: new Uint8Array(units),
    expiry: new Uint8Array(units),
    box: new Int32Array(units).fill(NONE),
    boxes: 0,
    boxFirst: new Int32Array(boxesMax),
    boxSize: new Uint8Array(boxesMax),
    boxPallet: new Int32Array(boxesMax).fill(NONE),
    pallets: 0,
    palletFirst: new Int32Array(Math.ceil(boxesMax / boxesLeast)),
    palletSize: new Uint8Array(Math.ceil(boxesMax / boxesLeast)),
  };
  const kinds = {
    pallet: { units: 0, foreign: 0 },
    box: { units: 0, foreign: 0 },
    loose: { units: 0, foreign: 0 },
  };
  for (let unit = 0; unit < units; ) {
    const good = random.below(goods.length);
    const { boxSize } = goods[good]!;
    const boxCount = boxesLeast + random.below(boxesMost - boxesLeast + 1);
    let kind: keyof typeof kinds = 'loose';
    if (kinds.pallet.units * 100 < ON_PALLETS * unit && unit + boxSize * boxCount <= units) kind = 'pallet';
    else if (kinds.box.units * 100 < IN_BOXES * unit && unit + boxSize <= units) kind = 'box';
    // a few units a lot when the corpus is small, so that no share is a matter of luck
    const lot = Math.min(units - unit, 20 + random.below(Math.min(400, Math.ceil(units / 200))));
    const size = kind === 'pallet' ? boxSize * boxCount : kind === 'box' ? boxSize : lot;
    const share = kinds[kind];
    const foreign = share.foreign * 100 < FOREIGN * share.units;
    const owner = foreign ? 1 + random.below(OWNERS.length - 1) : SUPPLIER;
    share.units += size;
    if (foreign) share.foreign += size;
    stock.good.fill(good, unit, unit + size);
    stock.owner.fill(owner, unit, unit + size);
    if (kind === 'pallet') addPallet(stock, unit, boxSize, boxCount);
    if (kind === 'box') addBox(stock, unit, boxSize, NONE);
    const expiry = futureExpiry(stock, unit, random);
    stock.expiry.fill(expiry, unit, unit + size);
    unit += size;
  }
  return stock;
}

function addPallet(stock: Stock, unit: number, boxSize: number, boxCount: number): void {
  const pallet = stock.pallets++;
  stock.palletFirst[pallet] = stock.boxes;
  stock.palletSize[pallet] = boxCount;
  for (let i = 0; i < boxCount; i++) addBox(stock, unit + i * boxSize, boxSize, pallet);
}

function addBox(stock: Stock, unit: number, size: number, pallet: number): void {
  const box = stock.boxes++;
  stock.boxFirst[box] = unit;
  stock.boxSize[box] = size;
  stock.boxPallet[box] = pallet;
  stock.box.fill(box, unit, unit + size);
}

/** An expiry day after {@link TODAY} that suits the unit's article. */
export function futureExpiry(stock: Stock, unit: number, random: Random): number {
  return expires(stock, unit) ? FUTURE_FIRST + random.below(FUTURE_COUNT) : 0;
}

/** An expiry day before {@link TODAY}. */
export function pastExpiry(random: Random): number {
  return PAST_FIRST + random.below(PAST_COUNT);
}

/** True when the unit's article carries an expiry. */
export function expires(stock: Stock, unit: number): boolean {
  return stock.goods[stock.good[unit]!]!.expires;
}

/** First unit of a pallet, and the one after its last. */
export function palletUnits(stock: Stock, pallet: number): [from: number, to: number] {
  const first = stock.palletFirst[pallet]!;
  const last = first + stock.palletSize[pallet]! - 1;
  return [stock.boxFirst[first]!, stock.boxFirst[last]! + stock.boxSize[last]!];
}

/** First unit of a box, and the one after its last. */
export function boxUnits(stock: Stock, box: number): [from: number, to: number] {
  const first = stock.boxFirst[box]!;
  return [first, first + stock.boxSize[box]!];
}
