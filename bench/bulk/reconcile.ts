/** A delivery of 1 M codes in a UPD, scanned, against a register of 2 M: the whole reconciliation, with a report. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openEngine } from '../../engine/index.js';
import { benchCorpus } from '../corpus.js';
import { type BenchOptions, type BenchResult, measure } from '../result.js';

export async function reconcile(options: BenchOptions): Promise<BenchResult[]> {
  const { corpus, register } = await benchCorpus(
    options.small ? 20_000 : 2_000_000,
    options.small ? 10_000 : 1_000_000,
  );
  const { delivery, scans } = corpus.paths;
  const at = new Date(`${corpus.today}T12:00:00`);
  const codes = corpus.counts.scanLines;
  const engine = await openEngine({ register, workers: 2 });
  const stages = new Map<string, number[]>();
  const run = async (): Promise<void> => {
    const result = await engine.reconcile({
      expected: [delivery],
      scanned: [scans],
      at,
    });
    for (const { stage, milliseconds } of result.report.timings)
      stages.set(stage, [...(stages.get(stage) ?? []), milliseconds]);
    await result.close();
  };
  try {
    await run();
    const registered = await registeredKeys(corpus.paths.register);
    const result = await measure(
      'bulk/reconcile-1m-2m',
      [
        { name: 'ours', codes, run },
        {
          name: 'setsOfStrings',
          codes,
          run: () => bySets(registered, delivery, scans),
        },
      ],
      options,
    );
    for (const [stage, times] of stages) {
      const sorted = times.sort((a, b) => a - b);
      process.stderr.write(`  ${stage}: ${sorted[Math.floor(sorted.length / 2)]} ms (median)\n`);
    }
    return [result];
  } finally {
    await engine.close();
  }
}

/** What one would write by hand, the register already in memory: sets of strings, no check of codes, no packages, no rules. */
async function bySets(registered: ReadonlySet<string>, delivery: string, scans: string): Promise<number> {
  const expected = new Set<string>();
  const document = await readFile(delivery, 'latin1');
  // КИЗ in windows-1251, read as latin1.
  for (const [, code] of document.matchAll(/<\u00CA\u00C8\u00C7>([^<]+)/g)) expected.add(code);
  let found = 0;
  let surplus = 0;
  for await (const line of createInterface({
    input: createReadStream(scans, 'latin1'),
  })) {
    const key = line.slice(0, Math.max(line.indexOf('\u001d'), 0) || undefined);
    if (expected.delete(key)) found++;
    else if (registered.has(key)) surplus++;
  }
  return found + surplus + expected.size;
}

async function registeredKeys(path: string): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const line of createInterface({
    input: createReadStream(path, 'latin1'),
  }))
    keys.add(line.slice(0, line.indexOf(';')));
  return keys;
}
