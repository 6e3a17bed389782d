import cliProgress from 'cli-progress';
import { formatCount, formatDuration, type Language, message, visible } from '../../../engine/messages/index.js';
import { textWidth } from './output.js';

/** A terminal stream as the bars need it; anything that is no terminal gets nothing. */
export type ProgressStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export interface ProgressOptions {
  language?: Language;
  /** `process.stderr` when left out. */
  stream?: ProgressStream;
}

/** One piece of work under way. */
export interface Progress {
  /** @param done codes finished so far, out of the total */
  update(done: number): void;
  /** Ends the bar; it stays on the terminal with its final numbers. Calling it again does nothing. */
  stop(): void;
}

const BAR_CELLS = 24;
const REDRAWS_PER_SECOND = 10;
/** The rate shown is that of this span: short enough to follow the work, long enough to be read. */
const RATE_SPAN_MS = 3000;

/** Bars of one terminal: work that overlaps in time shares one block of lines. */
interface Board {
  bars: cliProgress.MultiBar;
  running: number;
}

const boards = new WeakMap<ProgressStream, Board>();

/**
 * Shows a bar with codes, codes a second and the time left, on a terminal; elsewhere does nothing.
 * @param total codes to do; without it there is a count and a rate, but no bar
 */
export function startProgress(title: string, total?: number, options: ProgressOptions = {}): Progress {
  const stream = options.stream ?? process.stderr;
  const language = options.language ?? 'en';
  if (stream.isTTY !== true) return { update: () => undefined, stop: () => undefined };

  const board = boards.get(stream) ?? { bars: newBars(stream), running: 0 };
  boards.set(stream, board);
  board.running++;
  const started = performance.now();
  const meter = new Meter(started);
  let done = 0;
  let ended: number | null = null;
  const line = (): string =>
    progressLine(language, visible(title), stream.columns || 80, {
      done,
      total,
      rate: ended === null ? meter.rate() : (done / (ended - started)) * 1000,
      elapsed: (ended ?? performance.now()) - started,
      ended: ended !== null,
    });
  const bar = board.bars.create(total ?? 1, 0, {}, { format: line, forceRedraw: true });

  return {
    update(now) {
      done = now;
      meter.add(performance.now(), now);
      bar.update(total === undefined ? 0 : Math.min(now, total));
    },
    stop() {
      if (ended !== null) return;
      ended = performance.now();
      bar.stop();
      board.running--;
      if (board.running === 0) {
        boards.delete(stream);
        board.bars.stop();
      }
    },
  };
}

interface State {
  done: number;
  total: number | undefined;
  /** Codes a second. */
  rate: number;
  /** Milliseconds. */
  elapsed: number;
  ended: boolean;
}

/** One line of the board, cut to the terminal: a wrapped line would spoil the redraw of those below it. */
export function progressLine(language: Language, title: string, columns: number, state: State): string {
  const { done, total, rate, elapsed, ended } = state;
  const parts = [title];
  if (total !== undefined) {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.floor(share * BAR_CELLS);
    parts.push(
      `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`,
    );
  }
  parts.push(
    total === undefined
      ? formatCount(language, done)
      : `${formatCount(language, done)} / ${formatCount(language, total)}`,
  );
  if (rate > 0 && Number.isFinite(rate))
    parts.push(message(language, 'label.progress.rate', { count: Math.round(rate) }));
  if (ended) {
    parts.push(message(language, 'label.progress.done', { time: formatDuration(language, elapsed) }));
  } else if (total !== undefined && rate > 0 && done < total) {
    parts.push(
      message(language, 'label.progress.left', { time: formatDuration(language, ((total - done) / rate) * 1000) }),
    );
  }
  const text = parts.join('  ');
  return textWidth(text) < columns ? text : [...text].slice(0, Math.max(0, columns - 1)).join('');
}

/** Rate over the last few seconds. */
class Meter {
  #marks: { at: number; done: number }[];
  constructor(started: number) {
    this.#marks = [{ at: started, done: 0 }];
  }
  add(at: number, done: number): void {
    // Callers may report far more often than a rate needs.
    const last = this.#marks.at(-1)!;
    if (this.#marks.length > 1 && at - last.at < 50) last.done = done;
    else this.#marks.push({ at, done });
    while (this.#marks.length > 2 && at - this.#marks[1]!.at > RATE_SPAN_MS) this.#marks.shift();
  }
  rate(): number {
    const first = this.#marks[0]!;
    const last = this.#marks.at(-1)!;
    return last.at > first.at ? ((last.done - first.done) / (last.at - first.at)) * 1000 : 0;
  }
}

function newBars(stream: ProgressStream): cliProgress.MultiBar {
  return new cliProgress.MultiBar({
    stream,
    fps: REDRAWS_PER_SECOND,
    clearOnComplete: false,
    hideCursor: false,
    // Its own handler would swallow Ctrl+C.
    gracefulExit: false,
    autopadding: false,
  });
}
