import type { JSX } from 'preact';
import type { ClientVerdict } from '../../stream-client/index.js';
import { shownLine } from '../wedge.js';

import { type Mark, VerdictMark } from './icons.js';
import { type Current, current } from './scanning.js';
import { label, outcomeLabel, outcomeMeaning, stateName, t } from './texts.js';

/** What the panel says: its shape, a word, why, and what is known. */
interface Face {
  mark: Mark;
  word: string;
  reason: string;
  meaning: string;
  details: string[];
}

export function VerdictPanel(): JSX.Element {
  const now = current.value;
  const { mark, word, reason, meaning, details } = faceOf(now);
  return (
    <div
      class={`answer ${mark}`}
      role="status"
      aria-live="assertive"
      aria-atomic="true"
      aria-label={t('verdict.label')}
    >
      {/* A new element for each scan: the same verdict twice is seen to come twice. */}
      <div class="shape" key={now?.scan.time ?? 0}>
        <VerdictMark mark={mark} />
      </div>
      <div class="words">
        <p class="word">{word}</p>
        {reason !== '' && <p class="reason">{reason}</p>}
        <p class="meaning">{meaning}</p>
        {isRepeated(now) && <p class="repeated">{t('verdict.repeated')}</p>}
        {now !== null && <Scanned now={now} />}
        {details.length > 0 && (
          <ul class="known">
            {details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function keyOf({ answer }: Current): string | null {
  return typeof answer === 'object' && 'outcome' in answer ? answer.key : null;
}

/** The code: of a unit, its GTIN and its serial number apart from each other. */
function Scanned({ now }: { now: Current }): JSX.Element {
  const key = keyOf(now);
  const [, gtin, serial] = /^(\d{14})(.+)$/.exec(key ?? '') ?? [];
  if (gtin === undefined) return <p class="code scanned">{shownLine(key ?? now.scan.code)}</p>;
  return (
    <p class="code scanned">
      <span>{gtin}</span>
      <span class="serial">{serial}</span>
    </p>
  );
}

function isRepeated(now: Current | null): boolean {
  return typeof now?.answer === 'object' && 'outcome' in now.answer && now.answer.repeated === true;
}

function faceOf(now: Current | null): Face {
  const nothing = { reason: '', details: [] };
  if (now === null) return { ...nothing, mark: 'ready', word: t('verdict.ready'), meaning: t('verdict.readyNote') };
  const { answer } = now;
  if (answer === 'waiting') return { ...nothing, mark: 'waiting', word: t('verdict.waiting'), meaning: '' };
  if (answer === 'queued') {
    return { ...nothing, mark: 'waiting', word: t('verdict.queued'), meaning: t('verdict.queuedNote') };
  }
  if ('fault' in answer) {
    const meaning = t('verdict.failedNote', { code: answer.fault });
    return { ...nothing, mark: 'unknown', word: t('verdict.failed'), meaning };
  }
  return {
    mark: answer.allow,
    word: t(`verdict.${answer.allow}`),
    reason: outcomeLabel(answer.outcome),
    meaning: outcomeMeaning(answer.outcome),
    details: detailsOf(answer),
  };
}

function detailsOf({ state, owner, expiry, error }: ClientVerdict): string[] {
  const details: string[] = [];
  if (state !== undefined) details.push(label('detail.state', { value: stateName(state) }));
  if (owner !== undefined) details.push(label('detail.owner', { value: owner }));
  // A date that breaks in the middle reads badly.
  if (expiry !== undefined) details.push(label('detail.expiry', { value: expiry.replaceAll('-', '\u2011') }));
  if (error) {
    details.push(
      `${label('detail.error', { value: error.code })}, ${label('detail.position', { value: String(error.position) })}`,
    );
  }
  return details;
}
