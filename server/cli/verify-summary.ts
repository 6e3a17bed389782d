import { TAIL_RESULTS } from '../../core/host/index.js';
import type { RegisteredTailSummary } from '../../engine/bulk/registered-tails.js';
import type { TailSummary } from '../../engine/bulk/tail-counts.js';
import type { VerifyReport } from '../../engine/bulk/verify-file.js';
import { REGISTERED_TAILS } from '../../engine/keys/index.js';
import { formatCount, formatDuration, type Language, message } from '../../engine/messages/index.js';
import { outcomeRows } from '../../engine/reconcile/render/index.js';
import { grid, lookOf, styled, type TextOutput } from './terminal/index.js';
import { text } from './texts.js';

/** The summary of a verification for people; ends with a newline. */
export function summaryText(report: VerifyReport, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const rows = outcomeRows(language, report.outcomes);
  const table = grid(
    look,
    [
      { head: message(language, 'label.column.outcome') },
      { head: message(language, 'label.column.lines'), align: 'right' },
      { head: message(language, 'label.column.share'), align: 'right' },
      { head: '', flexible: true },
    ],
    rows.map((row) => [
      styled(look, row.severity, row.label),
      row.count,
      row.share,
      row.severity === 'ok' ? '' : row.meaning,
    ]),
  );
  const tails = report.tails ? tailsText(report.tails, language, output) : '';
  const registered = report.registeredTails ? registeredText(report.registeredTails, language, output) : '';
  const milliseconds = report.timings.reduce((sum, timing) => sum + timing.milliseconds, 0);
  const rate = text(language, 'rate', {
    count: report.lines,
    time: formatDuration(language, milliseconds),
    rate: formatCount(language, Math.round((report.lines / Math.max(milliseconds, 0.001)) * 1000)),
  });
  const attention = text(language, 'needAttention', { count: report.findings });
  return `${table}${tails}${registered}${styled(look, report.findings > 0 ? 'warn' : 'ok', attention)}\n${styled(look, 'soft', rate)}\n`;
}

/** Codes by the result of their tail, as a table; ends with a newline. */
export function tailsText(tails: TailSummary, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const results = TAIL_RESULTS.filter((result) => tails[result] !== undefined).reverse();
  const rows = results.map((result) => [
    styled(
      look,
      result === 'VALID' ? 'ok' : result === 'ABSENT' || result === 'UNVERIFIABLE' ? 'warn' : 'error',
      text(language, `tail.${result}`),
    ),
    formatCount(language, tails[result] ?? 0),
  ]);
  return countsText(text(language, 'tail'), rows, language, output);
}

/** Codes whose tail no key decides, by how it compares with the register's, as a table; never as good as a valid tail. */
function registeredText(counts: RegisteredTailSummary, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const rows = REGISTERED_TAILS.filter((name) => counts[name] !== undefined).map((name) => [
    styled(look, name === 'DIFFERS_FROM_REGISTERED' ? 'error' : 'warn', text(language, `registeredTail.${name}`)),
    formatCount(language, counts[name] ?? 0),
  ]);
  return countsText(text(language, 'registeredTail'), rows, language, output);
}

function countsText(head: string, rows: string[][], language: Language, output: TextOutput): string {
  const columns = [
    { head, flexible: true },
    { head: message(language, 'label.column.lines'), align: 'right' as const },
  ];
  return `\n${grid(lookOf(output), columns, rows)}`;
}
