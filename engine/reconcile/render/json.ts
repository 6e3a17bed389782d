import { TAIL_RESULTS } from '../../../core/host/index.js';
import { REGISTERED_TAILS } from '../../keys/tail-outcome.js';
import { OUTCOMES, PACKAGE_DECISIONS } from '../outcomes.js';
import type { ExpectedSetSummary, ReconcileReport } from '../report.js';
import { TREE_OUTCOMES, type TreeFinding } from '../tree-outcomes.js';

/** Entries of `codes` or `packages` in one piece of text. */
const PIECE_ENTRIES = 4096;

/**
 * A report as one JSON object with a stable order: its own keys as {@link ReconcileReport} lists them, outcomes in the order of the registry,
 * `codes`, `packages` and `byGtin` by code unit. The same report gives the same bytes.
 * @throws RangeError when the text would pass the engine's longest string (about 512 MB); {@link reportJsonPieces} has no such bound.
 */
export function reportToJson(report: ReconcileReport): string {
  return [...reportJsonPieces(report)].join('');
}

/** The text of {@link reportToJson} in pieces, for an output that takes them one after another. */
export function* reportJsonPieces(report: ReconcileReport): Generator<string> {
  yield `{\n  "expectedUnits": ${report.expectedUnits}`;
  const { matched, shortage, surplus } = report.totals;
  yield member('totals', { matched, shortage, surplus });
  yield member('outcomes', inOrder(OUTCOMES, report.outcomes));
  yield member('lines', {
    count: report.lines.count,
    outcomes: inOrder(OUTCOMES, report.lines.outcomes),
  });
  if (report.tails !== undefined) yield member('tails', inOrder(TAIL_RESULTS, report.tails));
  if (report.registeredTails !== undefined) {
    yield member('registeredTails', inOrder(REGISTERED_TAILS, report.registeredTails));
  }
  if (report.codes !== undefined) yield* entries('codes', report.codes);
  if (report.packages !== undefined) yield* entries('packages', report.packages);
  yield member('packageDecisions', inOrder(PACKAGE_DECISIONS, report.packageDecisions));
  yield member(
    'byGtin',
    report.byGtin
      .map(({ gtin, expected, matched, shortage, surplus }) => ({
        gtin,
        expected,
        matched,
        shortage,
        surplus,
      }))
      .sort((a, b) => byCodeUnit(a.gtin, b.gtin)),
  );
  yield member(
    'byPackage',
    report.byPackage.map(({ package: name, decision, state, expected, matched, surplus }) => ({
      package: name,
      decision,
      state,
      expected,
      matched,
      surplus,
    })),
  );
  const { stated, oneKind, outcomes, findings } = report.trees;
  yield member('trees', {
    stated,
    oneKind,
    outcomes: inOrder(TREE_OUTCOMES, outcomes),
    findings: findings.map(treeInOrder),
  });
  if (report.timeline !== undefined) {
    const { stepMinutes, steps } = report.timeline;
    yield member('timeline', {
      stepMinutes,
      steps: steps.map(({ at, lines, attention }) => ({ at, lines, attention })),
    });
  }
  yield member(
    'inputs',
    report.inputs.map(({ path, role, format, size, codes, notCodes, duplicates }) => ({
      path,
      role,
      format,
      size,
      codes,
      notCodes,
      duplicates,
    })),
  );
  yield member('expectedSet', report.expectedSet && setInOrder(report.expectedSet));
  yield member('register', report.register && registerInOrder(report.register));
  yield member('at', report.at);
  yield member(
    'timings',
    report.timings.map(({ stage, milliseconds, codes, codesPerSecond }) => ({
      stage,
      milliseconds,
      codes,
      codesPerSecond,
    })),
  );
  yield '\n}\n';
}

function treeInOrder(finding: TreeFinding): TreeFinding {
  const { outcome, package: name, code, otherPackage, count, usual, path, line, event, eventAt } = finding;
  return { outcome, package: name, code, otherPackage, count, usual, path, line, event, eventAt };
}

function registerInOrder({
  path,
  schemaVersion,
  codes,
  lastEvent,
  lastEventAt,
}: NonNullable<ReconcileReport['register']>) {
  return { path, schemaVersion, codes, lastEvent, lastEventAt };
}

function setInOrder({ query, at, units }: ExpectedSetSummary): ExpectedSetSummary {
  return { query, at, units };
}

function member(name: string, value: unknown): string {
  return `,\n  ${JSON.stringify(name)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}`;
}

function* entries(name: string, record: Readonly<Record<string, string>>): Generator<string> {
  const keys = Object.keys(record).sort(byCodeUnit);
  yield `,\n  ${JSON.stringify(name)}: {`;
  for (let start = 0; start < keys.length; start += PIECE_ENTRIES) {
    const lines = keys
      .slice(start, start + PIECE_ENTRIES)
      .map((key) => `\n    ${JSON.stringify(key)}: ${JSON.stringify(record[key])}`);
    yield `${start === 0 ? '' : ','}${lines.join(',')}`;
  }
  yield keys.length === 0 ? '}' : '\n  }';
}

function inOrder<Name extends string>(
  names: readonly Name[],
  counts: Partial<Record<Name, number>>,
): Partial<Record<Name, number>> {
  const ordered: Partial<Record<Name, number>> = {};
  for (const name of names) if (counts[name] !== undefined) ordered[name] = counts[name];
  return ordered;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
