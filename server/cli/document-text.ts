import type { Party } from '../../engine/documents/model.js';
import { formatCount, type Language, visible } from '../../engine/messages/index.js';
import type { DocumentFacts } from './document-facts.js';
import { grid, lookOf, styled, type TextOutput } from './terminal/index.js';
import { type TextName, text } from './texts.js';

/** Findings of one document that are shown; --json has all. */
const FINDINGS_SHOWN = 20;

/** A document for people: a table of facts, then what does not fit together; ends with an empty line. */
export function documentText(facts: DocumentFacts, language: Language, output: TextOutput): string {
  const look = lookOf(output);
  const rows: string[][] = [];
  const row = (name: TextName, value: string | number | null | undefined): void => {
    if (value === null || value === undefined || value === '' || value === 0) return;
    rows.push([text(language, name), typeof value === 'number' ? formatCount(language, value) : visible(value)]);
  };
  row('kind', `${facts.kind} (${facts.format})`);
  row('number', facts.number);
  row('date', facts.date);
  row('sender', partyText(facts.sender));
  row('receiver', partyText(facts.receiver));
  row('lines', facts.lines);
  if ('kiz' in facts) {
    row('codes', facts.kiz.length);
    row('packages', facts.packages.length);
    row('byQuantity', facts.byQuantity.map(({ gtin, quantity }) => `${gtin} × ${quantity}`).join(', '));
    row('rnpt', facts.rnpt.map(({ number, quantity }) => `${number} × ${quantity}`).join(', '));
    row('totals', facts.totals.withVat);
    if (facts.buyerResult !== null) row('buyerResult', text(language, `buyerResult${facts.buyerResult}`));
  } else {
    row('codes', facts.codes);
    row('packages', facts.packages);
    row('contents', facts.contents);
  }
  const columns = [{ head: '' }, { head: '', flexible: true }];
  const findings = facts.findings.slice(0, FINDINGS_SHOWN).map(({ code, line, detail }) => {
    const place = line === undefined ? '' : `${line}: `;
    return `${styled(look, 'warn', '!')} ${place}${code}: ${visible(detail)}\n`;
  });
  if (facts.findings.length > FINDINGS_SHOWN) {
    findings.push(`${text(language, 'moreFindings', { count: facts.findings.length - FINDINGS_SHOWN })}\n`);
  }
  return `${styled(look, 'strong', visible(facts.path))}\n${grid(look, columns, rows)}${findings.join('')}\n`;
}

function partyText(party: Party | undefined): string {
  return [party?.name, party?.tin, party?.mdlpSubjectId].filter((part) => part !== undefined).join(' · ');
}
