import { resolve } from 'node:path';
import { TamgaError } from '../../engine/errors.js';

/** An output that is also an input would be destroyed. */
export function refuseOverwriting(outputs: readonly (string | undefined)[], inputs: readonly string[]): void {
  const taken = new Set(inputs.map((path) => resolve(path)));
  for (const path of outputs) {
    if (path === undefined) continue;
    const full = resolve(path);
    if (taken.has(full))
      throw new TamgaError('USAGE', { detail: `${path} is an input or another output; name another file` });
    taken.add(full);
  }
}

/** The standard input can be read once. */
export function refuseStdinTwice(inputs: readonly string[]): void {
  if (inputs.filter((path) => path === '-').length > 1) {
    throw new TamgaError('USAGE', { detail: '- is named twice, and the standard input can be read once' });
  }
}
