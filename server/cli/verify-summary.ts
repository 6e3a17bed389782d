import { TAIL_RESULTS } from '../../core/host/index.js';
import type { TailSummary } from '../../engine/bulk/tail-counts.js';
import type { VerifyReport } from '../../engine/bulk/verify-file.js';
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
  const milliseconds = report.timings.reduce((sum, timing) => sum + timing.milliseconds, 0);
  const rate = text(language, 'rate', {
    count: report.lines,
    time: formatDuration(language, milliseconds),
    rate: formatCount(language, Math.round((report.lines / Math.max(milliseconds, 0.001)) * 1000)),
  });
  const attention = text(language, 'needAttention', { count: report.findings });
  return `${table}${tails}${styled(look, report.findings > 0 ? 'warn' : 'ok', attention)}\n${styled(look, 'soft', rate)}\n`;
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
  const columns = [
    { head: text(language, 'tail'), flexible: true },
    { head: message(language, 'label.column.lines'), align: 'right' as const },
  ];
  return `\n${grid(look, columns, rows)}`;
}
