import type { Outcome } from '../../engine/reconcile/outcomes.js';
import { Deck } from './deck.js';
import { numbersWhere } from './delivery.js';
import type { Planting } from './planting.js';
import type { LineKind } from './scan-lines.js';
import {
  EMITTED,
  EXPIRES_TODAY,
  expires,
  futureExpiry,
  INTRODUCED,
  NONE,
  OWNERS,
  pastExpiry,
  RETIRED,
  SUPPLIER,
} from './stock.js';

/** Plants what was found of the loose units of the delivery. */
export function plantLoose(planting: Planting): void {
  const { delivery, share, stock, random } = planting;
  const deck = new Deck(delivery.loose.slice(), random);
  const perishable = (unit: number) => expires(stock, unit);
  const foreignOwner = () => 1 + random.below(OWNERS.length - 1);
  for (const unit of deck.draw(share(2000, 5))) planting.leaveUnit(unit, 'SHORTAGE');
  // what a missing unit's state is makes no difference
  for (const unit of deck.drawWhere(share(20, 1), perishable)) {
    stock.expiry[unit] = pastExpiry(random);
    planting.leaveUnit(unit, 'SHORTAGE');
  }
  for (const unit of deck.draw(share(300, 2))) {
    stock.status[unit] = RETIRED;
    planting.scanUnit(unit, 'STATE_FORBIDS');
  }
  for (const unit of deck.draw(share(150, 2))) {
    stock.owner[unit] = foreignOwner();
    planting.scanUnit(unit, 'OTHER_OWNER');
  }
  for (const unit of deck.drawWhere(share(250, 2), perishable)) {
    stock.expiry[unit] = pastExpiry(random);
    planting.scanUnit(unit, 'EXPIRED');
  }
  for (const unit of deck.drawWhere(share(40, 2), perishable)) {
    stock.expiry[unit] = EXPIRES_TODAY;
    planting.scanUnit(unit, 'MATCHED');
  }
  // two faults at once: the state comes before the owner, the owner before the expiry
  for (const unit of deck.drawWhere(share(20, 1), perishable)) {
    stock.status[unit] = RETIRED;
    stock.owner[unit] = foreignOwner();
    stock.expiry[unit] = pastExpiry(random);
    planting.scanUnit(unit, 'STATE_FORBIDS');
  }
  for (const unit of deck.drawWhere(share(20, 1), perishable)) {
    stock.owner[unit] = foreignOwner();
    stock.expiry[unit] = pastExpiry(random);
    planting.scanUnit(unit, 'OTHER_OWNER');
  }
  for (const unit of deck.rest()) planting.scanUnit(unit, 'MATCHED');
}

/** Plants loose units that were scanned but not expected: surplus, third parties', withdrawn, expired, unknown to the register. */
export function plantStrangers(planting: Planting): void {
  const { delivery, share, stock, random } = planting;
  const looseWhere = (own: boolean) =>
    new Deck(
      numbersWhere(
        stock.units,
        (unit) => stock.box[unit] === NONE && delivery.expected[unit] === 0 && (stock.owner[unit] === SUPPLIER) === own,
      ),
      random,
    );
  const perishable = (unit: number) => expires(stock, unit);
  const scan = (units: Int32Array, status: number, past: boolean, outcome: Outcome) => {
    for (const unit of units) {
      stock.status[unit] = status;
      stock.expiry[unit] = past ? pastExpiry(random) : futureExpiry(stock, unit, random);
      planting.scanUnit(unit, outcome);
    }
  };
  const own = looseWhere(true);
  scan(own.drawWhere(share(50, 1), perishable), INTRODUCED, true, 'EXPIRED');
  scan(own.draw(share(800, 3)), INTRODUCED, false, 'SURPLUS');
  scan(own.draw(share(250, 2)), RETIRED, false, 'STATE_FORBIDS');
  scan(own.draw(share(60, 1)), EMITTED, false, 'STATE_FORBIDS');
  const foreign = looseWhere(false);
  scan(foreign.drawWhere(share(20, 1), perishable), INTRODUCED, true, 'SURPLUS_FOREIGN');
  scan(foreign.draw(share(300, 2)), INTRODUCED, false, 'SURPLUS_FOREIGN');
  scan(foreign.draw(share(30, 1)), RETIRED, false, 'STATE_FORBIDS');
}

/** Unit numbers past the stock's: codes that no register holds. */
export function plantUnregistered(planting: Planting): number {
  const unregistered = planting.share(500, 3);
  for (let i = 0; i < unregistered; i++) planting.lines.add('unit', planting.stock.units + i, 'NOT_FOUND');
  return unregistered;
}

/** Plants repeated lines of units and packages, once all lines that may be repeated are in. */
export function plantRepeats({ lines, share, random }: Planting): void {
  lines.repeat(share(3000, 5), new Set<LineKind>(['unit']), random);
  lines.repeat(share(15, 2), new Set<LineKind>(['box', 'boxAi00', 'pallet', 'palletAi00', 'unknownPackage']), random);
}

/** Plants lines that are no codes: misread, cut off, of other kinds, blank. */
export function plantNoise(planting: Planting, unregistered: number): void {
  const { lines, share, stock, delivery } = planting;
  // fabricated codes, each with a number of its own
  let fabricated = stock.units + unregistered;
  const fabricate = (kind: LineKind, count: number, outcome: Outcome) => {
    for (let i = 0; i < count; i++) lines.add(kind, fabricated++, outcome);
  };
  fabricate('badCheckDigit', share(200, 2), 'BAD_CHECK_DIGIT');
  fabricate('badCharacter', share(150, 4), 'BAD_CHARACTERS');
  fabricate('notDataMatrix', share(120, 3), 'NOT_DATAMATRIX');
  fabricate('garbage', share(150, 4), 'UNKNOWN_CODE_TYPE');
  fabricate('shortSerial', share(60, 1), 'TEMPLATE_MISMATCH');
  fabricate('blank', share(300, 4), 'BLANK_LINE_SKIPPED');
  // a tail cut off in the reading of a unit that is here, but was therefore not recognised
  const cut = delivery.loose.filter((unit) => planting.outcomeOf(unit) === 'SHORTAGE').subarray(0, share(180, 3));
  for (const unit of cut) lines.add('truncated', unit, 'TEMPLATE_MISMATCH');
}
