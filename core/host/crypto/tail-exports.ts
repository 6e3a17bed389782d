// Functions of the module that check tails.

/** Addresses, counts and lengths are unsigned 32-bit numbers; `at` is milliseconds since 1970. */
export interface TailExports {
  /** Bytes of work for a batch of `rows` and a ring of `keys`. */
  tailWorkBytes(rows: number, keys: number): number;
  beginTails(rows: number, input: number, ring: number, at: number, work: number): number;
  nextTails(ring: number, at: number): number;
  tailGroups(): number;
  macScratchBytes(): number;
  macStateBytes(algorithm: number): number;
  prepareMac(algorithm: number, secret: number, length: number, state: number): void;
  signatureScratchBytes(): number;
  verifyMacs(
    ring: number,
    key: number,
    first: number,
    count: number,
    input: number,
    state: number,
    scratch: number,
  ): void;
  verifySignatures(
    ring: number,
    key: number,
    first: number,
    count: number,
    input: number,
    curveTable: number,
    keyTable: number,
    scratch: number,
  ): void;
  failGroup(first: number, count: number): void;
  digestTails(rows: number, input: number, into: number): void;
}

export const TAIL_FUNCTIONS = [
  'tailWorkBytes',
  'beginTails',
  'nextTails',
  'tailGroups',
  'macScratchBytes',
  'macStateBytes',
  'prepareMac',
  'signatureScratchBytes',
  'verifyMacs',
  'verifySignatures',
  'failGroup',
  'digestTails',
] as const satisfies readonly (keyof TailExports)[];
