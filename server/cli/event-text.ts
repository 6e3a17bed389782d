import type { AsOf, CodeRejection, HistoryEntry, RecordChange, RecordField, RecordValue } from '../../engine/index.js';
import {
  formatCount,
  formatDateTime,
  type Language,
  message,
  stateName,
  visible,
} from '../../engine/messages/index.js';
import { dateOf } from '../../engine/wall-clock.js';
import { grid, lookOf, styled, type TextOutput } from './terminal/index.js';
import { text } from './texts.js';

/** Refused codes of one event that are listed for people; --json has all. */
const REFUSED_SHOWN = 20;
const CLOCKS: ReadonlySet<RecordField> = new Set(['expiry', 'produced']);

/** Events of a code for people, newest first, each with what it changed; ends with a newline. */
export function eventsText(entries: readonly HistoryEntry[], language: Language, output: TextOutput): string {
  const look = lookOf(output);
  return entries
    .map((entry) => {
      const facts = [
        `${entry.sequence}`,
        formatDateTime(language, entry.appliedAt),
        styled(look, 'strong', message(language, `event.${entry.kind}`)),
        visible([entry.actor, entry.party].filter((name) => name !== null).join(' → ')),
        visible(entry.document ?? ''),
        entry.reason === null ? '' : message(language, `withdrawal.${entry.reason}`),
        entry.through === null ? '' : text(language, 'through', { code: entry.through }),
      ];
      const changes = entry.changes.map((change) => changeText(change, language));
      if (changes.length === 0) changes.push(text(language, 'nothingChanged'));
      const head = facts.filter((fact) => fact !== '').join(' · ');
      return `${head}\n${changes.map((change) => `  ${change}\n`).join('')}`;
    })
    .join('');
}

function changeText({ field, before, after }: RecordChange, language: Language): string {
  const value = (of: RecordValue): string => valueText(field, of, language);
  return `${text(language, `field.${field}`)}: ${value(before)} → ${value(after)}`;
}

function valueText(field: RecordField, value: RecordValue, language: Language): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? text(language, 'yes') : '–';
  if (typeof value === 'number') return CLOCKS.has(field) ? dateOf(value) : formatCount(language, value);
  return field === 'state' ? stateName(language, value) : visible(value);
}

/** The moment of an answer, as a headline; ends with a newline. */
export function momentText(then: AsOf, language: Language): string {
  if (then.sequence === 0) return `${text(language, 'beforeAll')}\n`;
  const time = formatDateTime(language, new Date(then.appliedAt));
  return `${text(language, 'moment', { time, sequence: then.sequence })}\n`;
}

/** Counts by state, for people; ends with a newline. */
export function statesText(counts: ReturnType<AsOf['byState']>, language: Language, output: TextOutput): string {
  const rows = Object.entries(counts).map(([state, count]) => [
    stateName(language, state),
    formatCount(language, count),
  ]);
  return grid(lookOf(output), [{ head: text(language, 'state') }, { head: '', align: 'right' }], rows);
}

/** Why an event, or some codes of it, were refused; ends with a newline. */
export function refusalText(
  line: number,
  applied: boolean,
  rejections: readonly CodeRejection[],
  language: Language,
): string {
  const head = text(language, applied ? 'refusedCodes' : 'refusedEvent', { line: String(line) });
  const shown = rejections.slice(0, REFUSED_SHOWN).map(({ code, reason, detail }) => {
    return `  ${visible(code)}  ${message(language, `rejection.${reason}`, { detail })}`;
  });
  const more = rejections.length - shown.length;
  if (more > 0) shown.push(`  ${text(language, 'moreRefused', { count: more })}`);
  return `${[head, ...shown].join('\n')}\n`;
}

export interface EventCounts {
  applied: number;
  known: number;
  refused: number;
  codesRefused: number;
}

/** What became of submitted events; ends with a newline. */
export function eventCountsText(counts: EventCounts, language: Language, output: TextOutput): string {
  const rows = [
    [text(language, 'eventsApplied'), formatCount(language, counts.applied)],
    [text(language, 'eventsKnownBefore'), formatCount(language, counts.known)],
    [text(language, 'eventsRefused'), formatCount(language, counts.refused)],
    [text(language, 'codesRefused'), formatCount(language, counts.codesRefused)],
  ];
  return grid(lookOf(output), [{ head: '' }, { head: '', align: 'right' }], rows);
}
