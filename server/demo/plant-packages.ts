import { Deck } from './deck.js';
import { type Planting, packageKind } from './planting.js';
import { boxUnits, EXPIRES_TODAY, expires, futureExpiry, INTRODUCED, NONE, pastExpiry, RETIRED } from './stock.js';

type Level = 'box' | 'pallet';

/** Plants what happened to the packages of the delivery, and to the units inside; then packages that were not expected. */
export function plantPackages(planting: Planting): void {
  const opened = [...plantPallets(planting), ...plantBoxes(planting)];
  plantInsideOpened(planting, new Deck(Int32Array.from(opened), planting.random));
  plantUnexpected(planting);
}

/** @returns boxes of named pallets that were opened and scanned unit by unit */
function plantPallets(planting: Planting): number[] {
  const { delivery, stock, share, random } = planting;
  const deck = new Deck(delivery.pallets.slice(), random);
  // one pallet is always left to be opened
  const draw = (perMillion: number, atLeast: number) => deck.draw(Math.min(share(perMillion, atLeast), deck.left - 1));
  for (const pallet of draw(2, 1)) absent(planting, 'pallet', pallet);
  for (const pallet of draw(12, 1)) whole(planting, 'pallet', pallet);
  for (const pallet of draw(4, 0)) wholeAfterItsUnit(planting, 'pallet', pallet);
  for (const pallet of draw(4, 0)) wholeBeforeItsUnit(planting, 'pallet', pallet);
  for (const pallet of draw(3, 0)) wholeWithRetired(planting, 'pallet', pallet);
  for (const pallet of draw(10, 1)) {
    planting.decide('NEEDS_DISAGGREGATION');
    for (const box of boxesOf(planting, pallet)) whole(planting, 'box', box);
  }
  const boxes: number[] = [];
  for (const pallet of deck.rest()) {
    planting.decide('NEEDS_DISAGGREGATION');
    boxes.push(...boxesOf(planting, pallet));
  }
  // the first box of each pallet stays open, so that something of the pallet is there whatever befalls the others
  const others = new Deck(
    Int32Array.from(boxes.filter((box) => box !== stock.palletFirst[stock.boxPallet[box]!])),
    random,
  );
  for (const box of others.draw(share(20, 1))) planting.leave(boxUnits(stock, box), 'SHORTAGE');
  for (const box of others.draw(Math.ceil(others.left / 100))) whole(planting, 'box', box);
  for (const box of others.draw(share(10, 1))) wholeAfterItsUnit(planting, 'box', box);
  return boxes.filter((box) => planting.outcomeOf(stock.boxFirst[box]!) === undefined);
}

/** @returns named boxes that were opened and scanned unit by unit */
function plantBoxes(planting: Planting): number[] {
  const { delivery, stock, share, random } = planting;
  const deck = new Deck(delivery.boxes.slice(), random);
  const alone = (box: number) => stock.boxPallet[box] === NONE;
  // a package and its contents have one owner, so only a box without a pallet may have another
  for (const box of deck.drawWhere(share(3, 1), alone)) {
    const units = boxUnits(stock, box);
    stock.owner.fill(1, ...units);
    planting.scan(units, 'OTHER_OWNER');
    planting.decide('NEEDS_DISAGGREGATION');
  }
  for (const box of deck.draw(share(10, 1))) absent(planting, 'box', box);
  for (const box of deck.draw(share(15, 1))) wholeAfterItsUnit(planting, 'box', box);
  for (const box of deck.draw(share(15, 1))) wholeBeforeItsUnit(planting, 'box', box);
  for (const box of deck.draw(share(20, 1))) wholeWithRetired(planting, 'box', box);
  for (const box of deck.draw(Math.ceil(deck.left / 8))) whole(planting, 'box', box);
  const boxes = [...deck.rest()];
  planting.decide('NEEDS_DISAGGREGATION', boxes.length);
  return boxes;
}

/** Boxes whose units were scanned one by one: most are complete, some are not. */
function plantInsideOpened(planting: Planting, opened: Deck): void {
  const { stock, share, random } = planting;
  const perishable = (box: number) => expires(stock, stock.boxFirst[box]!);
  for (const box of opened.drawWhere(share(4, 1), perishable)) {
    stock.expiry.fill(pastExpiry(random), ...boxUnits(stock, box));
    planting.scan(boxUnits(stock, box), 'EXPIRED');
  }
  for (const box of opened.drawWhere(share(10, 1), perishable)) {
    stock.expiry.fill(EXPIRES_TODAY, ...boxUnits(stock, box));
    planting.scan(boxUnits(stock, box), 'MATCHED_PACKAGE_OPENED');
  }
  for (const box of opened.draw(share(400, 3))) {
    const [from, to] = boxUnits(stock, box);
    planting.scan([from, to], 'MATCHED_PACKAGE_OPENED');
    const gap = planting.pick([from, to - 3]);
    planting.leave([gap, gap + 1 + random.below(3)], 'SHORTAGE_INSIDE_PACKAGE');
  }
  for (const box of opened.draw(share(100, 2))) {
    planting.scan(boxUnits(stock, box), 'MATCHED_PACKAGE_OPENED');
    const unit = planting.pick(boxUnits(stock, box));
    stock.status[unit] = RETIRED;
    planting.scanUnit(unit, 'STATE_FORBIDS');
  }
  for (const box of opened.rest()) planting.scan(boxUnits(stock, box), 'MATCHED_PACKAGE_OPENED');
}

/** Boxes that nobody announced, scanned by their label; all their units are well. */
function plantUnexpected(planting: Planting): void {
  const { delivery, stock, share, random } = planting;
  const foreignBoxes: number[] = [];
  for (let box = 0; box < stock.boxes; box++) {
    const first = stock.boxFirst[box]!;
    if (stock.owner[first] !== 0 && delivery.expected[first] === 0) foreignBoxes.push(box);
  }
  const foreign = new Deck(Int32Array.from(foreignBoxes), random);
  for (const [deck, count, outcome] of [
    [delivery.spareBoxes, share(5, 1), 'SURPLUS'],
    [foreign, share(3, 1), 'SURPLUS_FOREIGN'],
  ] as const) {
    for (const box of deck.draw(count)) {
      const units = boxUnits(stock, box);
      stock.status.fill(INTRODUCED, ...units);
      stock.expiry.fill(futureExpiry(stock, units[0], random), ...units);
      planting.leave(units, outcome);
      planting.scanPackage('box', box, outcome);
      planting.decide('UNEXPECTED');
    }
  }
  const unknown = share(15, 1);
  for (let i = 0; i < unknown; i++) planting.lines.add('unknownPackage', i, 'UNKNOWN_PACKAGE');
  planting.decide('UNKNOWN_PACKAGE', unknown);
}

function absent(planting: Planting, level: Level, number: number): void {
  planting.leave(planting.unitsOf(level, number), 'SHORTAGE');
  planting.decide('NOT_SCANNED');
}

function whole(planting: Planting, level: Level, number: number): void {
  planting.leave(planting.unitsOf(level, number), 'MATCHED_VIA_PACKAGE');
  planting.scanPackage(level, number, 'PACKAGE_ACCEPTED');
  planting.decide('ACCEPTED_WHOLE');
}

function wholeWithRetired(planting: Planting, level: Level, number: number): void {
  const units = planting.unitsOf(level, number);
  planting.leave(units, 'MATCHED_VIA_PACKAGE');
  const unit = planting.pick(units);
  planting.stock.status[unit] = RETIRED;
  planting.leaveUnit(unit, 'STATE_FORBIDS');
  planting.scanPackage(level, number, 'PACKAGE_ACCEPTED');
  planting.decide('NEEDS_DISAGGREGATION');
}

function wholeAfterItsUnit(planting: Planting, level: Level, number: number): void {
  const units = planting.unitsOf(level, number);
  planting.leave(units, 'MATCHED_VIA_PACKAGE');
  const unit = planting.pick(units);
  planting.leaveUnit(unit, 'MATCHED_PACKAGE_OPENED');
  planting.lines.addInOrder([
    ['unit', unit, 'MATCHED_PACKAGE_OPENED'],
    [packageKind(level, number), number, 'OPENED_PACKAGE_USED_AS_WHOLE'],
  ]);
  planting.decide('NEEDS_DISAGGREGATION');
}

function wholeBeforeItsUnit(planting: Planting, level: Level, number: number): void {
  const units = planting.unitsOf(level, number);
  planting.leave(units, 'MATCHED_VIA_PACKAGE');
  planting.lines.addInOrder([
    [packageKind(level, number), number, 'PACKAGE_ACCEPTED'],
    ['unit', planting.pick(units), 'COVERED_BY_PACKAGE'],
  ]);
  planting.decide('ACCEPTED_WHOLE');
}

function boxesOf({ stock }: Planting, pallet: number): number[] {
  return Array.from({ length: stock.palletSize[pallet]! }, (_, i) => stock.palletFirst[pallet]! + i);
}
