/** One stage of the scale bench in a process of its own, which prints what it took. */
import { readFileSync } from 'node:fs';
import { openEngine } from '../engine/index.js';

export interface StageFigure {
  seconds: number;
  /** The kernel's high-water mark of the process. */
  peakBytes: number;
}

const [stage, register, file] = process.argv.slice(2);
const engine = await openEngine({ register, create: stage === 'load', workers: 2 });
let seconds = 0;
if (stage === 'load') {
  // An import ends with the image, which is a stage of its own here.
  const { timings } = await engine.import([file]);
  for (const { stage: part, milliseconds } of timings) if (part !== 'image') seconds += milliseconds / 1000;
} else if (stage === 'build' || stage === 'image') {
  const started = performance.now();
  engine.warmUp();
  seconds = (performance.now() - started) / 1000;
} else {
  // The image is loaded before the clock runs: a server has it in memory.
  engine.warmUp();
  const from = performance.now();
  const result = await engine.verifyFile(file);
  seconds = (performance.now() - from) / 1000;
  await result.close();
}
await engine.close();
const figure: StageFigure = { seconds, peakBytes: peakBytes() };
process.stdout.write(JSON.stringify(figure));

function peakBytes(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error('this system does not say how much memory a process took');
  return Number(kilobytes) * 1024;
}
