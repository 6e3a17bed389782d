/** How much of the processors others took while something was measured. */
import { readFileSync } from 'node:fs';

export interface CpuTimes {
  /** Jiffies of all processors: in all, and not idle. */
  all: number;
  busy: number;
  /** Of this process and the children that it waited for. */
  own: number;
}

/** Linux tells; elsewhere all is zero. */
export function cpuTimes(): CpuTimes {
  try {
    const [, ...fields] = readFileSync('/proc/stat', 'latin1').split('\n')[0].trim().split(/\s+/);
    const all = fields.slice(0, 8).reduce((sum, field) => sum + Number(field), 0);
    const idle = Number(fields[3]) + Number(fields[4]);
    const own = readFileSync('/proc/self/stat', 'latin1').split(') ')[1].split(' ').slice(11, 15);
    return { all, busy: all - idle, own: own.reduce((sum, field) => sum + Number(field), 0) };
  } catch {
    return { all: 0, busy: 0, own: 0 };
  }
}

/** Per cent of all processors' time that others took. A server that is no child of ours counts as one of them. */
export function foreignShare(before: CpuTimes, after: CpuTimes): number {
  const all = after.all - before.all;
  const foreign = after.busy - before.busy - (after.own - before.own);
  return all === 0 ? 0 : Math.max(0, Math.round((foreign / all) * 100));
}
