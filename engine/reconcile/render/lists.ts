import { formatCount, type Label, type Language, type MessageData, message, stateName } from '../../messages/index.js';
import { OUTCOMES, type Outcome, SEVERITY } from '../outcomes.js';
import type { Finding, ReconcileReport, ReconcileResult } from '../report.js';
import { TREE_OUTCOMES, type TreeFinding, treeSeverity } from '../tree-outcomes.js';

/** Serial numbers on a page: more make it slow to open on a phone and no one reads them there; the CSV has all. */
export const SERIALS_MAX = 10_000;
/** Products named in the missing list, with serial numbers or without. */
const GROUPS_MAX = 1_000;
/** Findings on a page for each outcome. */
export const FINDINGS_MAX = 200;
/** Lists stand open while the page has shown no more entries than these; longer ones open at a click. */
const OPEN_SERIALS = 120;
const OPEN_FINDINGS = 40;

/** What the lists need of the page around them. */
export interface Frame {
  language: Language;
  render: (template: 'missing' | 'findings', data: object) => string;
  escaped: (text: string) => string;
}

interface Group {
  gtin: string;
  serials: { serial: string; inside: string }[];
}

/** HTML of the missing list, a product at a time; reads no more of the stream than the page shows. */
export async function* missingPieces(
  result: Pick<ReconcileResult, 'report' | 'missing'>,
  { language, render, escaped }: Frame,
): AsyncGenerator<string> {
  const t = (label: Label, data?: MessageData): string => message(language, `label.${label}`, data);
  const { totals, byGtin } = result.report;
  const counts = new Map(byGtin.filter(({ shortage }) => shortage > 0).map(({ gtin, shortage }) => [gtin, shortage]));
  if (totals.shortage === 0) {
    yield `<p class="none">${escaped(t('note.noMissing'))}</p>\n`;
    return;
  }
  const named = new Set<string>();
  let shown = 0;
  const piece = ({ gtin, serials }: Group): string => {
    named.add(gtin);
    const total = Math.max(counts.get(gtin) ?? 0, serials.length);
    return render('missing', {
      name: gtin === '' ? t('note.withoutGtin') : gtin,
      count: formatCount(language, total),
      serials,
      more: total > serials.length ? t('note.moreSerials', { count: total - serials.length }) : '',
      open: shown <= OPEN_SERIALS,
    });
  };

  const shares = allot(counts, SERIALS_MAX);
  let spare = SERIALS_MAX - [...shares.values()].reduce((sum, share) => sum + share, 0);
  let wanted = Math.min(totals.shortage, SERIALS_MAX);
  let group: Group | null = null;
  for await (const finding of result.missing()) {
    const gtin = gtinOf(finding.code);
    if (group !== null && group.gtin !== gtin) {
      yield piece(group);
      group = null;
    }
    group ??= { gtin, serials: [] };
    // Codes without a GTIN have no row in byGtin; they live on what the products left.
    if (!shares.has(gtin)) {
      shares.set(gtin, spare);
      spare = 0;
    }
    if (group.serials.length >= shares.get(gtin)!) continue;
    group.serials.push({
      serial: finding.code.slice(gtin.length),
      inside:
        finding.outcome === 'SHORTAGE_INSIDE_PACKAGE' && finding.parent !== undefined
          ? t('note.insidePackage', { parent: finding.parent })
          : '',
    });
    shown++;
    if (--wanted === 0) break;
  }
  if (group !== null) yield piece(group);

  const unnamed = [...counts.keys()].filter((gtin) => !named.has(gtin)).sort();
  const listed = unnamed.slice(0, Math.max(0, GROUPS_MAX - named.size));
  for (const gtin of listed) yield piece({ gtin, serials: [] });
  if (unnamed.length > listed.length) {
    yield `<p class="note">${escaped(t('note.otherGtins', { count: unnamed.length - listed.length }))}</p>\n`;
  }
  if (totals.shortage > shown) {
    yield `<p class="note limit">${escaped(t('note.missingLimit', { shown, count: totals.shortage - shown }))}</p>\n`;
  }
}

/** Divides `places` so that one product with a great shortage doesn't crowd out the small ones: those are served whole first. */
export function allot(counts: ReadonlyMap<string, number>, places: number): Map<string, number> {
  const shares = new Map<string, number>();
  const ascending = [...counts].sort(([, a], [, b]) => a - b);
  let left = places;
  for (const [index, [gtin, count]] of ascending.entries()) {
    const share = Math.min(count, Math.floor(left / (ascending.length - index)));
    shares.set(gtin, share);
    left -= share;
  }
  return shares;
}

/** HTML of the first findings of each outcome; absent codes are left to the missing list. */
export async function* findingPieces(
  result: Pick<ReconcileResult, 'report' | 'findings'>,
  { language, render, escaped }: Frame,
): AsyncGenerator<string> {
  const t = (label: Label, data?: MessageData): string => message(language, `label.${label}`, data);
  const samples = await sample(result);
  if (samples.size === 0) {
    yield `<p class="none">${escaped(t('note.noFindings'))}</p>\n`;
    return;
  }
  yield `<p class="note">${escaped(t('note.findings', { limit: FINDINGS_MAX }))}</p>\n`;
  let shown = 0;
  for (const outcome of OUTCOMES) {
    const findings = samples.get(outcome);
    if (findings === undefined) continue;
    shown += findings.length;
    const count = Math.max(result.report.lines.outcomes[outcome] ?? 0, findings.length);
    yield render('findings', {
      t,
      label: message(language, `outcome.${outcome}.label`),
      meaning: message(language, `outcome.${outcome}.meaning`),
      severity: SEVERITY[outcome],
      severityName: t(`severity.${SEVERITY[outcome]}`),
      count: shownOf(findings.length, count, language),
      rows: findings.map((finding) => ({
        place: placeOf(finding.path, finding.line),
        code: finding.code,
        details: detailsOf(finding, language),
      })),
      open: shown <= OPEN_FINDINGS,
    });
  }
}

/** How many there are, and how many of them are shown when not all are. */
function shownOf(shown: number, count: number, language: Language): string {
  return count > shown ? message(language, 'label.note.shownOf', { shown, count }) : formatCount(language, shown);
}

/** HTML of the first findings of packages, outcome by outcome. */
export function treePieces({ trees }: ReconcileReport, { language, render }: Frame): string {
  const t = (label: Label, data?: MessageData): string => message(language, `label.${label}`, data);
  const groups = TREE_OUTCOMES.map((outcome) => trees.findings.filter((finding) => finding.outcome === outcome));
  return groups
    .filter((findings) => findings.length > 0)
    .map((findings) => {
      const { outcome } = findings[0]!;
      const severity = treeSeverity(outcome, trees);
      const count = trees.outcomes[outcome] ?? findings.length;
      return render('findings', {
        t,
        label: message(language, `tree.${outcome}.label`),
        meaning: message(language, `tree.${outcome}.meaning`),
        severity,
        severityName: t(`severity.${severity}`),
        count: shownOf(findings.length, count, language),
        rows: findings.map((finding) => ({
          place: placeOf(finding.path, finding.line),
          code: finding.code ?? finding.package,
          details: treeDetailsOf(finding, t),
        })),
        open: false,
      });
    })
    .join('');
}

function treeDetailsOf(
  { package: name, code, otherPackage, count, usual }: TreeFinding,
  t: (label: Label, data?: MessageData) => string,
): string {
  const details: string[] = [];
  if (code !== undefined) details.push(t('detail.parent', { value: name }));
  if (otherPackage !== undefined) details.push(`${t('column.otherPackage')}: ${otherPackage}`);
  if (count !== undefined) details.push(`${t('column.count')}: ${count}`);
  if (usual !== undefined) details.push(`${t('column.usual')}: ${usual}`);
  return details.join(' · ');
}

/** What the register and the parser know of a finding, in words. */
export function detailsOf(finding: Finding, language: Language): string {
  const t = (label: Label, value: string): string => message(language, `label.${label}`, { value });
  const details: string[] = [];
  if (finding.state !== undefined) details.push(t('detail.state', stateName(language, finding.state)));
  if (finding.owner !== undefined) details.push(t('detail.owner', finding.owner));
  if (finding.expiry !== undefined) details.push(t('detail.expiry', finding.expiry));
  if (finding.parent !== undefined) details.push(t('detail.parent', finding.parent));
  if (finding.firstLine !== undefined) details.push(t('detail.first', placeOf(finding.firstPath, finding.firstLine)));
  if (finding.error !== undefined) details.push(t('detail.error', finding.error));
  if (finding.position !== undefined) details.push(t('detail.position', String(finding.position)));
  return details.join(' · ');
}

function placeOf(path: string | undefined, line: number | undefined): string {
  return [path, line].filter((part) => part !== undefined).join(':');
}

/** The GTIN that a unit's key begins with; empty for other keys. */
function gtinOf(code: string): string {
  return /^\d{14}./s.test(code) && !/^\d{18}$/.test(code) ? code.slice(0, 14) : '';
}

async function sample({
  report,
  findings,
}: Pick<ReconcileResult, 'report' | 'findings'>): Promise<Map<Outcome, Finding[]>> {
  const samples = new Map<Outcome, Finding[]>();
  let wanted = wantedFindings(report);
  if (wanted === 0) return samples;
  for await (const finding of findings()) {
    // Shortages come last, and the missing list has them.
    if (finding.outcome === 'SHORTAGE' || finding.outcome === 'SHORTAGE_INSIDE_PACKAGE') break;
    if (!needsAttention(finding.outcome)) continue;
    const found = samples.get(finding.outcome) ?? [];
    if (found.length === FINDINGS_MAX) continue;
    samples.set(finding.outcome, found);
    found.push(finding);
    if (--wanted === 0) break;
  }
  return samples;
}

/** How many findings fill the samples; reading on would only cost time. */
function wantedFindings({ lines }: ReconcileReport): number {
  return OUTCOMES.filter(needsAttention).reduce(
    (total, outcome) => total + Math.min(lines.outcomes[outcome] ?? 0, FINDINGS_MAX),
    0,
  );
}

function needsAttention(outcome: Outcome): boolean {
  return SEVERITY[outcome] === 'warn' || SEVERITY[outcome] === 'error';
}
