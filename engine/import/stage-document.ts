/** An XML document as events: what it says of codes, packages and shipments. */
import type { Core } from '../../core/host/index.js';
import type { CodeList } from '../documents/code-list.js';
import type { DocumentModel, Line, Party } from '../documents/model.js';
import { STATE_NUMBER } from '../register/states.js';
import { wallClockMinutes } from '../wall-clock.js';
import { findingsOf, type ImportFinding } from './staged-block.js';
import { StagedRun, type Statement } from './staged-run.js';
import { keysAndTails, stateTails } from './staged-tails.js';

/** One run of a document: the staged codes and what is said of all of them. */
export interface DocumentRun {
  run: StagedRun;
  statement: Omit<Statement, 'at'>;
}

export interface StagedDocument {
  runs: DocumentRun[];
  codes: number;
  findings: ImportFinding[];
}

/** Stages a document. A receipt or a buyer's answer states nothing of codes before it is acted on, and gives no runs. */
export function stageDocument(model: DocumentModel, path: string, core: Core): StagedDocument {
  const staged: StagedDocument = { runs: [], codes: 0, findings: [] };
  const actor = partyId(model.sender);
  switch (model.kind) {
    case 'endPacking':
      stageLines(model, path, core, staged, { kind: 'restate', actor, document: model.id }, (run, place, line) => {
        run.state(place, 'state', STATE_NUMBER.APPLIED);
        if (actor !== '') run.state(place, 'owner', run.text(actor));
        if (line.series) run.state(place, 'series', run.text(line.series));
        const expiry = line.expiry ? wallClockMinutes(line.expiry) : null;
        if (expiry !== null) run.state(place, 'expiry', expiry);
      });
      break;
    case 'aggregation':
    case 'append':
      stageTree(model, path, core, staged, {
        kind: 'aggregate',
        actor,
        document: model.id,
      });
      break;
    case 'dispatch':
    case 'upd':
      stageLines(
        model,
        path,
        core,
        staged,
        { kind: 'ship', actor, party: partyId(model.receiver), document: model.id },
        (run, place, line) => {
          if (line.series) run.state(place, 'series', run.text(line.series));
        },
      );
      break;
    default:
      break;
  }
  return staged;
}

/** How a party is named as an owner: tax number, else place of activity. */
export function partyId(party: Party | undefined): string {
  return party?.tin ?? party?.mdlpSubjectId ?? '';
}

function stageLines(
  model: DocumentModel,
  path: string,
  core: Core,
  staged: StagedDocument,
  statement: Omit<Statement, 'at'>,
  state: (run: StagedRun, place: number, line: Line) => void,
): void {
  const run = new StagedRun();
  for (const line of model.lines) {
    for (const list of [line.codes, line.packages]) {
      const first = stageCodes(run, list, path, core, staged);
      for (let place = first; place < run.count; place++) state(run, place, line);
    }
  }
  if (run.count > 0) staged.runs.push({ run, statement });
}

function stageTree(
  model: DocumentModel,
  path: string,
  core: Core,
  staged: StagedDocument,
  statement: Omit<Statement, 'at'>,
): void {
  const run = new StagedRun();
  for (const { parent, children } of model.tree) {
    const first = stageCodes(run, children, path, core, staged);
    for (let place = first; place < run.count; place++) run.state(place, 'parent', run.parent(parent));
  }
  if (run.count > 0) staged.runs.push({ run, statement });
}

function stageCodes(run: StagedRun, list: CodeList, path: string, core: Core, staged: StagedDocument): number {
  if (list.count === 0) return run.count;
  const batch = core.parseBatch(list.bytes(), { trim: true });
  const rows = list.rows();
  staged.findings.push(...findingsOf(batch, path, (i) => rows[i]));
  staged.codes += list.count;
  const { keys, tails } = keysAndTails(core, batch);
  const place = run.append(keys);
  stateTails(run, place, tails);
  return place;
}
