/** What a reader hands to an import: keys of some codes, what is stated of them, and the lines that are no codes. */
import type { Batch } from '../../core/host/index.js';
import type { KeyColumn } from '../register/packed-keys.js';
import type { StagedRun } from './staged-run.js';

export interface StageOptions {
  country?: 'RU' | 'UZ';
  signal?: AbortSignal;
  /** Hears how many bytes were read from disk. */
  onBytes?: (bytes: number) => void;
}

/** A line of an imported file that is not a code. */
export interface ImportFinding {
  path: string;
  /** 1-based. */
  line: number;
  /** The core's error code, 0-based position and English message. */
  error: string;
  position: number;
  message: string;
  /** The line, cut at 160 characters. */
  text: string;
}

export interface StagedBlock {
  /** Key i is empty where line i is no code. Valid until the next block is asked for. */
  keys: KeyColumn;
  /** Lines read, blank ones included. */
  rows: number;
  findings: ImportFinding[];
  /** States the attributes of the `count` codes that stand in the run from `place` on. */
  state(run: StagedRun, place: number, count: number): void;
}

/** What is well-formed and names no single item: a GTIN alone, a date. */
const NO_IDENTITY = {
  code: 'NO_IDENTITY',
  position: 0,
  message: 'The code has no serial number: it names no single item.',
};
const TEXT_MAX = 160;
const decoder = new TextDecoder();

/** The lines of a batch that are neither codes nor blank. */
export function findingsOf(batch: Batch, path: string, lineOf: (row: number) => number): ImportFinding[] {
  const { error, length, kind } = batch.columns;
  const findings: ImportFinding[] = [];
  for (let i = 0; i < batch.count; i++) {
    if ((error[i] === 0 && kind[i] !== 0) || length[i] === 0) continue;
    const fault = batch.at(i).error ?? NO_IDENTITY;
    const text = decoder.decode(batch.line(i).subarray(0, TEXT_MAX));
    findings.push({
      path,
      line: lineOf(i),
      error: fault.code,
      position: fault.position,
      message: fault.message,
      text,
    });
  }
  return findings;
}
