/**
 * Import: files into a register. Each file is read to its end before anything of it is written, so a broken file changes nothing;
 * what is written is a row of events, each durable on its own, whose ids are their content: the same file again changes nothing,
 * and an import that was killed is completed by running it again.
 */
import type { Core } from '../../core/host/index.js';
import type { DocumentModel } from '../documents/model.js';
import { openDocument } from '../documents/open-document.js';
import { type SourceForm, sniff } from '../documents/source.js';
import { TamgaError } from '../errors.js';
import { Pace } from '../pace.js';
import type { RegisterView, StageTiming } from '../reconcile/report.js';
import type { RegisterEvent } from '../register/event.js';
import { loadImageBySlices } from '../register/image.js';
import { CODES_AT_ONCE, EVENTS_AT_ONCE, RUN_CODES_MAX } from '../register/limits.js';
import type { Register } from '../register/register.js';
import { STATE_NUMBER, type State } from '../register/states.js';
import { turn } from '../sliced.js';
import { stageDocument } from './stage-document.js';
import { stageList } from './stage-list.js';
import { stageTable } from './stage-table.js';
import type { ImportFinding, StagedBlock } from './staged-block.js';
import { StagedRun, type Statement } from './staged-run.js';

export type { ImportFinding } from './staged-block.js';

export interface ImportOptions {
  /** Time of the events; default: now. */
  at?: Date;
  /** What a list without columns says of its codes. */
  state?: State;
  owner?: string;
  country?: 'RU' | 'UZ';
  /** Of an import that goes on: the register's last event when it began. Events behind it are counted as applied now; default: none are. */
  since?: number;
  signal?: AbortSignal;
  onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  path: string;
  stage: 'read' | 'write' | 'image';
  /** Codes done; of `total` when it is known. */
  done: number;
  total?: number;
  /** Bytes of all files read so far, as they are on disk. */
  bytes: number;
  /** Until the codes of all files are written, at the pace so far; `null` before that stage. */
  millisecondsLeft: number | null;
}

export interface ImportedFile {
  path: string;
  /** `list`, `csv`, `mdlp:415@1.37` … */
  format: string;
  /** Codes read. */
  codes: number;
  /** Codes new to the register. */
  created: number;
  events: number;
  /** Events that the register already had. */
  eventsKnown: number;
  /** Codes that stayed as they were because the event didn't apply to them (another package, a state that can't be shipped). */
  conflicts: number;
  /** Lines that are no codes, and structural faults of a document. */
  findings: number;
}

export interface ImportReport {
  /** In the order they were written: codes, then packages, then shipments; documents of a kind by their time. */
  files: ImportedFile[];
  /** At most {@link FINDINGS_MAX}; the counts are in `files`. */
  findings: ImportFinding[];
  register: RegisterView;
  timings: StageTiming[];
}

/** Findings kept for showing; a file of garbage would fill memory with the rest. */
export const FINDINGS_MAX = 1000;

/** Codes come before packages, packages before shipments: a set of files may be named in any order. */
const ORDER = ['endPacking', 'aggregation', 'append', 'dispatch', 'upd'];

/** A file that was read to its end without an error. */
interface ReadFile {
  rank: number;
  /** Documents of one rank go by their own time, then by what is in them; tables and lists in the order they are named. */
  operationAt: number;
  id: string;
  file: ImportedFile;
  write: () => Promise<void>;
}

/**
 * Imports files of any form Tamga reads. Throws a TamgaError for a file that can't be read: the register is then as it was.
 */
export async function importFiles(
  paths: readonly string[],
  register: Register,
  core: Core,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const run = new ImportRun(register, core, options);
  const read: ReadFile[] = [];
  for (const path of paths) {
    const started = performance.now();
    const one = await run.read(await sniff(path));
    run.timings.push(timing(`read ${path}`, started, one.file.codes));
    read.push(one);
  }
  run.beginWriting(read.reduce((sum, { file }) => sum + file.codes, 0));
  read.sort((a, b) => a.rank - b.rank || a.operationAt - b.operationAt || compare(a.id, b.id));
  for (const { file, write } of read) {
    const started = performance.now();
    await write();
    run.timings.push(timing(`write ${file.path}`, started, file.codes));
  }
  const started = performance.now();
  run.tell(register.path, 'image', 0);
  const image = await loadImageBySlices(register, core, options.signal);
  run.tell(register.path, 'image', image.codes - 1);
  run.timings.push(timing('image', started, image.codes - 1));
  return {
    files: read.map(({ file }) => file),
    findings: run.findings,
    register: register.view(),
    timings: run.timings,
  };
}

class ImportRun {
  readonly findings: ImportFinding[] = [];
  readonly timings: StageTiming[] = [];
  readonly #at: number;
  readonly #since: number;
  #staged = 0;
  /** Bytes of the files that were read, and of the one that is. */
  #bytesBefore = 0;
  #bytes = 0;
  #written = 0;
  #pace: Pace | null = null;

  constructor(
    readonly register: Register,
    readonly core: Core,
    readonly options: ImportOptions,
  ) {
    this.#at = (options.at ?? new Date()).getTime();
    this.#since = options.since ?? Number.POSITIVE_INFINITY;
  }

  async read(source: SourceForm): Promise<ReadFile> {
    const read =
      source.content === 'xml'
        ? this.#document(source, await openDocument(source, { signal: this.options.signal }))
        : await this.#codes(source);
    this.#bytesBefore += source.size;
    this.#bytes = 0;
    return read;
  }

  /** All files are read; so many codes are to be written. */
  beginWriting(codes: number): void {
    this.#pace = new Pace(codes);
    this.#pace.left(0);
  }

  tell(path: string, stage: ImportProgress['stage'], done: number, total?: number): void {
    // A file that is too long for memory is read once more to be written.
    const bytes = this.#bytesBefore + (this.#pace === null ? this.#bytes : 0);
    const millisecondsLeft = this.#pace?.left(this.#written) ?? null;
    this.options.onProgress?.({ path, stage, done, total, bytes, millisecondsLeft });
  }

  /** A list or table: held in memory while all files together fit in one run, else read once to be sure of it and once more to write it. */
  async #codes(source: SourceForm): Promise<ReadFile> {
    const file = emptyFile(source.path, source.content);
    let run: StagedRun | null = new StagedRun();
    for await (const block of this.#blocks(source)) {
      file.codes += countCodes(block);
      this.#note(file, block.findings);
      if (run && this.#staged + run.count + block.rows <= RUN_CODES_MAX) stage(run, block);
      else run = null;
      this.tell(source.path, 'read', file.codes);
    }
    this.#staged += run?.count ?? 0;
    const statement: Statement = {
      kind: 'restate',
      at: this.#at,
      actor: '',
      document: '',
    };
    const write = async (): Promise<void> => {
      if (run) await this.#write(file, run, statement);
      else await this.#writeRuns(file, source, statement);
    };
    return { rank: 0, operationAt: 0, id: '', file, write };
  }

  async #writeRuns(file: ImportedFile, source: SourceForm, statement: Statement): Promise<void> {
    let run = new StagedRun();
    let codes = 0;
    for await (const block of this.#blocks(source)) {
      if (run.count + block.rows > RUN_CODES_MAX) {
        // Writing sorts in the core's memory, where the block's keys still are.
        block.keys = { bytes: block.keys.bytes.slice(), offsets: block.keys.offsets.slice() };
        await this.#write(file, run, statement);
        run = new StagedRun();
      }
      codes += countCodes(block);
      stage(run, block);
    }
    if (codes !== file.codes) throw new TamgaError('FILE_CHANGED', { path: source.path });
    await this.#write(file, run, statement);
  }

  #blocks(source: SourceForm): AsyncGenerator<StagedBlock> {
    const { country, signal, state, owner } = this.options;
    const onBytes = (bytes: number): void => {
      this.#bytes = bytes;
    };
    if (source.content === 'csv') return stageTable(source, this.core, { country, signal, onBytes });
    const stated = state === undefined ? {} : { state: STATE_NUMBER[state] };
    return stageList(source, this.core, { country, signal, onBytes }, owner ? { ...stated, ownerName: owner } : stated);
  }

  #document(source: SourceForm, model: DocumentModel): ReadFile {
    const staged = stageDocument(model, source.path, this.core);
    const file = {
      ...emptyFile(source.path, model.format),
      codes: staged.codes,
    };
    this.#note(file, staged.findings);
    const issues = model.issues.map(({ code, line, detail }) => ({
      path: source.path,
      line: line ?? 0,
      error: code,
      position: 0,
      message: detail,
      text: '',
    }));
    this.#note(file, issues);
    const write = async (): Promise<void> => {
      for (const { run, statement } of staged.runs) await this.#write(file, run, { ...statement, at: this.#at });
    };
    const operationAt = model.operationAt ? Date.parse(model.operationAt) || 0 : 0;
    return { rank: ORDER.indexOf(model.kind) + 1, operationAt, id: model.id, file, write };
  }

  async #write(file: ImportedFile, run: StagedRun, statement: Statement): Promise<void> {
    let done = 0;
    let group: RegisterEvent[] = [];
    let codes = 0;
    // A package that is spread over many events is written once a transaction.
    const codesMax = run.hasPackages ? Number.POSITIVE_INFINITY : CODES_AT_ONCE;
    const apply = async (): Promise<void> => {
      // A transaction blocks this thread; between two of them progress is shown and a signal is heard.
      await turn(this.options.signal, file.path);
      for (const [i, result] of this.register.applyAll(group).entries()) {
        file.events++;
        // What an interrupted run of this import applied is this import's.
        const earlier =
          result.applied || result.sequence <= this.#since ? null : this.register.cameTo(group[i].id, result.sequence);
        if (!result.applied && !earlier) file.eventsKnown++;
        file.created += (earlier ?? result).created;
        file.conflicts += (earlier ?? result).conflicts;
      }
      done += codes;
      this.#written += codes;
      codes = 0;
      group = [];
      this.tell(file.path, 'write', done, run.count);
    };
    for (const event of run.events(this.core, statement)) {
      group.push(event);
      codes += event.count;
      if (group.length === EVENTS_AT_ONCE || codes >= codesMax) await apply();
    }
    if (group.length > 0) await apply();
  }

  #note(file: ImportedFile, findings: readonly ImportFinding[]): void {
    file.findings += findings.length;
    this.findings.push(...findings.slice(0, FINDINGS_MAX - this.findings.length));
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function stage(run: StagedRun, block: StagedBlock): void {
  const place = run.append(block.keys);
  block.state(run, place, run.count - place);
}

function countCodes({ keys: { offsets } }: StagedBlock): number {
  let codes = 0;
  for (let i = 1; i < offsets.length; i++) if (offsets[i] > offsets[i - 1]) codes++;
  return codes;
}

function emptyFile(path: string, format: string): ImportedFile {
  return {
    path,
    format,
    codes: 0,
    created: 0,
    events: 0,
    eventsKnown: 0,
    conflicts: 0,
    findings: 0,
  };
}

function timing(stage: string, started: number, codes: number): StageTiming {
  const milliseconds = performance.now() - started;
  return {
    stage,
    milliseconds: Math.round(milliseconds),
    codes,
    codesPerSecond: Math.round((codes / Math.max(milliseconds, 0.001)) * 1000),
  };
}
