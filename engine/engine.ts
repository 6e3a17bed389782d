/** The engine: a register, verdicts, bulk work. It knows no HTTP and asks no clock but for the times it is not given. */
import { type Core, compileCore, loadCore } from '../core/host/index.js';
import { Runners } from './bulk/runners.js';
import { type VerifyFileOptions, type VerifyResult, verifyFile } from './bulk/verify-file.js';
import { type LineVerdicts, LineVerifier } from './bulk/verify-lines.js';
import { TamgaError } from './errors.js';
import { type ImportOptions, type ImportReport, importFiles } from './import/import.js';
import { type ReconcileOptions, reconcile } from './reconcile/reconcile.js';
import type { ReconcileResult } from './reconcile/report.js';
import { loadImage } from './register/image.js';
import { Register } from './register/register.js';
import type { Verdict } from './verdict/verdict.js';
import { CodeVerifier, type VerifyContext } from './verdict/verify-codes.js';

export interface EngineOptions {
  /** Folder of the register; without one, codes are only judged by their form and by what documents say. */
  register?: string;
  /** Make the register when it isn't there. */
  create?: boolean;
  /** Threads for bulk work; default: one a processor; 0: the calling thread only. */
  workers?: number;
}

export class Engine {
  readonly register: Register | null;
  readonly #core: Core;
  readonly #runners: Runners;
  readonly #verifier: CodeVerifier;
  readonly #lineVerifier: LineVerifier;

  /** @internal Use {@link openEngine}. */
  constructor(register: Register | null, core: Core, runners: Runners) {
    this.register = register;
    this.#core = core;
    this.#runners = runners;
    this.#verifier = new CodeVerifier(core, register);
    this.#lineVerifier = new LineVerifier(core, register);
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

  /** Brings the register's image to memory: {@link verify} then answers from it, several times as fast; it may take seconds for millions of codes. */
  warmUp(): void {
    if (this.register) loadImage(this.register, this.#core);
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
  import(files: readonly string[], options: ImportOptions = {}): Promise<ImportReport> {
    if (!this.register) throw new TamgaError('USAGE', { detail: 'an import needs a register' });
    return importFiles(files, this.register, this.#core, options);
  }

  async close(): Promise<void> {
    await this.#runners.close();
    await this.register?.close();
  }
}

/** Opens an engine, with its register if one is named. Throws REGISTER_NOT_FOUND, REGISTER_NEWER, REGISTER_BROKEN, DISK_FULL. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const module = await compileCore();
  const register = options.register === undefined ? null : Register.open(options.register, { create: options.create });
  try {
    const core = await loadCore(register ? { module, seed: register.seed } : { module });
    return new Engine(register, core, new Runners(module, options.workers));
  } catch (error) {
    await register?.close();
    throw error;
  }
}
