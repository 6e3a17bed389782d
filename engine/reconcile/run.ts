/** What the parts of a reconciliation hand to one another. */
import type { Core } from '../../core/host/index.js';
import type { CodeInput } from '../bulk/code-input.js';
import type { LineSource } from '../bulk/line-findings.js';
import type { RegisteredTailCounts } from '../bulk/registered-tails.js';
import type { Pass } from '../bulk/runner.js';
import type { Runners } from '../bulk/runners.js';
import type { TailCounts } from '../bulk/tail-counts.js';
import type { Universe } from '../bulk/universe.js';
import type { Register } from '../register/register.js';
import type { RoaringBitmap32 } from '../roaring.js';
import type { RunFolder } from '../run-folder.js';
import type { StageClock } from '../stage-clock.js';
import type { Marks } from './marks.js';
import type { ReadProgress } from './read-progress.js';
import type { ReconcileOptions } from './reconcile.js';
import type { ExpectedSetSummary, RegisterView } from './report.js';
import type { LineCount, OutcomeCounts } from './settle.js';
import type { Then } from './then.js';
import type { Timeline } from './timeline.js';
import type { StatedPackage } from './trees.js';
import type { UnitResult } from './units.js';

/** Everything that a run begins with. */
export interface Run {
  options: ReconcileOptions;
  at: Date;
  register: Register | null;
  runners: Runners;
  core: Core;
  seed: Uint8Array;
  folder: RunFolder;
  clock: StageClock;
  /** What of the register the universe doesn't have. */
  then: Then;
  universe: Universe;
  view: RegisterView | null;
  expected: CodeInput[];
  scanned: CodeInput[];
  progress: ReadProgress;
  /** Units of the expected set; null when none was asked for. */
  expectedUnits: RoaringBitmap32 | null;
  expectedSet: ExpectedSetSummary | null;
  pass: Pass;
  /** Codes that a report lists without being asked. */
  codesListed: number;
}

/** Inputs of one side that were read, with their outcomes line by line and their counts. */
export interface InputsRead {
  sources: LineSource[];
  counts: LineCount[];
}

/** Everything that a run comes to. */
export interface Settled {
  units: UnitResult;
  /** Units that count as surplus. */
  surplus: RoaringBitmap32;
  lines: OutcomeCounts;
  /** Of the scanned lines. */
  tails: TailCounts;
  registeredTails: RegisteredTailCounts;
  documents: InputsRead;
  counted: InputsRead;
  /** Codes named twice, and codes scanned twice. */
  repeatedNamed: RoaringBitmap32;
  repeatedScanned: RoaringBitmap32;
  timeline: Timeline | undefined;
  /** What the documents state of packages, and the marks of the run; null when no package is about. */
  packages: { marks: Marks; stated: StatedPackage[] } | null;
}
