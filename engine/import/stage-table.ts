/** A CSV of codes with columns (a register snapshot, an export, a scan log) as staged blocks. */
import type { Core } from '../../core/host/index.js';
import type { SourceForm } from '../documents/source.js';
import { codesOf, readTable, type SnapshotRow } from '../documents/table.js';
import { KEY_BYTES_MAX } from '../register/limits.js';
import { STATE_NUMBER, stateByName } from '../register/states.js';
import { wallClockMinutes } from '../wall-clock.js';
import { findingsOf, type StagedBlock, type StageOptions } from './staged-block.js';
import type { StagedRun } from './staged-run.js';
import { keysAndTails, stateTails } from './staged-tails.js';

/** Packages whose texts are remembered: the rows of a box are spread over a file that is in the order of serials. */
const PARENTS_KNOWN_MAX = 200_000;
/** Parts of a pack are kept in 16 bits. */
const PARTS_MAX = 0xffff;
/** Findings of the table about rows that it left out. */
const LEFT_OUT: ReadonlySet<string> = new Set(['CODE_EMPTY', 'CODE_CONTROL_CHARACTER', 'MORE_ISSUES']);

export async function* stageTable(source: SourceForm, core: Core, options: StageOptions): AsyncGenerator<StagedBlock> {
  const parents = new Map<string, string>();
  for await (const { rows, issues } of readTable(source, { signal: options.signal, onProgress: options.onBytes })) {
    learnParents(parents, rows, core, options);
    const batch = core.parseBatch(codesOf(rows), {
      trim: true,
      country: options.country,
    });
    const { error, kind } = batch.columns;
    // Rows that have a key: a well-formed element string without GTIN and serial identifies nothing.
    const codes = rows.filter((_, i) => error[i] === 0 && kind[i] !== 0);
    const findings = findingsOf(batch, source.path, (i) => rows[i].row);
    for (const { code, line, detail } of issues) {
      if (LEFT_OUT.has(code)) {
        findings.push({ path: source.path, line: line ?? 0, error: code, position: 0, message: detail, text: '' });
      }
    }
    for (const row of codes) {
      if (row.status && stateByName(row.status) === null) {
        findings.push({
          path: source.path,
          line: row.row,
          error: 'UNKNOWN_STATE',
          position: 0,
          message: `The state "${row.status}" is none that Tamga knows; the code is imported without one.`,
          text: row.code,
        });
      }
    }
    const { keys, tails } = keysAndTails(core, batch);
    yield {
      keys,
      rows: rows.length,
      findings,
      state(run, place) {
        stateTails(run, place, tails);
        codes.forEach((row, i) => {
          stateRow(run, place + i, row, parents);
        });
      },
    };
  }
}

/** Adds the register's texts of the packages that rows name, whatever form they are written in; a participant's own code is its own text. */
function learnParents(
  known: Map<string, string>,
  rows: readonly SnapshotRow[],
  core: Core,
  { country }: StageOptions,
): void {
  if (known.size > PARENTS_KNOWN_MAX) known.clear();
  for (const { parent } of rows) {
    if (parent && !known.has(parent)) known.set(parent, core.parse(parent, { trim: true, country }).key ?? parent);
  }
}

function stateRow(run: StagedRun, place: number, row: SnapshotRow, parents: ReadonlyMap<string, string>): void {
  if (row.status) {
    const state = stateByName(row.status);
    if (state) run.state(place, 'state', STATE_NUMBER[state]);
  }
  if (row.owner) run.state(place, 'owner', run.text(row.owner));
  const parent = row.parent && parents.get(row.parent);
  if (parent && Buffer.byteLength(parent) < KEY_BYTES_MAX) run.state(place, 'parent', run.parent(parent));
  if (row.series) run.state(place, 'series', run.text(row.series));
  if (row.expiry) {
    const expiry = wallClockMinutes(row.expiry);
    if (expiry !== null) run.state(place, 'expiry', expiry);
  }
  if (row.remaining && row.remaining.m > 1 && row.remaining.m <= PARTS_MAX && row.remaining.n <= row.remaining.m) {
    run.state(place, 'inner', row.remaining.m);
    run.state(place, 'sold', row.remaining.m - row.remaining.n);
  }
  if (row.customsCleared === false) run.state(place, 'customs', 1);
  if (row.price) {
    const price = Math.round(Number(row.price) * 100);
    if (Number.isSafeInteger(price) && price >= 0 && price < 2 ** 31) run.state(place, 'price', price);
  }
}
