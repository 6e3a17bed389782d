import type { Language } from '../../engine/messages/index.js';
import { type Progress, startProgress } from './terminal/progress.js';

/** Progress of work in stages, one bar a stage, on the standard error when it is a terminal. */
export class StageProgress {
  readonly #language: Language;
  #title: string | undefined;
  #bar: Progress | undefined;

  constructor(language: Language) {
    this.#language = language;
  }

  /** @param done codes finished in this stage, of `total` when it is known */
  update(title: string, done: number, total?: number): void {
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      this.#bar = startProgress(title, total, { language: this.#language });
    }
    this.#bar?.update(done);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = undefined;
  }
}
