import type { TailSummary } from '../../engine/bulk/tail-counts.js';
import { forgeryOf, isForgedTobacco, outcomeOf, resultOf } from './forgeries.js';
import type { Planting } from './planting.js';
import { lineKind, lineNumber } from './scan-lines.js';
import type { Stock } from './stock.js';

/** Plants lines that show codes of loose units, here or not, with tails that no valid key made for them: whatever they show, it is not the unit. */
export function plantForgeries({ delivery, lines, share, stock }: Planting): void {
  const { loose } = delivery;
  const count = Math.min(loose.length, share(600, 30));
  for (let i = 0; i < count; i++) {
    const unit = loose[Math.floor((i * loose.length) / count)]!;
    lines.add('forged', unit, outcomeOf(forgeryOf(unit, stock.goods[stock.good[unit]!]!.form)));
  }
}

/** Plants packs of tobacco, which belong to another register; one in four is forged. @returns the genuine ones */
export function plantTobacco({ lines, share }: Planting): number {
  const packs = share(2000, 20);
  let genuine = 0;
  for (let number = 0; number < packs; number++) {
    const isForged = isForgedTobacco(number);
    lines.add('tobacco', number, isForged ? 'TAIL_INVALID' : 'NOT_FOUND');
    if (!isForged) genuine++;
  }
  return genuine;
}

/** What must be found of the tails of lines. */
export function tailsOf(lines: Uint32Array, stock: Stock): TailSummary {
  const counts: TailSummary = {};
  const count = (result: keyof TailSummary): void => {
    counts[result] = (counts[result] ?? 0) + 1;
  };
  for (const line of lines) {
    const number = lineNumber(line);
    switch (lineKind(line)) {
      case 'unit':
        count('VALID');
        break;
      case 'identity':
        count('ABSENT');
        break;
      case 'forged':
        count(resultOf(forgeryOf(number, stock.goods[stock.good[number]!]!.form)));
        break;
      case 'tobacco':
        count(isForgedTobacco(number) ? 'INVALID' : 'VALID');
        break;
      default:
    }
  }
  return counts;
}
