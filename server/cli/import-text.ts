import type { ImportReport } from '../../engine/import/import.js';
import { formatCount, type Language, message, visible } from '../../engine/messages/index.js';
import { type Column, grid, lookOf, styled, type TextOutput } from './terminal/index.js';
import { type TextName, text } from './texts.js';

/** Findings shown on a terminal; --json has the first thousand. */
const FINDINGS_SHOWN = 20;

/** What an import did, file by file, and the register that it left; ends with a newline. */
export function importText(report: ImportReport, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const numeric = (name: TextName): Column => ({ head: text(language, name), align: 'right' });
  const n = (count: number): string => formatCount(language, count);
  const table = grid(
    look,
    [
      { head: message(language, 'label.column.file'), flexible: true },
      { head: message(language, 'label.column.format') },
      numeric('codes'),
      numeric('created'),
      numeric('events'),
      numeric('eventsKnown'),
      numeric('conflicts'),
      numeric('findings'),
    ],
    report.files.map((file) => [
      visible(file.path),
      visible(file.format),
      n(file.codes),
      n(file.created),
      n(file.events),
      n(file.eventsKnown),
      file.conflicts > 0 ? styled(look, 'warn', n(file.conflicts)) : n(0),
      file.findings > 0 ? styled(look, 'error', n(file.findings)) : n(0),
    ]),
  );
  const { path, codes, lastEvent } = report.register;
  const register = `${text(language, 'register')} ${visible(path)}: ${text(language, 'codes')} ${n(codes)}, ${text(language, 'events')} ${n(lastEvent)}`;
  return `${table}${styled(look, 'strong', register)}\n`;
}

/** The first findings of an import, a line each; empty when there are none. */
export function importFindingsText(report: ImportReport, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const shown = report.findings.slice(0, FINDINGS_SHOWN).map((finding) => {
    const line = finding.line > 0 ? `:${finding.line}` : '';
    const place = styled(look, 'strong', `${visible(finding.path)}${line}`);
    const code = finding.text === '' ? '' : ` «${visible(finding.text)}»`;
    return `${place}: ${finding.error}${code}: ${visible(finding.message)}\n`;
  });
  const total = report.files.reduce((sum, file) => sum + file.findings, 0);
  const more = total - shown.length;
  return `${shown.join('')}${more > 0 ? `${text(language, 'moreFindings', { count: more })}\n` : ''}`;
}
