/** Is a register whole? Every value is read and compared with every other that must agree with it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isTamgaError } from '../errors.js';
import { checkStoreFile } from './store-file.js';

export interface CheckReport {
  path: string;
  /** True when nothing is wrong. */
  ok: boolean;
  codes: number;
  lastEvent: number;
  /** {@link Register.digest}; empty when the register is too damaged to have one. */
  digest: string;
  /** What is wrong, at most {@link CHECK_FINDINGS_MAX}; `findingsCount` has all. */
  findings: CheckFinding[];
  findingsCount: number;
}

export interface CheckFinding {
  /** `file`, or the database that is damaged. */
  where: string;
  detail: string;
}

/** Findings that are kept: the first of them say what happened. */
export const CHECK_FINDINGS_MAX = 100;

/**
 * Checks the register in a folder, in a process of its own: LMDB trusts the file it maps, and one with damaged pages can end the process
 * that reads it. Throws REGISTER_NOT_FOUND.
 */
export async function checkRegister(path: string): Promise<CheckReport> {
  try {
    checkStoreFile(path);
  } catch (error) {
    if (isTamgaError(error) && error.code === 'REGISTER_BROKEN')
      return broken(path, error.data.detail ?? error.message);
    throw error;
  }
  const script = fileURLToPath(new URL('./check-process.js', import.meta.url));
  const child = fork(script, [path], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let report: CheckReport | null = null;
  let said = '';
  child.on('message', (message) => {
    report = message as CheckReport;
  });
  child.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-1000);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (report) return report;
  const end = signal ? `reading it ended the process with ${signal}` : `reading it failed (${code}): ${said.trim()}`;
  return broken(path, end);
}

function broken(path: string, detail: string): CheckReport {
  return {
    path,
    ok: false,
    codes: 0,
    lastEvent: 0,
    digest: '',
    findings: [{ where: 'file', detail }],
    findingsCount: 1,
  };
}
