/** What every group of routes is given. A face is a Fastify plugin; it decides nothing about codes. */
import type { FastifyInstance } from 'fastify';
import type { Engine, Jobs } from '../../engine/index.js';
import type { ApiKeys } from './access/api-keys.js';
import type { FailedKeys } from './access/failed-keys.js';
import type { JobBoard } from './jobs/job-board.js';
import type { Metrics } from './metrics.js';
import type { Settings } from './settings.js';

export interface Parts {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly keys: ApiKeys;
  readonly failedKeys: FailedKeys;
  readonly jobs: Jobs;
  /** Jobs as clients see them: whose they are, what their files are called, how far they are. */
  readonly board: JobBoard;
  readonly metrics: Metrics;
  /** Aborted when the server is told to stop: open work ends within `settings.drainSeconds`. */
  readonly draining: AbortSignal;
  /** The clock: a face asks it, so that rules of hours and days can be tested. */
  readonly now: () => Date;
}

/** Registers a face's routes; each names its scope in `config.scope`. */
export type Face = (server: FastifyInstance, parts: Parts) => void | Promise<void>;
