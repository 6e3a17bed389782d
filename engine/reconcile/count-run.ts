/** A run line by line, in the order of the inputs: packages stand for what is in them, and an earlier line decides over a later one. */
import { DocumentInput } from '../bulk/code-input.js';
import { RegisteredTailCounts } from '../bulk/registered-tails.js';
import { untailed } from '../bulk/runner.js';
import { TailCounts } from '../bulk/tail-counts.js';
import { VerdictLog } from '../bulk/verdict-log.js';
import { TamgaError } from '../errors.js';
import { RoaringBitmap32 } from '../roaring.js';
import { turn } from '../sliced.js';
import { adoptStrays, expandExpected, nameUnits, readExpected } from './expected.js';
import { Marks } from './marks.js';
import { OUTCOME_NUMBER, OUTCOMES } from './outcomes.js';
import { NAMING } from './reconcile.js';
import type { InputsRead, Run, Settled } from './run.js';
import { OutcomeCounts, RepeatedCodes, settleCounted } from './settle.js';
import { TimelineCount } from './timeline.js';
import { type StatedPackage, takeTrees } from './trees.js';
import { resolveUnits } from './units.js';

const SURPLUS: ReadonlySet<number> = new Set([OUTCOME_NUMBER.SURPLUS, OUTCOME_NUMBER.SURPLUS_FOREIGN]);

export async function countInOrder(run: Run): Promise<Settled> {
  run.progress.restart();
  const marks = new Marks(run.universe);
  const repeatedNamed = new RoaringBitmap32();
  const stated: StatedPackage[] = [];
  for (const input of run.expected) {
    if (input instanceof DocumentInput) stated.push(...takeTrees(input.model.tree, input.path, marks, run.core));
  }
  const documents = await readDocuments(run, marks, repeatedNamed);
  if (run.expectedUnits !== null) nameUnits(run.expectedUnits, marks);
  const expected = expandExpected(marks);
  run.clock.stop(
    'expected',
    documents.counts.reduce((sum, { codes }) => sum + codes, run.expectedUnits?.size ?? 0),
  );

  const { signal } = run.options;
  await turn(signal);

  const scans = await readScans(run, marks);
  run.clock.stop('scanned', scans.lines.total());
  await turn(signal);

  const units = resolveUnits(marks, expected, scans.seen, run.pass.options);
  const surplus = new RoaringBitmap32(
    units.sets.surplus.toUint32Array().filter((ordinal) => SURPLUS.has(units.outcomeOf(ordinal))),
  );
  run.clock.stop('sets', units.counts.total());
  await turn(signal);
  return {
    units,
    surplus,
    lines: scans.lines,
    tails: scans.tails,
    registeredTails: scans.registeredTails,
    documents,
    counted: scans.read,
    repeatedNamed,
    repeatedScanned: scans.repeated,
    timeline: scans.timeline,
    packages: { marks, stated },
  };
}

async function readDocuments(run: Run, marks: Marks, repeated: RoaringBitmap32): Promise<InputsRead> {
  const { expected, folder, options, core } = run;
  // Documents name codes, mostly without tails: there is nothing to verify in a name.
  const pass = untailed(run.pass);
  const runner = run.runners.for(expected);
  const read: InputsRead = { sources: [], counts: [] };
  for (const [i, input] of expected.entries()) {
    if (input instanceof DocumentInput && !NAMING.has(input.model.kind)) {
      read.counts.push({ codes: 0, notCodes: 0, duplicates: 0 });
      run.progress.through(input);
      continue;
    }
    const verdicts = folder.keep(new VerdictLog(`${folder.path}/expected-${i}`));
    read.sources.push({ input, verdicts });
    const count = await readExpected(input, verdicts, marks, repeated, runner, core, pass, (done, bytes) => {
      if (options.signal?.aborted) throw new TamgaError('CANCELLED');
      run.progress.tell('expected', done, bytes);
    });
    run.progress.through(input);
    read.counts.push(count);
  }
  return read;
}

async function readScans(run: Run, marks: Marks) {
  const { scanned, folder, options, core, pass } = run;
  const runner = run.runners.for(scanned);
  const read: InputsRead = { sources: [], counts: [] };
  const seen = new RoaringBitmap32();
  const repeated = new RepeatedCodes();
  const lines = new OutcomeCounts();
  const tails = new TailCounts();
  const registeredTails = new RegisteredTailCounts();
  const timeline = new TimelineCount();
  for (const [i, input] of scanned.entries()) {
    const verdicts = folder.keep(new VerdictLog(`${folder.path}/verdicts-${i}`));
    const tailLog = pass.tails ? folder.keep(new VerdictLog(`${folder.path}/tails-${i}`)) : null;
    read.sources.push({ input, verdicts, tails: tailLog });
    const counts = new OutcomeCounts();
    for await (const { result, read: bytes, lineOf, scanOf } of input.classified(runner, core, pass)) {
      if (options.signal?.aborted) throw new TamgaError('CANCELLED', { path: input.path });
      adoptStrays(result, marks);
      settleCounted(result, marks);
      seen.orInPlace(RoaringBitmap32.deserialize(result.found, 'portable'));
      seen.addMany(Uint32Array.from(result.strays.lines, (line) => result.ordinals[line]));
      repeated.add(result);
      counts.addAll(result.outcomes);
      lines.addAll(result.outcomes);
      verdicts.append(result.outcomes);
      tailLog?.append(result.tails);
      tails.add(result.tails);
      registeredTails.add(result.registeredTails);
      for (let row = 0; row < result.lines && (scanOf || options.onLine); row++) {
        const at = scanOf?.(row).scannedAt;
        if (at !== undefined) timeline.add(at, result.outcomes[row]);
        options.onLine?.({ path: input.path, line: lineOf(row), outcome: OUTCOMES[result.outcomes[row]] });
      }
      run.progress.tell('scanned', lines.total(), bytes);
    }
    run.progress.through(input);
    read.counts.push(counts.lineCount());
  }
  return { read, seen, repeated: repeated.set, lines, tails, registeredTails, timeline: timeline.timeline() };
}
