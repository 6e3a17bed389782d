import { Deck } from './deck.js';
import type { Random } from './random.js';
import { boxUnits, EMITTED, expires, NONE, palletUnits, pastExpiry, RETIRED, type Stock, SUPPLIER } from './stock.js';

/** What the supplier's document names, and what stays behind. */
export interface Delivery {
  /** 1 for every unit that is expected, by its own code or inside a named package. */
  expected: Uint8Array;
  /** Pallets and boxes named by their SSCC; none of the boxes is on a named pallet. */
  pallets: Int32Array;
  boxes: Int32Array;
  /** Units named by their own code; none of them is in a package. */
  loose: Int32Array;
  /** The supplier's boxes that are not named, none of them on a named pallet. */
  spareBoxes: Deck;
}

/** Share of the delivery that is named by package, per cent, and share of that which is named by pallet. */
const BY_PACKAGE = 56;
const BY_PALLET = 85;

/**
 * Chooses exactly `delivered` of the supplier's units: whole pallets, boxes that stand alone, half the boxes of some split pallets, and loose units.
 * @throws RangeError when the stock has too few loose units of the supplier
 */
export function chooseDelivery(stock: Stock, delivered: number, random: Random): Delivery {
  const expected = new Uint8Array(stock.units);
  let chosen = 0;
  const take = ([from, to]: [number, number]) => {
    expected.fill(1, from, to);
    chosen += to - from;
  };

  const byPackage = Math.floor((delivered * BY_PACKAGE) / 100);
  const own = (unit: number) => stock.owner[unit] === SUPPLIER;
  const ownPallets = new Deck(
    numbersWhere(stock.pallets, (pallet) => own(palletUnits(stock, pallet)[0])),
    random,
  );
  const pallets: number[] = [];
  while (chosen * 100 < byPackage * BY_PALLET && ownPallets.left > 0) {
    const [pallet] = ownPallets.draw(1);
    pallets.push(pallet!);
    take(palletUnits(stock, pallet!));
  }

  const standing = new Deck(
    numbersWhere(stock.boxes, (box) => stock.boxPallet[box] === NONE && own(stock.boxFirst[box]!)),
    random,
  );
  const boxes: number[] = [];
  const name = (box: number) => {
    boxes.push(box);
    take(boxUnits(stock, box));
  };
  for (const box of standing.draw(Math.ceil(standing.left / 2))) if (chosen < byPackage) name(box);
  while (chosen < byPackage && ownPallets.left > 0) {
    const [pallet] = ownPallets.draw(1);
    const first = stock.palletFirst[pallet!]!;
    for (let box = first; box < first + (stock.palletSize[pallet!]! >> 1) && chosen < byPackage; box++) name(box);
  }

  const free = numbersWhere(stock.units, (unit) => stock.box[unit] === NONE && own(unit));
  const loose = sample(free, delivered - chosen, random);
  for (const unit of loose) expected[unit] = 1;
  const spare = numbersWhere(stock.boxes, (box) => own(stock.boxFirst[box]!) && expected[stock.boxFirst[box]!] === 0);
  return {
    expected,
    pallets: Int32Array.from(pallets),
    boxes: Int32Array.from(boxes),
    loose,
    spareBoxes: new Deck(spare, random),
  };
}

/** Gives the units outside the delivery the states of everyday life, per thousand: retired 40, emitted only 20 (never in a box), expired 10. */
export function ageTheRest(stock: Stock, expected: Uint8Array, random: Random): void {
  for (let unit = 0; unit < stock.units; unit++) {
    if (expected[unit] === 1) continue;
    const roll = random.below(1000);
    if (roll < 40) stock.status[unit] = RETIRED;
    else if (roll < 60 && stock.box[unit] === NONE) stock.status[unit] = EMITTED;
    else if (roll >= 60 && roll < 70 && expires(stock, unit)) stock.expiry[unit] = pastExpiry(random);
  }
}

/** Numbers from 0 to `count` − 1 that suit, ascending. */
export function numbersWhere(count: number, suits: (number: number) => boolean): Int32Array {
  const found = new Int32Array(count);
  let length = 0;
  for (let number = 0; number < count; number++) if (suits(number)) found[length++] = number;
  return found.slice(0, length);
}

/** Selection sampling: exactly `count` of the numbers, in their order (Knuth, TAOCP volume 2, 3.4.2, algorithm S). */
function sample(numbers: Int32Array, count: number, random: Random): Int32Array {
  if (count > numbers.length) {
    throw new RangeError(`a delivery needs ${count} loose units of the supplier; the register has ${numbers.length}`);
  }
  const drawn = new Int32Array(Math.max(0, count));
  let length = 0;
  for (let i = 0; length < count; i++) {
    if (random.below(numbers.length - i) < count - length) drawn[length++] = numbers[i]!;
  }
  return drawn;
}
