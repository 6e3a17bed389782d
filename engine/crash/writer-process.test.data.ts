// A process of many callers who submit single events, made to be killed: it says each acknowledgement behind its promise, by a write
// that doesn't wait. `node writer-process.test.data.js {path, seed, from, images, last}`
import { writeSync } from 'node:fs';
import { arm } from './kill-point.test.data.js';

/** Between how many acknowledgements the image is brought up to date; it is saved when enough of it changed. */
const IMAGE_EVERY = 40;

export interface WriterPlan {
  path: string;
  seed: number;
  /** First step of each caller: the last one that was acknowledged, which is submitted again, or 0. */
  from: readonly number[];
  /** Keep the image, too. */
  images: boolean;
  /** Steps that each caller goes. */
  steps: number;
}

const plan = JSON.parse(process.argv[2] as string) as WriterPlan;
arm();
const { loadCore } = await import('../../core/host/index.js');
const { isTamgaError } = await import('../errors.js');
const { eventFromJson } = await import('../register/event-json.js');
const { loadImage } = await import('../register/image.js');
const { Register } = await import('../register/register.js');
const { statementOf } = await import('./workload.test.data.js');

const register = Register.open(plan.path, { create: true });
const core = await loadCore({ seed: register.seed });
const say = (line: string): void => void writeSync(1, `${line}\n`);
let acknowledged = 0;
if (plan.images) loadImage(register, core);
say('open');

async function call(caller: number, from: number): Promise<void> {
  for (let step = from; step < from + plan.steps; step++) {
    const event = eventFromJson(statementOf({ seed: plan.seed, caller, step }), core, { now: new Date() });
    try {
      const { sequence, applied } = await register.submit(event);
      say(`${Buffer.from(event.id).toString('hex')} ${sequence} ${applied ? 'applied' : 'not'}`);
    } catch (error) {
      say(`failed ${isTamgaError(error) ? error.code : String(error)}`);
      return;
    }
    if (plan.images && ++acknowledged % IMAGE_EVERY === 0) loadImage(register, core);
  }
}

await Promise.all(plan.from.map((from, caller) => call(caller, from)));
await register.close();
say('end');
