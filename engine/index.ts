/** The public `tamga/engine`. */

export type { TailSummary } from './bulk/tail-counts.js';
export type {
  VerifyFileOptions,
  VerifyProgress,
  VerifyReport,
  VerifyResult,
} from './bulk/verify-file.js';
export type { LineVerdicts, TextVerdicts } from './bulk/verify-lines.js';
export type { DocumentModel } from './documents/model.js';
export { openDocument as readDocument } from './documents/open-document.js';
export { Engine, type EngineOptions, openEngine } from './engine.js';
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorData,
  isTamgaError,
  TamgaError,
} from './errors.js';
export type {
  ImportedFile,
  ImportFinding,
  ImportOptions,
  ImportProgress,
  ImportReport,
} from './import/import.js';
export type { Job, JobInput, JobProgress, JobState } from './jobs/job.js';
export type { JobKind, JobSpec } from './jobs/job-spec.js';
export type { Jobs, JobsOptions } from './jobs/jobs.js';
export type { LoadKeysOptions } from './keys/load-key-ring.js';
export { openKeyRing as loadKeyRing } from './keys/open-key-ring.js';
export { type RegisteredTail, TAIL_POLICIES, type TailPolicy } from './keys/tail-outcome.js';
export { type Decision, decide } from './permit/decide.js';
export type { Channel, Facts, ReceiptLine } from './permit/facts.js';
export type { FactsContext, KnownCode } from './permit/known-facts.js';
export { DEFAULT_POLICIES, type PermitPolicy, policyAt } from './permit/policy.js';
export { REASONS, type Reason } from './permit/rules.js';
export type { RegisterSetQuery } from './reconcile/expected-set.js';
export {
  OUTCOMES,
  type Outcome,
  PACKAGE_DECISIONS,
  type PackageDecision,
  SEVERITY,
  type Severity,
} from './reconcile/outcomes.js';
export type { ReconcileOptions } from './reconcile/reconcile.js';
export type {
  ExpectedSetSummary,
  Finding,
  GtinTotals,
  InputSummary,
  PackageRow,
  ReconcileReport,
  ReconcileResult,
  RegisterView,
  StageTiming,
  TreeSummary,
} from './reconcile/report.js';
export type { Scan } from './reconcile/scan-input.js';
export type { Timeline, TimelineStep } from './reconcile/timeline.js';
export {
  TREE_OUTCOMES,
  type TreeFinding,
  type TreeOutcome,
  type TreeRules,
  treeSeverity,
} from './reconcile/tree-outcomes.js';
export type { ApplyResult, CodeRejection } from './register/apply.js';
export { AsOf, type CodeFilter } from './register/as-of.js';
export { type BackupReport, backupRegister, compactRegister, restoreRegister } from './register/backup.js';
export { type CheckReport, checkRegister } from './register/check.js';
export { CHECKS, type Checks, EVENT_KINDS, type EventKind } from './register/event.js';
export type { CodeStatement, EventStatement } from './register/event-schema.js';
export type { SubmitOptions } from './register/event-submit.js';
export type { HistoryEntry } from './register/history.js';
export type { RecordView } from './register/record.js';
export type { RecordChange, RecordField, RecordValue } from './register/record-view.js';
export { Register, type RegisterStat } from './register/register.js';
export { REJECTIONS, type RejectionReason } from './register/rejections.js';
export { STATES, type State } from './register/states.js';
export { WITHDRAWAL_REASONS, type WithdrawalReasonName } from './register/withdrawal.js';
export { ALLOWS, type KeptScan } from './sessions/block.js';
export type { SessionCounts } from './sessions/counts.js';
export type { ExpectedCodes } from './sessions/expected-codes.js';
export type { NewSession, SessionContext, StoredSession } from './sessions/journal.js';
export { SEQ_MAX } from './sessions/limits.js';
export type { Device, Scanned, Session, Speaker } from './sessions/session.js';
export { Sessions, type SessionsOptions } from './sessions/sessions.js';
export { OPERATIONS, type Operation } from './verdict/rules.js';
export type { Allow, Verdict, VerdictJson } from './verdict/verdict.js';
export type { VerifyContext } from './verdict/verify-codes.js';
