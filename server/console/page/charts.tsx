/** The charts of the reports, drawn by the same code. */
import type { JSX } from 'preact';
import { formatCount } from '../../../engine/messages/format.js';
import type { Outcome } from '../../../engine/reconcile/outcomes.js';
import { BAR_WIDTH, barPieces, ringPieces } from '../../../engine/reconcile/render/charts.js';
import { label, language, outcomeLabel, t } from './texts.js';

/** Shares of outcomes; `share` stands in the middle. */
export function Ring({
  counts,
  share,
}: {
  counts: readonly { outcome: Outcome; count: number }[];
  share: string;
}): JSX.Element {
  const say = (count: number): string => formatCount(language.value, count);
  const all = counts.map(({ outcome, count }) => `${outcomeLabel(outcome)}: ${say(count)}`).join('; ');
  return (
    <svg class="ring" viewBox="-100 -100 200 200" role="img" aria-label={`${label('chart.units')}. ${all}`}>
      {ringPieces(counts).map(({ outcome, count, path }) => (
        <path key={outcome} class={`o-${outcome}`} d={path}>
          <title>{`${outcomeLabel(outcome)}: ${say(count)}`}</title>
        </path>
      ))}
      {share !== '' && (
        <>
          <text class="whole" x="0" y="4">
            {share}
          </text>
          <text class="of" x="0" y="22">
            {label('chart.ofExpected')}
          </text>
        </>
      )}
    </svg>
  );
}

/** Found, missing and surplus beside each other. */
export function UnitsBar(totals: { matched: number; shortage: number; surplus: number }): JSX.Element {
  const kinds = ['matched', 'shortage', 'surplus'] as const;
  const longest = Math.max(1, totals.matched + totals.shortage + totals.surplus);
  const said = kinds.map((kind) => `${label(`total.${kind}`)}: ${formatCount(language.value, totals[kind])}`);
  return (
    <figure class="units-bar">
      <svg
        viewBox={`0 0 ${BAR_WIDTH} 10`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${t('result.bars')}. ${said.join('; ')}`}
      >
        {barPieces(totals, longest).map(({ kind, x, width }) => (
          <rect key={kind} class={kind} x={x} y="0" width={width} height="10" />
        ))}
      </svg>
      <figcaption>
        {kinds.map((kind) => (
          <span key={kind} class={`key ${kind}`}>
            {label(`total.${kind}`)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
