/** The JSON of a report as a schema: what `tamga reconcile --json` prints, and what `docs/report.md` explains. */
import Type, { type Static } from 'typebox';
import { TAIL_RESULTS } from '../../core/host/index.js';
import { REGISTERED_TAILS } from '../keys/tail-outcome.js';
import { OUTCOMES, PACKAGE_DECISIONS, PACKAGE_STATES } from './outcomes.js';
import type { ReconcileReport } from './report.js';
import { TREE_FINDINGS_MAX, TREE_OUTCOMES } from './tree-outcomes.js';

const closed = { additionalProperties: false } as const;
const count = () => Type.Integer({ minimum: 0 });
const moment = () => Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' });
const outcome = Type.Enum([...OUTCOMES]);
const decision = Type.Enum([...PACKAGE_DECISIONS]);
/** Names of a registry, each with a count; those that don't occur are left out. */
const counts = (names: readonly string[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(count())])), closed);

export const REPORT_SCHEMA = Type.Object(
  {
    expectedUnits: count(),
    totals: Type.Object({ matched: count(), shortage: count(), surplus: count() }, closed),
    outcomes: counts(OUTCOMES),
    lines: Type.Object({ count: count(), outcomes: counts(OUTCOMES) }, closed),
    tails: Type.Optional(counts(TAIL_RESULTS)),
    registeredTails: Type.Optional(counts(REGISTERED_TAILS)),
    codes: Type.Optional(Type.Record(Type.String(), outcome)),
    packages: Type.Optional(Type.Record(Type.String(), decision)),
    packageDecisions: counts(PACKAGE_DECISIONS),
    byGtin: Type.Array(
      Type.Object(
        {
          gtin: Type.String({ pattern: '^\\d{14}$' }),
          expected: count(),
          matched: count(),
          shortage: count(),
          surplus: count(),
        },
        closed,
      ),
    ),
    byPackage: Type.Array(
      Type.Object(
        {
          package: Type.String(),
          decision,
          state: Type.Enum([...PACKAGE_STATES]),
          expected: count(),
          matched: count(),
          surplus: count(),
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
    trees: Type.Object(
      {
        stated: count(),
        oneKind: Type.Boolean(),
        outcomes: counts(TREE_OUTCOMES),
        findings: Type.Array(
          Type.Object(
            {
              outcome: Type.Enum([...TREE_OUTCOMES]),
              package: Type.String(),
              code: Type.Optional(Type.String()),
              otherPackage: Type.Optional(Type.String()),
              count: Type.Optional(count()),
              usual: Type.Optional(count()),
              path: Type.Optional(Type.String()),
              line: Type.Optional(count()),
              event: Type.Optional(count()),
              eventAt: Type.Optional(moment()),
            },
            closed,
          ),
          { maxItems: TREE_FINDINGS_MAX * (TREE_OUTCOMES.length - 1) },
        ),
      },
      closed,
    ),
    timeline: Type.Optional(
      Type.Object(
        {
          stepMinutes: Type.Integer({ minimum: 1 }),
          steps: Type.Array(Type.Object({ at: moment(), lines: count(), attention: count() }, closed), {
            maxItems: 120,
          }),
        },
        closed,
      ),
    ),
    inputs: Type.Array(
      Type.Object(
        {
          path: Type.String(),
          role: Type.Enum(['expected', 'scanned']),
          format: Type.String(),
          size: count(),
          codes: count(),
          notCodes: count(),
          duplicates: count(),
        },
        closed,
      ),
    ),
    expectedSet: Type.Union([
      Type.Object({ query: Type.String(), at: Type.Union([moment(), Type.Null()]), units: count() }, closed),
      Type.Null(),
    ]),
    register: Type.Union([
      Type.Object(
        {
          path: Type.String(),
          schemaVersion: Type.Integer({ minimum: 1 }),
          codes: count(),
          lastEvent: count(),
          lastEventAt: Type.Union([moment(), Type.Null()]),
        },
        closed,
      ),
      Type.Null(),
    ]),
    at: moment(),
    timings: Type.Array(
      Type.Object(
        {
          stage: Type.String(),
          milliseconds: Type.Number({ minimum: 0 }),
          codes: count(),
          codesPerSecond: Type.Number({ minimum: 0 }),
        },
        closed,
      ),
    ),
  },
  { ...closed, $id: 'tamga-reconcile-report', title: 'Report of a reconciliation' },
);

/** A report is what its schema says; the compiler holds the two together. */
export const asSchema = (report: ReconcileReport): Static<typeof REPORT_SCHEMA> => report;
