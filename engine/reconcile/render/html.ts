import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { visible } from '../../messages/index.js';
import type { ReconcileResult } from '../report.js';
import { TREE_FINDINGS_MAX } from '../tree-outcomes.js';
import { writeFileAtomically } from './atomic-file.js';
import { type Frame, findingPieces, missingPieces, treePieces } from './lists.js';
import { type PageOptions, pageOf } from './page.js';

export type HtmlOptions = PageOptions;

const { escapeFunction } = new Eta().config;

/** Text as HTML content or attribute value, with control characters shown and not obeyed. */
function escaped(text: unknown): string {
  return escapeFunction(visible(String(text)));
}

const eta = new Eta({
  views: fileURLToPath(new URL('.', import.meta.url)),
  cache: true,
  autoEscape: true,
  escapeFunction: escaped,
});

const css = readFileSync(new URL('report.css', import.meta.url), 'utf8');

/** Nothing may be loaded, run or sent; the page's one stylesheet is named by its digest (CSP Level 3, § 6.1). */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Writes a reconciliation as one HTML file that needs nothing else: no script, no request, readable on a phone and in print.
 * The missing list shows at most 10,000 serial numbers and each kind of finding 200 lines; what is left out is counted.
 * Memory is bounded by these limits and the number of products, not by the size of the result.
 * @throws TamgaError DISK_FULL or OUTPUT_FAILED with the path; errors of the result's streams pass unchanged. In each case an earlier file stays.
 */
export async function writeHtmlReport(
  result: Pick<ReconcileResult, 'report' | 'findings' | 'missing'>,
  path: string,
  options: HtmlOptions,
): Promise<void> {
  await writeFileAtomically(path, htmlPieces(result, options));
}

/** The text of {@link writeHtmlReport} in pieces. */
export async function* htmlPieces(
  result: Pick<ReconcileResult, 'report' | 'findings' | 'missing'>,
  options: HtmlOptions,
): AsyncGenerator<string> {
  const { language } = options;
  const frame: Frame = {
    language,
    escaped,
    render: (template, data) => eta.render(template, data),
  };
  const page = eta.render('report', {
    ...pageOf(result.report, options),
    treeFindings: treePieces(result.report, frame),
    treeFindingsMax: TREE_FINDINGS_MAX,
    css,
    policy,
  });
  // Values are escaped, so only the template itself can hold a slot.
  const [head, middle, tail] = page.split(/<!--slot:\w+-->/);
  yield head!;
  yield* missingPieces(result, frame);
  yield middle!;
  yield* findingPieces(result, frame);
  yield tail!;
}
