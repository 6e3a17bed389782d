import Table from 'cli-table3';
import { type Look, styled, textWidth } from './output.js';

export interface Column {
  head: string;
  align?: 'left' | 'right';
  /** This column gives way when the table is too wide for the terminal, and its text is wrapped. */
  flexible?: boolean;
}

const GAP = 2;
const FLEXIBLE_MIN = 12;

/** A table without frames (and without a head line when every head is empty), as wide as its text needs and at most as wide as the terminal; ends with a newline. */
export function grid(look: Look, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[index]!)), textWidth(column.head)),
  );
  let excess = widths.reduce((sum, width) => sum + width + GAP, 0) - look.width;
  // The widest flexible columns give way first.
  while (excess > 0) {
    const yielding = columns
      .map((_, index) => index)
      .filter((index) => columns[index]!.flexible && widths[index]! > FLEXIBLE_MIN);
    if (yielding.length === 0) break;
    const widest = yielding.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest]!--;
    excess--;
  }
  const table = new Table({
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
    colWidths: widths.map((width) => width + GAP),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    wordWrap: true,
    // A path or a code has no spaces to break at.
    wrapOnWordBoundary: columns.every(({ head }, index) =>
      rows.every((row) => `${head} ${row[index]}`.split(' ').every((word) => textWidth(word) <= widths[index]!)),
    ),
  });
  if (columns.some(({ head }) => head !== '')) table.push(columns.map(({ head }) => styled(look, 'soft', head)));
  table.push(...rows.map((row) => [...row]));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}
