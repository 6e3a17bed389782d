/** The engine: a register, verdicts, bulk work. It knows no HTTP and asks no clock but for the times it is not given. */
import { type Core, compileCore, KeyRing, loadCore } from '../core/host/index.js';
import { Runners } from './bulk/runners.js';
import { type VerifyFileOptions, type VerifyResult, verifyFile } from './bulk/verify-file.js';
import { type LineVerdicts, LineVerifier, TextVerdicts } from './bulk/verify-lines.js';
import { TamgaError } from './errors.js';
import type { ImportOptions, ImportReport } from './import/import.js';
import { type Jobs, type JobsOptions, openJobs } from './jobs/jobs.js';
import type { JobEngine } from './jobs/run-job.js';
import { openKeyRing } from './keys/open-key-ring.js';
import { digestOfSettings, type TailSettings } from './keys/tail-check.js';
import { TAIL_POLICIES, type TailPolicy } from './keys/tail-outcome.js';
import type { ReceiptLine } from './permit/facts.js';
import { type FactsContext, FactsReader, type KnownCode } from './permit/known-facts.js';
import type { PermitPolicy } from './permit/policy.js';
import { type ReceiptCheck, type ReceiptTags, receiptTags } from './permit/receipt-tags.js';
import { type ReconcileOptions, reconcile } from './reconcile/reconcile.js';
import type { ReconcileResult } from './reconcile/report.js';
import type { ApplyResult } from './register/apply.js';
import type { AsOf } from './register/as-of.js';
import { exportEvents } from './register/backup.js';
import type { eventFromJson } from './register/event-json.js';
import { keyTextOf, keyTextOrNull } from './register/event-keys.js';
import type { EventStatement } from './register/event-schema.js';
import { eventToJson } from './register/event-statement.js';
import { type SubmitOptions, submitEvent } from './register/event-submit.js';
import type { HistoryEntry } from './register/history.js';
import { loadImage } from './register/image.js';
import type { RecordView } from './register/record.js';
import { Register } from './register/register.js';
import { type ExpectedCodes, readExpectedCodes } from './sessions/expected-codes.js';
import { Sessions, type SessionsOptions } from './sessions/sessions.js';
import type { Verdict } from './verdict/verdict.js';
import { CodeVerifier, type VerifyContext } from './verdict/verify-codes.js';

export interface EngineOptions {
  /** Folder of the register; without one, codes are only judged by their form and by what documents say. */
  register?: string;
  /** Make the register when it isn't there. */
  create?: boolean;
  /**
   * Keys of crypto tails: a key file, or a ring, which stays the caller's to unload after {@link Engine.close}. Without keys tails are not
   * checked.
   */
  keys?: string | KeyRing;
  /** File of secrets of a key file; default: the one that the key file names. */
  secrets?: string;
  /** What is asked of tails; default: `where-possible`. Packages have none, and nothing is asked of them. */
  tailPolicy?: TailPolicy;
  /** Threads for bulk work; default: one a processor; 0: the calling thread only. */
  workers?: number;
  /** Whether the actor of an event must own what it acts on, in events that don't say (`checks`); default: yes. */
  strictOwnership?: boolean;
}

export class Engine {
  readonly register: Register | null;
  readonly #core: Core;
  readonly #runners: Runners;
  readonly #verifier: CodeVerifier;
  readonly #lineVerifier: LineVerifier;
  readonly #strictOwnership: boolean;
  readonly #ownRing: KeyRing | null;
  readonly #facts: FactsReader;
  /** Loaded with the first event, and its schemas with it. */
  #eventFromJson: typeof eventFromJson | undefined;

  /** @internal Use {@link openEngine}. */
  constructor(
    register: Register | null,
    core: Core,
    runners: Runners,
    ownRing: KeyRing | null,
    strictOwnership = true,
  ) {
    this.register = register;
    this.#core = core;
    this.#runners = runners;
    this.#verifier = new CodeVerifier(core, register, runners.tails);
    this.#lineVerifier = new LineVerifier(core, register, runners.tails);
    this.#ownRing = ownRing;
    this.#strictOwnership = strictOwnership;
    this.#facts = new FactsReader(core, register);
  }

  /** A verdict for one code, or for each of several; see {@link Verdict}. */
  verify(code: string | Uint8Array, context: VerifyContext): Verdict;
  verify(codes: readonly (string | Uint8Array)[], context: VerifyContext): Verdict[];
  verify(codes: string | Uint8Array | readonly (string | Uint8Array)[], context: VerifyContext): Verdict | Verdict[] {
    if (typeof codes === 'string' || codes instanceof Uint8Array) return this.#verifier.verify(codes, context);
    return this.#verifier.verifyAll(codes, context);
  }

  /**
   * A verdict for each line of a text of codes, as columns and in the calling thread: for some thousands of codes at a time. The columns are
   * good until the next call.
   */
  verifyLines(bytes: Uint8Array, context: VerifyContext): LineVerdicts {
    return this.#lineVerifier.verify(bytes, context);
  }

  /** The same for a text of any length that comes in pieces: repetitions are found over all of it. */
  verifyText(context: VerifyContext): TextVerdicts {
    return new TextVerdicts(this.#core, this.register, context, this.#runners.tails);
  }

  /** Brings the register's image to memory: {@link verify} then answers from it, several times as fast; it may take seconds for millions of codes. */
  warmUp(): void {
    if (this.register) loadImage(this.register, this.#core);
  }

  /** What is known of codes that come to a till, for {@link decide}: facts, three-valued. @throws RangeError for a code of more than 64 KiB. */
  facts(codes: readonly string[], context: FactsContext): KnownCode[] {
    return this.#facts.read(codes, { ...context, ring: context.ring ?? this.#runners.tails?.ring });
  }

  /** Which tags a receipt takes of a marked line; see {@link receiptTags}. */
  receiptTags(scan: string, line: ReceiptLine, policy: PermitPolicy, check: ReceiptCheck): ReceiptTags {
    return receiptTags(this.#core, scan, line, policy, check);
  }

  /** A verdict for every line of a file; `-` is standard input. Close the result. */
  verifyFile(path: string, options: VerifyFileOptions = {}): Promise<VerifyResult> {
    return verifyFile(path, options, this.register, this.#runners);
  }

  /** Expected against scanned. Close the result. */
  reconcile(options: ReconcileOptions): Promise<ReconcileResult> {
    return reconcile(options, this.register, this.#runners);
  }

  /** Reads files into the register. Throws a TamgaError and changes nothing when one of them can't be read. */
  async import(files: readonly string[], options: ImportOptions = {}): Promise<ImportReport> {
    const register = this.#demandRegister('an import');
    const { importFiles } = await import('./import/import.js');
    return importFiles(files, register, this.#core, options);
  }

  /**
   * Submits an event, or several in their order; resolves when they are on disk or refused. A refused event changes nothing and lists
   * its codes with their reasons; a refused one doesn't stop the others. Throws EVENT_INVALID, and then none was submitted;
   * REGISTER_BUSY when too many wait.
   */
  submit(event: EventStatement, options?: SubmitOptions): Promise<ApplyResult>;
  submit(events: readonly EventStatement[], options?: SubmitOptions): Promise<ApplyResult[]>;
  async submit(
    given: EventStatement | readonly EventStatement[],
    options: SubmitOptions = {},
  ): Promise<ApplyResult | ApplyResult[]> {
    const register = this.#demandRegister('an event');
    this.#eventFromJson ??= (await import('./register/event-json.js')).eventFromJson;
    const read = this.#eventFromJson;
    const defaults = { now: new Date(), strictOwnership: this.#strictOwnership };
    const isList = (value: EventStatement | readonly EventStatement[]): value is readonly EventStatement[] =>
      Array.isArray(value);
    if (!isList(given)) return submitEvent(register, read(given, this.#core, defaults), options);
    const events = given.map((event) => read(event, this.#core, defaults));
    if (options.where !== 'possible') return Promise.all(events.map((event) => submitEvent(register, event, options)));
    const results: ApplyResult[] = [];
    for (const event of events) results.push(await submitEvent(register, event, options));
    return results;
  }

  /** Text of the key that a code as scanned, or a key's own text, means; `null` for what is no code. */
  keyOf(code: string): string | null {
    return keyTextOrNull(code, this.#core);
  }

  /** All that the register says of a code, as scanned or as a key's text; `null` for one that it doesn't have. */
  find(code: string): RecordView | null {
    const register = this.#demandRegister('a look-up');
    register.refresh();
    const key = this.keyOf(code);
    return key === null ? null : register.find(key);
  }

  /**
   * What happened to a code, as scanned or as a key's text, and to the packages it was in, newest first; nothing for an unknown one.
   * Submit no events while reading it.
   */
  history(code: string): IterableIterator<HistoryEntry> {
    const register = this.#demandRegister('a history');
    register.refresh();
    return register.history(keyTextOf(code, this.#core));
  }

  /** The register as it was at a moment of its own time, or behind the event of a sequence number. */
  asOf(moment: Date | { sequence: number }): AsOf {
    return this.#demandRegister('a past moment').asOf(moment);
  }

  /** All events as JSON, oldest first: submitted to an empty register they make an equal one. */
  *events(): IterableIterator<EventStatement> {
    for (const { sequence, appliedAt, event } of exportEvents(this.#demandRegister('an export'))) {
      yield { ...eventToJson(event, this.#core), sequence, appliedAt: new Date(appliedAt).toISOString() };
    }
  }

  /** Jobs of a folder, done with this engine. Close them before it. */
  openJobs(folder: string, options: JobsOptions = {}): Jobs {
    const { register } = this;
    const engine: JobEngine = {
      registerPath: register?.path ?? null,
      keys: this.#runners.tails && digestOfSettings(this.#runners.tails),
      registerEvent: () => {
        register?.refresh();
        return register?.view().lastEvent ?? null;
      },
      verifyFile: (path, asked, journal) => verifyFile(path, asked, register, this.#runners, journal),
      reconcile: (asked, journal) => reconcile(asked, register, this.#runners, undefined, journal),
      import: (files, asked) => this.import(files, asked),
    };
    return openJobs(folder, engine, options);
  }

  /** Scan sessions of a folder, with verdicts of this engine. Close them before it. */
  openSessions(folder: string, options: SessionsOptions = {}): Sessions {
    return new Sessions(folder, this, options);
  }

  /** The units that lists, tables and documents name, for a session that counts against them. Throws a TamgaError that names the file. */
  expectedCodes(paths: readonly string[]): Promise<ExpectedCodes> {
    return readExpectedCodes(paths, this.register, this.#runners);
  }

  /** Ends its threads, closes the register, and overwrites what its memory holds of secrets. */
  async close(): Promise<void> {
    await this.#runners.close();
    this.#core.dropKeys();
    this.#ownRing?.unload();
    await this.register?.close();
  }

  #demandRegister(what: string): Register {
    if (!this.register) throw new TamgaError('USAGE', { detail: `${what} needs a register` });
    return this.register;
  }
}

/**
 * Opens an engine, with its register and its keys if they are named. Throws USAGE; REGISTER_NOT_FOUND, REGISTER_NEWER, REGISTER_BROKEN, DISK_FULL;
 * KEYS_INVALID, SECRETS_INVALID, SECRETS_EXPOSED, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE.
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const module = await compileCore();
  const { keys, secrets, tailPolicy = 'where-possible' } = options;
  if (keys === undefined && (secrets !== undefined || options.tailPolicy !== undefined)) {
    throw new TamgaError('USAGE', { detail: 'secrets and a policy of tails need keys' });
  }
  checkKeys(keys, tailPolicy);
  const ownRing = typeof keys === 'string' ? await openKeyRing(keys, { secrets }) : null;
  const ring = keys instanceof KeyRing ? keys : ownRing;
  const tails: TailSettings | null = ring && { ring, policy: tailPolicy };
  let register: Register | null = null;
  try {
    if (options.register !== undefined) register = Register.open(options.register, { create: options.create });
    const core = await loadCore(register ? { module, seed: register.seed } : { module });
    const runners = new Runners(module, options.workers, tails);
    return new Engine(register, core, runners, ownRing, options.strictOwnership);
  } catch (error) {
    ownRing?.unload();
    await register?.close();
    throw error;
  }
}

/** What is no keys must not pass for none: nothing would be checked. */
function checkKeys(keys: string | KeyRing | undefined, policy: TailPolicy): void {
  const refuse = (detail: string): never => {
    throw new TamgaError('USAGE', { detail });
  };
  if (!TAIL_POLICIES.includes(policy)) refuse(`tailPolicy: expected one of ${TAIL_POLICIES.join(', ')}`);
  if (keys === undefined || typeof keys === 'string') return;
  if (!(keys instanceof KeyRing)) refuse('keys: expected the path of a key file, or a ring of createKeyRing()');
  if (keys.unloaded) refuse('keys: the ring is unloaded');
}
