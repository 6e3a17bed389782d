// Goal: a verdict of a run is that of the record before or behind an event that comes in meanwhile, never of half of it. Method: another
// process toggles codes between two records that differ in two words, of which a mixture has a verdict of its own; the image is brought up to
// it while workers read it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEngine } from '../engine.js';
import type { Outcome } from '../reconcile/outcomes.js';
import { Register } from '../register/register.js';
import { eventOf } from '../register/register.test.data.js';
import { STATE_NUMBER, type State } from '../register/states.js';
import { codeOf, keyOf, scratchFiles } from './lists.test.data.js';

/** Of one event. */
const CODES = 16_000;
const RUNS = 5;

const { folder, write } = scratchFiles();

it('verdicts while another process writes are those of whole records', async () => {
  const path = join(folder, 'register');
  const numbers = Array.from({ length: CODES }, (_, i) => i);
  const register = Register.open(path, { create: true });
  const say = (state: State, owner: string): void => {
    const codes = numbers.map((n) => [keyOf(n), { state: STATE_NUMBER[state], owner: 0 }] as const);
    register.apply(eventOf({ codes, texts: [owner] }));
  };
  const file = write(`${numbers.map(codeOf).join('\n')}\n`);
  const engine = await openEngine({ register: path, workers: 2 });
  const outcomes = async (list: string): Promise<Outcome[]> => {
    const result = await engine.verifyFile(list, { operation: 'sale', owner: 'ours' });
    const found = Object.keys(result.report.outcomes) as Outcome[];
    await result.close();
    return found.sort();
  };
  say('RETIRED', 'theirs');
  const behind = await outcomes(file);
  say('INTRODUCED', 'theirs');
  const mixed = await outcomes(file);
  say('INTRODUCED', 'ours');
  const before = await outcomes(file);
  expect(new Set([...before, ...behind, ...mixed]).size).toBe(3);
  await register.close();

  const script = new URL('./toggling-process.test.data.js', import.meta.url);
  const writer = fork(script, [path, String(CODES)], { execArgv: [] });
  const met = new Set<Outcome>();
  try {
    await once(writer, 'message');
    const context = { operation: 'sale' } as const;
    for (let run = 0; run < RUNS; run++) {
      let isDone = false;
      const running = outcomes(file).finally(() => {
        isDone = true;
      });
      // Asking for a single code brings the image up to the last event, under the feet of the run.
      while (!isDone) {
        engine.verify(codeOf(run), context);
        await new Promise(setImmediate);
      }
      for (const outcome of await running) met.add(outcome);
    }
  } finally {
    writer.disconnect();
    await once(writer, 'exit');
    await engine.close();
  }
  // On a busy machine all runs may fall between two events; that rows are read whole then shows in the test of the universe.
  expect([...met].filter((outcome) => !before.includes(outcome) && !behind.includes(outcome))).toEqual([]);
}, 60_000);
