/** What a reconciliation asks of a journal, so that a later run of the same work goes on where it ended. */
import type { CodeInput } from '../bulk/code-input.js';

/** What the blocks of a run depend on, beside its inputs and what was asked. */
export interface JournalMoment {
  /** Last event of the register that the run sees; `null` without a register. */
  event: number | null;
  /** Ordinals of registered codes are below. */
  codes: number;
  /** Key of the fingerprints, 16 bytes. */
  seed: Uint8Array;
}

export interface ReconcileJournal {
  /** Key of the fingerprints of a run that has no register to give one: the same in every run of the work. */
  readonly seed: Uint8Array;
  /** Says what the run is of, before any input is read: what is kept of another moment is no good. */
  begin(moment: JournalMoment): void;
  /** An input whose blocks are kept when they are classified, and taken from the journal where it has them. */
  input(input: CodeInput, role: 'expected' | 'scanned', index: number): CodeInput;
}
