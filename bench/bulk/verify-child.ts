/** A verification in a process of its own, which prints its peak memory in kilobytes. */
import { readFileSync } from 'node:fs';
import { openEngine } from '../../engine/index.js';

const [path, register] = process.argv.slice(2);
const engine = await openEngine({ register, workers: 2 });
const result = await engine.verifyFile(path);
await result.close();
await engine.close();
process.stdout.write(String(peakMemory()));

/** The kernel's high-water mark of this program. `maxRSS` won't do: a child inherits its parent's. */
function peakMemory(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error('this system does not say how much memory a process took');
  return Number(kilobytes);
}
