/** What connections share. */
import type { FastifyBaseLogger } from 'fastify';
import { ALLOWS, type Sessions } from '../../../engine/index.js';
import type { Parts } from '../faces.js';
import type { StreamVerdict } from './codec.js';

export interface StreamParts extends Parts {
  readonly sessions: Sessions;
  readonly log: FastifyBaseLogger;
  /** Counts verdicts for those who watch the server. */
  countVerdicts(items: readonly StreamVerdict[]): void;
}

export function streamParts(parts: Parts, sessions: Sessions, log: FastifyBaseLogger): StreamParts {
  const { metrics } = parts;
  const counters = ALLOWS.map((allow) => metrics.verdicts.labels({ face: 'stream', allow }));
  return {
    ...parts,
    sessions,
    log,
    countVerdicts(items) {
      const counts = [0, 0, 0];
      for (const { allow } of items) counts[allow]!++;
      for (const [i, count] of counts.entries()) if (count > 0) counters[i]!.inc(count);
    },
  };
}
