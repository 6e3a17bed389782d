/**
 * Is a process there that once was? Numbers of processes are given again, and in a container it is the same few: so a process is told by when
 * it began, too, where the system says it.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface ProcessId {
  pid: number;
  /** Tells it from others of its number: the boot of the machine and the tick of it at which it began, or, where that isn't known, at random. */
  since: string;
}

/** Where a Linux process's beginning stands among the fields behind its name, which may have blanks and brackets. */
const START_FIELD = 19;

/** When a process began; `null` when the system doesn't say. */
function beginningOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD];
    return ticks === undefined || !/^\d+$/.test(ticks) ? null : `${boot}.${ticks}`;
  } catch {
    return null;
  }
}

export const THIS_PROCESS: ProcessId = { pid: process.pid, since: beginningOf(process.pid) ?? randomUUID() };

/** True when the process is there; one of another user is. One of which only the number is known (an earlier Tamga's) is there when any of that number is, but for this one. */
export function isRunning({ pid, since }: { pid: number; since?: string }): boolean {
  if (pid === process.pid) return since === THIS_PROCESS.since;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const beginning = since === undefined ? null : beginningOf(pid);
  return beginning === null || beginning === since;
}

/** A process as a part of a file's name or as a file's whole text, `PID-SINCE`. */
export const processText = ({ pid, since }: ProcessId): string => `${pid}-${since}`;

/** What {@link processText} wrote, or a bare number; `null` for anything else. */
export function processOf(text: string): { pid: number; since?: string } | null {
  const parts = /^(\d{1,10})(?:-([0-9a-f.-]+))?$/.exec(text);
  return parts && { pid: Number(parts[1]), since: parts[2] };
}
