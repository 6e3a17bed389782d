/** A CSV of codes with columns (a register snapshot, an export, a scan log) as staged blocks. */
import type { Core } from '../../core/host/index.js';
import type { SourceForm } from '../documents/source.js';
import { readTable, type SnapshotRow } from '../documents/table.js';
import { STATE_NUMBER, stateByName } from '../register/states.js';
import { wallClockMinutes } from '../wall-clock.js';
import { findingsOf, type StagedBlock, type StageOptions } from './staged-block.js';
import type { StagedRun } from './staged-run.js';

const encoder = new TextEncoder();

export async function* stageTable(source: SourceForm, core: Core, options: StageOptions): AsyncGenerator<StagedBlock> {
  for await (const { rows } of readTable(source, { signal: options.signal })) {
    const batch = core.parseBatch(codesOf(rows), {
      trim: true,
      country: options.country,
    });
    const { error, kind } = batch.columns;
    // Rows that have a key: a well-formed element string without GTIN and serial identifies nothing.
    const codes = rows.filter((_, i) => error[i] === 0 && kind[i] !== 0);
    const findings = findingsOf(batch, source.path, (i) => rows[i].row);
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
    yield {
      keys: core.keys(batch),
      rows: rows.length,
      findings,
      state(run, place) {
        codes.forEach((row, i) => {
          stateRow(run, place + i, row);
        });
      },
    };
  }
}

/** Codes of rows as lines. A line break inside a quoted cell can't be part of a code; the character in its place makes it a finding. */
export function codesOf(rows: readonly SnapshotRow[]): Uint8Array {
  const lines = rows.map(({ code }) => (/[\r\n]/.test(code) ? code.replace(/[\r\n]/g, '\uFFFD') : code));
  return encoder.encode(`${lines.join('\n')}\n`);
}

function stateRow(run: StagedRun, place: number, row: SnapshotRow): void {
  if (row.status) {
    const state = stateByName(row.status);
    if (state) run.state(place, 'state', STATE_NUMBER[state]);
  }
  if (row.owner) run.state(place, 'owner', run.text(row.owner));
  if (row.parent) run.state(place, 'parent', run.parent(row.parent));
  if (row.series) run.state(place, 'series', run.text(row.series));
  if (row.expiry) {
    const expiry = wallClockMinutes(row.expiry);
    if (expiry !== null) run.state(place, 'expiry', expiry);
  }
  if (row.remaining && row.remaining.m > 1) {
    run.state(place, 'inner', row.remaining.m);
    run.state(place, 'sold', row.remaining.m - row.remaining.n);
  }
  if (row.customsCleared === false) run.state(place, 'customs', 1);
  if (row.price) {
    const price = Math.round(Number(row.price) * 100);
    if (Number.isSafeInteger(price) && price >= 0 && price < 2 ** 31) run.state(place, 'price', price);
  }
}
