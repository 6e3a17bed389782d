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
  const milliseconds = report.timings.reduce((sum, timing) => sum + timing.milliseconds, 0);
  const rate = text(language, 'rate', {
    count: report.lines,
    time: formatDuration(language, milliseconds),
    rate: formatCount(language, Math.round((report.lines / Math.max(milliseconds, 0.001)) * 1000)),
  });
  const attention = text(language, 'needAttention', { count: report.findings });
  return `${table}${styled(look, report.findings > 0 ? 'warn' : 'ok', attention)}\n${styled(look, 'soft', rate)}\n`;
}
