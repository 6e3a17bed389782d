// Goal: a row is judged as it was before or behind a write, never by half of it. Method: a thread rewrites three words of a few rows under
// the sequence lock without an end; outcome and package of one judgement must belong together.
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { HOT_WORDS, headOf, WORD } from '../register/record.js';
import { failure } from '../register/register.test.data.js';
import { emptyImage, KERNEL_CODES_MIN, SharedImage } from '../register/shared-image.js';
import { STATE_NUMBER } from '../register/states.js';
import { RuleTable } from '../verdict/rule-table.js';
import { Universe } from './universe.js';

const OURS = { head: headOf(STATE_NUMBER.INTRODUCED, 0, 0), owner: 1, parent: 5 };
const THEIRS = { head: headOf(STATE_NUMBER.RETIRED, 0, 0), owner: 2, parent: 6 };
const CODES = 8;
const ROUNDS = 100_000;

/** What image-build does to a row; between two writes there is time to read. */
const TOGGLE = `
  const { header, rows, states, words, width, codes } = require('node:worker_threads').workerData;
  for (let round = 0; ; round++) {
    const row = (1 + (round >> 1) % (codes - 1)) * width;
    const state = states[round & 1];
    Atomics.add(header, 0, 1);
    Atomics.store(rows, row + words.head, state.head);
    for (let i = 0; i < 20; i++) Atomics.load(rows, row);
    Atomics.store(rows, row + words.owner, state.owner);
    Atomics.store(rows, row + words.parent, state.parent);
    Atomics.add(header, 0, 1);
    for (let i = 0; i < 200; i++) Atomics.load(rows, row);
  }`;

it.each([CODES, KERNEL_CODES_MIN])(
  'judges rows whole while they are written, with room for %d',
  async (room) => {
    const image = SharedImage.withRoomFor(room);
    image.set(CODES, 0);
    for (let ordinal = 1; ordinal < CODES; ordinal++) {
      for (const word of ['head', 'owner', 'parent'] as const)
        image.rows[ordinal * HOT_WORDS + WORD[word]] = THEIRS[word];
    }
    const universe = new Universe(image);
    const rules = new RuleTable({ operation: 'sale', now: 0, owners: [OURS.owner] });
    const ordinals = Uint32Array.from({ length: CODES - 1 }, (_, i) => i + 1);
    const outcomes = new Uint8Array(ordinals.length);
    const parents = new Uint32Array(ordinals.length);
    const workerData = {
      header: image.header,
      rows: image.rows,
      states: [OURS, THEIRS],
      words: WORD,
      width: HOT_WORDS,
      codes: CODES,
    };
    const writer = new Worker(TOGGLE, { eval: true, workerData });
    const met = new Map<string, number>();
    try {
      while (image.rows[HOT_WORDS + WORD.parent] !== OURS.parent) await new Promise(setImmediate);
      for (let round = 0; round < ROUNDS; round++) {
        universe.judge(rules, OUTCOME_NUMBER.NOT_FOUND, ordinals, 0, ordinals.length, outcomes, parents);
        for (let i = 0; i < ordinals.length; i++) {
          const pair = `${outcomes[i]}:${parents[i]}`;
          met.set(pair, (met.get(pair) ?? 0) + 1);
        }
      }
    } finally {
      await writer.terminate();
    }
    expect([...met.keys()].sort()).toEqual(
      [`${OUTCOME_NUMBER.OK}:${OURS.parent}`, `${OUTCOME_NUMBER.STATE_FORBIDS}:${THEIRS.parent}`].sort(),
    );
  },
  60_000,
);

it('takes in so many codes that the register does not have, and no more', () => {
  const universe = new Universe(emptyImage(), 2);
  const prints = Uint32Array.from({ length: 12 }, (_, i) => (i + 1) * 0x1234_5678);
  const add = (i: number): number => universe.add(prints, i * 4, Uint8Array.of(i), false);
  expect([add(0), add(1), add(0)]).toEqual([1, 2, 1]);
  failure(() => add(2), 'REGISTER_FULL');
  expect([add(1), universe.size]).toEqual([2, 3]);
});
