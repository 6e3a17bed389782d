/**
 * Requests without a good key, counted by address: whoever sends too many is told to wait. A good key is served all the while, since others may
 * share the address.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../refusals.js';

const WINDOW_MS = 60_000;
/** Addresses that are counted one by one in a minute; further ones share a count. */
const ADDRESSES_MAX = 10_000;
const OTHERS = '';

export class FailedKeys {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  #windowStart = Number.NEGATIVE_INFINITY;

  /** `most` in a minute; 0: no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one; true when there were too many of the address. */
  count(address: string): boolean {
    if (this.#most === 0) return false;
    const now = performance.now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#counts.clear();
      this.#windowStart = now;
    }
    const name = this.#counts.has(address) || this.#counts.size < ADDRESSES_MAX ? address : OTHERS;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count > this.#most;
  }

  /** What a request is refused with whose key `error` is about: the error, or TOO_MANY_REQUESTS. */
  refusalOf(error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
    if (!(error instanceof Refusal) || error.statusCode !== 401 || !this.count(request.ip)) return error;
    const seconds = Math.max(1, Math.ceil((this.#windowStart + WINDOW_MS - performance.now()) / 1000));
    void reply.header('retry-after', seconds);
    return new Refusal('TOO_MANY_REQUESTS', 'Too many requests without a good API key came from this address.');
  }
}
