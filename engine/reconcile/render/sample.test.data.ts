import type { Finding, PackageRow, ReconcileReport, ReconcileResult } from '../report.js';
import type { TreeFinding } from '../tree-outcomes.js';

/** Lines that a page, a spreadsheet or a terminal could take for something else. */
export const HOSTILE_CODES = [
  '0109520000003036215a&b<1',
  '0109520000003036215"c\'d2',
  "=cmd|' /C calc'!A0",
  '@SUM(1+1)*cmd',
  '+7 998',
  '-1;=HYPERLINK("http://x.test")',
  '</code><script>alert(1)</script>',
  '<!--slot:missing-->]]>&lt;',
  '\u001b[2J\u001b]0;x\u0007',
  'таблетки №20, «серия» 7',
  'ab\u202ecd\u001d91\r"x"',
];

const GTINS = Array.from({ length: 27 }, (_, index) => `0952000000${String(1000 + index * 37).slice(-4)}`);
const SCANS = 'Приёмка/склад №2/сканы <16.03> & возвраты.txt';

const byGtin = GTINS.map((gtin, index) => {
  const expected = Math.round(74_000 / (1 + index * 0.35));
  const shortage = index % 3 === 0 ? Math.max(1, Math.round(420 / (1 + index))) : index === 1 ? 12_000 : 0;
  return {
    gtin,
    expected,
    matched: expected - shortage,
    shortage,
    surplus: index % 5 === 0 ? 60 - index * 2 : 0,
  };
});
const total = (key: 'expected' | 'matched' | 'shortage' | 'surplus'): number =>
  byGtin.reduce((sum, row) => sum + row[key], 0);
const insidePackages = 240;
const problems = 912 + 318 + 640;

/** What is not as it should be with packages. */
export const TREE_FINDINGS: TreeFinding[] = [
  {
    outcome: 'TWO_PARENTS',
    package: '195200000000000124',
    code: '09520000001000=1+1',
    otherPackage: '195200000000000117',
    path: '=911.xml',
    line: 7,
    event: 18_204,
    eventAt: '2026-03-16T04:12:09.000Z',
  },
  { outcome: 'UNEVEN_BOX', package: '195200000000000124', count: 23, usual: 24 },
];

/** A realistic report, large enough to pass every limit of the page. Totals agree with one another. */
export const SAMPLE_REPORT: ReconcileReport = {
  expectedUnits: total('expected'),
  totals: {
    matched: total('matched'),
    shortage: total('shortage'),
    surplus: total('surplus'),
  },
  outcomes: {
    MATCHED: 208_400 - problems,
    MATCHED_VIA_PACKAGE: total('matched') - 208_400 - 36_120,
    MATCHED_PACKAGE_OPENED: 36_120,
    SHORTAGE: total('shortage') - insidePackages,
    SHORTAGE_INSIDE_PACKAGE: insidePackages,
    SURPLUS: total('surplus') - 41,
    SURPLUS_FOREIGN: 41,
    STATE_FORBIDS: 912,
    OTHER_OWNER: 318,
    EXPIRED: 640,
    NOT_FOUND: 57,
  },
  lines: {
    count: 251_877,
    outcomes: {
      MATCHED: 206_530,
      MATCHED_PACKAGE_OPENED: 36_120,
      PACKAGE_ACCEPTED: 6_210,
      COVERED_BY_PACKAGE: 12,
      OPENED_PACKAGE_USED_AS_WHOLE: 9,
      SURPLUS: total('surplus') - 41,
      SURPLUS_FOREIGN: 41,
      STATE_FORBIDS: 912,
      OTHER_OWNER: 318,
      EXPIRED: 640,
      NOT_FOUND: 57,
      DUPLICATE: 731,
      BAD_CHARACTERS: HOSTILE_CODES.length,
      BAD_CHECK_DIGIT: 3,
      BLANK_LINE_SKIPPED: 4,
    },
  },
  packageDecisions: {
    ACCEPTED_WHOLE: 6_198,
    NEEDS_DISAGGREGATION: 143,
    NOT_SCANNED: 2,
    UNKNOWN_PACKAGE: 1,
  },
  byGtin,
  inputs: [
    {
      path: 'УПД 1115131 от 16.03.2026.xml',
      role: 'expected',
      format: 'upd:5.03',
      size: 61_230_411,
      codes: 301_118,
      notCodes: 0,
      duplicates: 0,
    },
    {
      path: SCANS,
      role: 'scanned',
      format: 'list',
      size: 21_404_112,
      codes: 251_873,
      notCodes: 17,
      duplicates: 731,
    },
  ],
  byPackage: Array.from({ length: 40 }, (_, index) => ({
    package: `19520000000000${String(1000 + index)}`,
    decision: index % 3 === 0 ? ('NEEDS_DISAGGREGATION' as const) : ('ACCEPTED_WHOLE' as const),
    state: index % 3 === 0 ? ('OPENED' as const) : ('INTACT' as const),
    expected: 24,
    matched: index % 3 === 0 ? 24 - (index % 5) : 24,
    surplus: index % 7 === 0 ? 1 : 0,
  })),
  trees: {
    stated: 6_352,
    oneKind: false,
    outcomes: { TREE_OK: 6_340, TWO_PARENTS: 1, UNEVEN_BOX: 9 },
    findings: TREE_FINDINGS,
  },
  timeline: {
    stepMinutes: 10,
    steps: Array.from({ length: 30 }, (_, index) => ({
      at: new Date(Date.UTC(2026, 2, 16, 6, 10 * index)).toISOString(),
      lines: 4_000 + ((index * 7919) % 9_000),
      attention: index % 4 === 0 ? 300 : 0,
    })),
  },
  expectedSet: null,
  at: '2026-03-16T12:00:00.000Z',
  register: {
    path: '/srv/tamga/register',
    schemaVersion: 1,
    codes: 2_104_331,
    lastEvent: 18_204,
    lastEventAt: '2026-03-16T04:12:09.000Z',
  },
  timings: [
    {
      stage: 'expected',
      milliseconds: 402,
      codes: 301_118,
      codesPerSecond: 749_050,
    },
    {
      stage: 'scanned',
      milliseconds: 251.4,
      codes: 251_873,
      codesPerSecond: 1_001_881,
    },
    {
      stage: 'sets',
      milliseconds: 61_231,
      codes: 552_991,
      codesPerSecond: 9_031,
    },
  ],
};

/** The sample report with its streams; `read` counts what was taken from them. */
export function sampleResult(report: ReconcileReport = SAMPLE_REPORT): ReconcileResult & {
  read: { missing: number; findings: number };
} {
  const read = { missing: 0, findings: 0 };
  async function* missing(): AsyncGenerator<Finding> {
    for (const finding of absent()) {
      read.missing++;
      yield finding;
    }
  }
  async function* findings(): AsyncGenerator<Finding> {
    for (const finding of scanned()) {
      read.findings++;
      yield finding;
    }
    yield* missing();
  }
  async function* trees(): AsyncGenerator<TreeFinding> {
    yield { outcome: 'TREE_OK', package: '195200000000000117', path: '=911.xml' };
    yield* TREE_FINDINGS;
  }
  async function* packages(): AsyncGenerator<PackageRow> {
    yield* report.byPackage;
  }
  return { report, missing, findings, trees, packages, read, close: async () => undefined };
}

function* absent(): Generator<Finding> {
  let inside = insidePackages;
  for (const { gtin, shortage } of byGtin) {
    for (let index = 0; index < shortage; index++) {
      const code = `${gtin}5a&<${String(index).padStart(9, '0')}`;
      if (gtin === byGtin[0]!.gtin && inside-- > 0) {
        yield {
          outcome: 'SHORTAGE_INSIDE_PACKAGE',
          code,
          parent: '195200000000000124',
        };
      } else {
        yield { outcome: 'SHORTAGE', code };
      }
    }
  }
}

function* scanned(): Generator<Finding> {
  for (const [index, code] of HOSTILE_CODES.entries()) {
    yield {
      outcome: 'BAD_CHARACTERS',
      code,
      path: SCANS,
      line: index + 1,
      position: index,
      error: 'BAD_CHARACTERS',
    };
  }
  const unit = (index: number): string => `${GTINS[index % GTINS.length]}DEMO${String(index).padStart(9, '0')}`;
  for (let index = 0; index < 731; index++) {
    const line = 1000 + index * 3;
    yield {
      outcome: 'DUPLICATE',
      code: unit(index),
      path: SCANS,
      line,
      firstPath: SCANS,
      firstLine: 40 + index,
    };
  }
  for (let index = 0; index < 912; index++) {
    yield {
      outcome: 'STATE_FORBIDS',
      code: unit(index),
      path: SCANS,
      line: 9000 + index,
      state: 'RETIRED',
      owner: '7707083893',
    };
  }
  for (let index = 0; index < 640; index++) {
    yield {
      outcome: 'EXPIRED',
      code: unit(index),
      path: SCANS,
      line: 12000 + index,
      state: 'INTRODUCED',
      expiry: '2026-02-28',
    };
  }
  for (let index = 0; index < 9; index++) {
    yield {
      outcome: 'OPENED_PACKAGE_USED_AS_WHOLE',
      code: '195200000000000124',
      path: SCANS,
      line: 20000 + index,
    };
  }
  for (let index = 0; index < 57; index++) {
    yield {
      outcome: 'NOT_FOUND',
      code: unit(index),
      path: SCANS,
      line: 21000 + index,
    };
  }
  for (let index = 0; index < 41; index++) {
    yield {
      outcome: 'SURPLUS_FOREIGN',
      code: unit(index),
      path: SCANS,
      line: 22000 + index,
      owner: '300000002',
      parent: '195200000000000117',
    };
  }
}
