/** What a server is made of: engine, keys, jobs, metrics; opened together, closed in the right order. */
import { join } from 'node:path';
import { openEngine } from '../../engine/index.js';
import { ApiKeys } from './access/api-keys.js';
import { FailedKeys } from './access/failed-keys.js';
import type { Parts } from './faces.js';
import { JobBoard } from './jobs/job-board.js';
import { Metrics } from './metrics.js';
import type { Settings } from './settings.js';
import { keepWarm } from './warm-image.js';

export interface OpenParts {
  parts: Parts;
  /** Tells every face that the server is about to end. */
  drain(): void;
  /** Interrupts the job at work, which goes on at the next start, and closes the register. */
  close(): Promise<void>;
}

/** @throws TamgaError for a folder or register that can't be used. */
export async function openParts(settings: Settings, now: () => Date = () => new Date()): Promise<OpenParts> {
  const keys = new ApiKeys(settings.data);
  const engine = await openEngine({
    register: settings.register ?? join(settings.data, 'register'),
    create: settings.register === undefined,
    workers: settings.workers,
    ...(settings.keys !== undefined && { keys: settings.keys, secrets: settings.secrets, tailPolicy: settings.tails }),
  });
  try {
    const jobs = engine.openJobs(join(settings.data, 'jobs'));
    const board = new JobBoard(jobs, join(settings.data, 'uploads'));
    const cool = keepWarm(engine);
    const stop = new AbortController();
    return {
      parts: {
        engine,
        settings,
        keys,
        failedKeys: new FailedKeys(settings.failedKeysPerMinute),
        jobs,
        board,
        metrics: new Metrics(),
        draining: stop.signal,
        now,
      },
      drain: () => stop.abort(),
      close: async () => {
        stop.abort();
        cool();
        board.close();
        await jobs.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
