import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import type { Command } from 'commander';
import { TamgaError } from '../../engine/errors.js';
import { isLanguage, LANGUAGES, type Language, languageFromEnvironment } from '../../engine/messages/language.js';
import { Output } from './output.js';

/** Exit codes of every command. */
export const EXIT = { well: 0, findings: 1, error: 2, interrupted: 130, terminated: 143 } as const;

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
  lang?: string;
}

/** One run of the program: its streams, its language, and the signal that ends it. */
export class Session {
  readonly out = new Output(process.stdout);
  /** Messages, summaries and progress; never data. */
  readonly err = process.stderr;
  readonly #controller = new AbortController();
  language: Language = languageFromEnvironment(process.env);
  /** What the process will exit with. */
  exitCode: number = EXIT.well;

  /** Aborted by the first SIGINT or SIGTERM. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the work in good order. */
  cancel(exitCode: number): void {
    this.exitCode = exitCode;
    this.#controller.abort(new TamgaError('CANCELLED'));
  }

  /** The standard input; reading it ends when the run is cancelled. */
  stdin(): Readable {
    this.signal.throwIfAborted();
    // When it ends by a signal before anybody reads it, there is nobody else to hear of it.
    process.stdin.on('error', () => undefined);
    return addAbortSignal(this.signal, process.stdin);
  }

  /** Gives a command the options of all, and what it does. `work` returns the exit code. */
  define<Options extends CommonOptions>(
    command: Command,
    work: (options: Options, operands: string[]) => Promise<number>,
  ): Command {
    return command
      .option('--json', 'print JSON for machines')
      .option('--lang <language>', `language of messages: ${LANGUAGES.join(', ')} (default: from the environment)`)
      .action(async (...given: unknown[]) => {
        const invoked = given.at(-1) as Command;
        const options = invoked.opts<Options>();
        if (options.lang !== undefined) {
          if (!isLanguage(options.lang)) {
            throw new TamgaError('USAGE', { detail: `--lang ${options.lang}: expected ${LANGUAGES.join(', ')}` });
          }
          this.language = options.lang;
        }
        const exitCode = await work(options, invoked.args);
        if (!this.signal.aborted) this.exitCode = exitCode;
      });
  }
}
