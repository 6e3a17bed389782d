/** Key files for people. */
import { fingerprintOf, isMacEntry, type KeyEntry } from '../../engine/keys/index.js';
import { formatCount, type Language, visible } from '../../engine/messages/index.js';
import type { Examination } from './examine-keys.js';
import { grid, lookOf, type TextOutput } from './terminal/index.js';
import { text } from './texts.js';

/** The keys of a file as a table; ends with a newline. */
export function keyListText(entries: readonly KeyEntry[], language: Language, output: TextOutput): string {
  if (entries.length === 0) return `${text(language, 'keys.none')}\n`;
  const head = (name: 'fingerprint' | 'id' | 'algorithm' | 'codes' | 'validity' | 'status'): string =>
    text(language, `keys.${name}`);
  const rows = entries.map((entry) => [
    fingerprintOf(entry),
    visible(entry.keyId),
    !isMacEntry(entry) && entry.curve !== undefined ? `${entry.algorithm} ${entry.curve}` : entry.algorithm,
    visible([...(entry.formats ?? []), ...(entry.groups ?? [])].join(' ')),
    entry.from === undefined && entry.to === undefined ? '' : `${entry.from ?? '…'} – ${entry.to ?? '…'}`,
    statusText(entry, language),
  ]);
  const columns = [
    { head: head('fingerprint') },
    { head: head('id') },
    { head: head('algorithm') },
    { head: head('codes'), flexible: true },
    { head: head('validity') },
    { head: head('status') },
  ];
  return grid(lookOf(output), columns, rows);
}

function statusText({ status, revokedAt }: KeyEntry, language: Language): string {
  const name = text(language, status === 'active' ? 'keys.active' : 'keys.isRevoked');
  return revokedAt === undefined ? name : `${name} ${revokedAt}`;
}

/** What an examination found; ends with a newline. */
export function examinationText(found: Examination, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const problems = found.problems.map(({ fingerprint, keyId, kind, other }) => [
    fingerprint,
    visible(keyId),
    text(language, `keys.problem.${kind}`, { other }),
  ]);
  const summary = text(language, found.problems.length === 0 ? 'keys.well' : 'keys.problems', {
    count: found.keys,
    problems: found.problems.length,
  });
  const sections = [`${summary}\n`];
  if (problems.length > 0)
    sections.push(grid(look, [{ head: '' }, { head: '' }, { head: '', flexible: true }], problems));
  if (found.codes !== undefined) {
    const rows = found.codes.flatMap(({ keyId, counts }) =>
      Object.entries(counts).map(([result, count]) => [
        visible(keyId),
        text(language, `tail.${result as keyof typeof counts}`),
        formatCount(language, count),
      ]),
    );
    const columns = [
      { head: text(language, 'keys.id') },
      { head: text(language, 'tail'), flexible: true },
      { head: text(language, 'codes'), align: 'right' as const },
    ];
    sections.push(grid(look, columns, rows));
  }
  return sections.join('\n');
}
