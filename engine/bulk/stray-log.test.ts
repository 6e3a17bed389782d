// Goal: every repetition of a stray is found, with the first one's place. Method: a Map of fingerprints; enough strays of few parts to pass a
// part's buffer several times, several inputs, lines past 32 bits.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Strays } from './classify.js';
import { type Repetition, StrayLog } from './stray-log.js';

const root = mkdtempSync(join(tmpdir(), 'stray-log-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Outcomes of a block in which every line's tells its own. */
function outcomesOf({ lines }: Strays): Uint8Array {
  const outcomes = new Uint8Array(Math.max(0, ...lines) + 1);
  for (const line of lines) outcomes[line] = outcomeAt(line);
  return outcomes;
}

const outcomeAt = (line: number): number => (line * 7 + 1) % 256;

/** Appends a block with such outcomes. */
function append(log: StrayLog, block: Strays, input: number, firstLine: number): void {
  log.append(block, outcomesOf(block), input, firstLine);
}

function strays(lines: readonly number[], prints: readonly (readonly [number, number, number])[]): Strays {
  return {
    lines: Uint32Array.from(lines),
    prints: Uint32Array.from(prints.flatMap(([a, b, c], i) => [a, b, c, 0xdead_0000 + i])),
    keys: new Uint8Array(0),
    keyOffsets: new Uint32Array(lines.length + 1),
  };
}

const repetitionsOf = (log: StrayLog): Repetition[] => {
  const all: Repetition[] = [];
  for (const part of log.repetitions()) all.push(...part);
  return all;
};
const key = ({ input, line }: Repetition): string => `${input}:${line}`;
const sorted = (all: Iterable<Repetition>): Repetition[] => [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));

/** Numbers that depend on `seed` only. */
function* random(seed: number): Generator<number, never> {
  for (let x = seed >>> 0; ; ) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    yield x;
  }
}

describe('StrayLog', () => {
  it('finds every repetition across blocks and inputs, like a Map', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          strays: fc.integer({ min: 0, max: 12_000 }),
          kinds: fc.integer({ min: 1, max: 9000 }),
          parts: fc.constantFrom(1, 2, 64),
        }),
        ({ seed, strays: count, kinds, parts }) => {
          const folder = mkdtempSync(join(root, 'run-'));
          const log = new StrayLog(folder);
          const dice = random(seed);
          const roll = (below: number): number => Math.floor((dice.next().value / 2 ** 32) * below);
          const model = new Map<string, { input: number; line: number }>();
          const expected: Repetition[] = [];
          let input = 0;
          let firstLine = 0;
          for (let done = 0; done < count; ) {
            const lines: number[] = [];
            const prints: [number, number, number][] = [];
            let line = roll(3);
            for (const size = roll(3000); lines.length <= size && done < count; done++) {
              const kind = roll(kinds);
              // Prints that differ in one word only, so that no word goes unread; the part is in the first bits.
              const print: [number, number, number] = [
                ((kind % parts) * (2 ** 32 / 64) + (kind % 3)) >>> 0,
                kind % 5 === 0 ? 1 : kind,
                Math.imul(kind, 2_654_435_761) >>> 0,
              ];
              lines.push(line);
              prints.push(print);
              const first = model.get(print.join());
              if (first) {
                expected.push({
                  input,
                  line: firstLine + line,
                  outcome: outcomeAt(line),
                  firstInput: first.input,
                  firstLine: first.line,
                });
              } else {
                model.set(print.join(), { input, line: firstLine + line });
              }
              line += 1 + roll(2);
            }
            append(log, strays(lines, prints), input, firstLine);
            firstLine += line;
            if (roll(4) === 0) {
              input++;
              firstLine = roll(2) * (2 ** 32 - 3);
            }
          }
          expect(sorted(repetitionsOf(log))).toEqual(sorted(expected));
          log.close();
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });

  it('writes to disk only when a part outgrows its buffer', () => {
    const folder = mkdtempSync(join(root, 'run-'));
    const log = new StrayLog(folder);
    const lines = Array.from({ length: 256 }, (_, i) => i);
    append(
      log,
      strays(
        lines,
        lines.map((i) => [i, 0, i]),
      ),
      0,
      0,
    );
    expect(readdirSync(folder)).toEqual([]);
    append(log, strays([0], [[5, 0, 5]]), 0, 5000);
    expect(readdirSync(folder)).toEqual(['strays-0']);
    expect(repetitionsOf(log)).toEqual([{ input: 0, line: 5000, outcome: outcomeAt(0), firstInput: 0, firstLine: 5 }]);
    log.close();
  });

  it('three of a kind are two repetitions of the first', () => {
    const log = new StrayLog(mkdtempSync(join(root, 'run-')));
    append(
      log,
      strays(
        [0, 1, 2],
        [
          [9, 9, 9],
          [9, 9, 9],
          [9, 9, 9],
        ],
      ),
      0,
      10,
    );
    expect(repetitionsOf(log)).toEqual([
      { input: 0, line: 11, outcome: outcomeAt(1), firstInput: 0, firstLine: 10 },
      { input: 0, line: 12, outcome: outcomeAt(2), firstInput: 0, firstLine: 10 },
    ]);
    log.close();
  });
});
