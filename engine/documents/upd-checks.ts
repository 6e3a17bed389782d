import { fromScaled, toScaled } from './decimal.js';
import { shown } from './issues.js';
import type { Line } from './model.js';
import type { OpenLine, UpdState } from './upd-state.js';

/** OKEI code of a piece: only pieces can be compared with a number of codes. */
const PIECE = '796';

/** Whether a line's quantity, codes and traceability agree. */
export function checkLine(state: UpdState, { line, at, uncounted }: OpenLine): void {
  const { issues } = state.context;
  const byQuantity = line.byQuantity?.quantity ?? 0;
  const named = line.codes.count + byQuantity;
  const quantity = line.quantity === undefined ? undefined : toScaled(line.quantity);
  // What a package holds is the register's knowledge.
  const countable = line.packages.count === 0 && !uncounted && named > 0 && (line.unit ?? PIECE) === PIECE;
  if (countable && quantity !== undefined && quantity !== toScaled(`${named}`)) {
    issues.add(
      'QUANTITY_DIFFERS',
      `line ${line.no}: КолТов ${line.quantity}, but ${line.codes.count} codes and ${byQuantity} by quantity`,
      at,
    );
  }
  if (line.traceability !== undefined) checkTraceability(state, line, at);
}

function checkTraceability(state: UpdState, line: Line, at: number): void {
  const { issues } = state.context;
  const lots = line.traceability!;
  if (line.quantity !== undefined && lots.every((lot) => lot.unit === line.unit)) {
    const sum = sumOf(lots.map((lot) => lot.quantity));
    if (sum !== toScaled(line.quantity)) {
      issues.add('RNPT_QUANTITY_DIFFERS', `line ${line.no}: КолТов ${line.quantity}, by РНПТ ${shownSum(sum)}`, at);
    }
  }
  const values = lots.flatMap((lot) => lot.valueWithoutVat ?? []);
  const total = line.totalWithoutVat === undefined ? undefined : toScaled(line.totalWithoutVat);
  const sum = sumOf(values);
  if (values.length > 0 && total !== undefined && sum !== undefined && sum > total) {
    issues.add(
      'RNPT_VALUE_DIFFERS',
      `line ${line.no}: СтТовБезНДС ${line.totalWithoutVat}, by РНПТ ${fromScaled(sum)}`,
      at,
    );
  }
}

/** Whether the stated totals are the sums of the lines. Lines without the amount leave that total unchecked. */
export function checkTotals(state: UpdState): void {
  const { totals, lines } = state.model;
  if (totals === undefined) return;
  compare(state, 'СтТовБезНДСВсего', totals.withoutVat, lines, (line) => line.totalWithoutVat);
  compare(state, 'СтТовУчНалВсего', totals.withVat, lines, (line) => line.total);
  compare(state, 'СумНалВсего', totals.vat, lines, (line) => line.vat);
}

function compare(
  state: UpdState,
  name: string,
  stated: string | undefined,
  lines: Line[],
  of: (line: Line) => string | undefined,
): void {
  if (stated === undefined) return;
  const amounts = lines.flatMap((line) => of(line) ?? []);
  if (amounts.length < lines.length) return;
  const sum = sumOf(amounts);
  if (sum === undefined || sum !== toScaled(stated)) {
    state.context.issues.add('TOTALS_DIFFER', `${name} ${shown(stated)}, the lines give ${shownSum(sum)}`);
  }
}

function sumOf(amounts: string[]): bigint | undefined {
  let sum = 0n;
  for (const amount of amounts) {
    const value = toScaled(amount);
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}

function shownSum(sum: bigint | undefined): string {
  return sum === undefined ? 'no number' : fromScaled(sum);
}
