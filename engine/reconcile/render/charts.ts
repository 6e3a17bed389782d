import { scaleLinear } from 'd3-scale';
import { arc, type PieArcDatum, pie } from 'd3-shape';
import type { Outcome } from '../outcomes.js';
import type { GtinTotals } from '../report.js';
import type { Timeline, TimelineStep } from '../timeline.js';

/** Radius of the ring in the units of its view box, −100 … 100 both ways. */
const RING_OUTER = 96;
const RING_INNER = 62;
/** A present outcome is never narrower than this share of the ring: three codes of a million must still be seen. The legend has the numbers. */
const RING_SHARE_MIN = 0.008;
/** Width of a full bar in the units of its view box, and of the narrowest piece that is still seen. */
export const BAR_WIDTH = 200;
const BAR_PIECE_MIN = 2;
/** View box of the timeline. */
export const TIMELINE_WIDTH = 600;
export const TIMELINE_HEIGHT = 90;
/** Products with a bar of their own; the rest share one. */
export const GTIN_ROWS = 20;

export interface RingPiece {
  outcome: Outcome;
  count: number;
  /** `d` of an SVG path around the origin. */
  path: string;
}

/** Pieces of a ring chart, clockwise from the top, in the order given; outcomes without units have none. */
export function ringPieces(counts: readonly { outcome: Outcome; count: number }[]): RingPiece[] {
  const present = counts.filter(({ count }) => count > 0);
  const least = present.reduce((sum, { count }) => sum + count, 0) * RING_SHARE_MIN;
  const layout = pie<(typeof present)[number]>()
    .sort(null)
    .value(({ count }) => Math.max(count, least))
    .padAngle(present.length > 1 ? 0.012 : 0);
  const shape = arc<PieArcDatum<(typeof present)[number]>>()
    .innerRadius(RING_INNER)
    .outerRadius(RING_OUTER)
    .cornerRadius(1.5)
    .digits(2);
  return layout(present).map((piece) => ({
    ...piece.data,
    path: shape(piece) ?? '',
  }));
}

export interface BarPiece {
  kind: 'matched' | 'shortage' | 'surplus';
  x: number;
  width: number;
}

export interface GtinRow extends GtinTotals {
  pieces: BarPiece[];
}

/** The products with the most differences, each with its bar, and the sum of the others (`gtin` is empty) when there are any. */
export function gtinRows(totals: readonly GtinTotals[]): {
  rows: GtinRow[];
  other: GtinRow | null;
  otherCount: number;
} {
  const sorted = [...totals].sort(
    (a, b) =>
      b.shortage + b.surplus - (a.shortage + a.surplus) || b.expected - a.expected || (a.gtin < b.gtin ? -1 : 1),
  );
  const rest = sorted.splice(GTIN_ROWS);
  const other = rest.reduce<GtinTotals>(
    (sum, { expected, matched, shortage, surplus }) => ({
      gtin: '',
      expected: sum.expected + expected,
      matched: sum.matched + matched,
      shortage: sum.shortage + shortage,
      surplus: sum.surplus + surplus,
    }),
    { gtin: '', expected: 0, matched: 0, shortage: 0, surplus: 0 },
  );
  // The sum of the others would dwarf every product, so it doesn't set the scale and its bar is cut at the full width.
  const longest = Math.max(1, ...sorted.map(({ expected, surplus }) => expected + surplus));
  return {
    rows: sorted.map((row) => ({ ...row, pieces: barPieces(row, longest) })),
    other:
      rest.length === 0
        ? null
        : {
            ...other,
            pieces: barPieces(other, Math.max(longest, other.expected + other.surplus)),
          },
    otherCount: rest.length,
  };
}

/** Pieces of a bar whose full width is `longest` units. */
export function barPieces(row: Pick<GtinTotals, BarPiece['kind']>, longest: number): BarPiece[] {
  const scale = scaleLinear([0, longest], [0, BAR_WIDTH]);
  const pieces = (['matched', 'shortage', 'surplus'] as const)
    .filter((kind) => row[kind] > 0)
    .map((kind) => ({
      kind,
      x: 0,
      width: Math.max(scale(row[kind]), BAR_PIECE_MIN),
    }));
  // What the narrow pieces gained is taken from the widest, so that a full bar still fits.
  const excess = pieces.reduce((sum, { width }) => sum + width, 0) - BAR_WIDTH;
  if (excess > 0) pieces.reduce((widest, piece) => (piece.width > widest.width ? piece : widest)).width -= excess;
  let x = 0;
  for (const piece of pieces) {
    piece.x = round(x);
    x += piece.width;
    piece.width = round(piece.width);
  }
  return pieces;
}

export interface TimelineBar {
  step: TimelineStep;
  x: number;
  width: number;
  /** From the bottom: lines that need attention, then the others. */
  attention: number;
  others: number;
}

/** Bars of a timeline in its view box; times without scans are gaps. */
export function timelineBars({ steps, stepMinutes }: Timeline): TimelineBar[] {
  const place = ({ at }: TimelineStep): number => Date.parse(at) / 60_000 / stepMinutes;
  const first = place(steps[0]);
  const x = scaleLinear([0, place(steps[steps.length - 1]) - first + 1], [0, TIMELINE_WIDTH]);
  const y = scaleLinear([0, Math.max(...steps.map(({ lines }) => lines))], [0, TIMELINE_HEIGHT]);
  return steps.map((step) => {
    const total = Math.max(y(step.lines), BAR_PIECE_MIN);
    const attention = step.attention === 0 ? 0 : Math.min(total, Math.max(y(step.attention), BAR_PIECE_MIN));
    return {
      step,
      x: round(x(place(step) - first)),
      width: round(Math.max(x(1) * 0.9, 0.5)),
      attention: round(attention),
      others: round(total - attention),
    };
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
