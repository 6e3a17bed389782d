/** `tamga demo`: a delivery of a million codes against a register of two million, with planted findings that have to come out. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEngine } from '../../engine/index.js';
import { formatCount, formatDuration, formatShare, type Language, message } from '../../engine/messages/index.js';
import { attention, writeFindingsCsv, writeHtmlReport } from '../../engine/reconcile/render/index.js';
import type { ReconcileReport, ReconcileResult, StageTiming } from '../../engine/reconcile/report.js';
import { grid, lookOf, type Progress, printReport, startProgress, styled } from '../cli/terminal/index.js';
import { compareWithPlanted, type PlantedRow } from './check.js';
import { type Corpus, writeCorpus } from './corpus.js';
import { checkSamples } from './samples.js';

export interface DemoOptions {
  /** Where the files go and stay; default: the reports in the current folder's `demo-data`, everything else in a temporary folder. */
  folder?: string;
  /** A hundredth of the size. */
  small: boolean;
  language: Language;
  /** One object for machines instead of tables. */
  json: boolean;
}

const SEED = 1;
const FULL = { registered: 2_000_000, delivered: 1_000_000 };
const SMALL = { registered: 20_000, delivered: 10_000 };
const REPORT_FOLDER = 'demo-data';

/** Runs the demo; 0 when exactly the planted findings came out and the samples agree, else 1. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const started = performance.now();
  const work = options.folder ? resolve(options.folder) : await mkdtemp(join(tmpdir(), 'tamga-demo-'));
  const reports = options.folder ? work : resolve(REPORT_FOLDER);
  await mkdir(work, { recursive: true });
  await mkdir(reports, { recursive: true });
  try {
    const run = new Demo(options, work, reports);
    const result = await run.delivery();
    const samples = await checkSamples();
    const ok = result.rows.every(({ equal }) => equal) && samples.ok;
    const milliseconds = performance.now() - started;
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ ok, ...result, samples, milliseconds: Math.round(milliseconds) })}\n`);
    } else {
      run.print(result, samples.ok, milliseconds);
    }
    return ok ? 0 : 1;
  } finally {
    if (!options.folder) await rm(work, { recursive: true, force: true });
  }
}

interface DeliveryResult {
  report: ReconcileReport;
  rows: PlantedRow[];
  stages: StageTiming[];
  html: string;
  csv: string;
}

/** How many codes are genuine, and how fast that was found. */
function genuineText({ tails = {}, timings }: ReconcileReport, language: Language): string {
  const tested = Object.values(tails).reduce((sum, count) => sum + count, 0);
  const valid = tails.VALID ?? 0;
  const rate = timings.find(({ stage }) => stage === 'scanned')?.codesPerSecond ?? 0;
  const share = formatShare(language, valid, tested);
  return message(language, 'label.demo.genuine', { valid, tested, share, rate });
}

class Demo {
  readonly #stages: StageTiming[] = [];

  constructor(
    readonly options: DemoOptions,
    readonly work: string,
    readonly reports: string,
  ) {}

  async delivery(): Promise<DeliveryResult> {
    const { language, json } = this.options;
    const size = this.options.small ? SMALL : FULL;
    const corpus = await this.#corpus(size);
    if (!json) {
      const data = { ...size, lines: corpus.counts.scanLines };
      process.stdout.write(`\n${message(language, 'label.demo.intro', data)}\n\n`);
    }
    const register = join(this.work, 'register');
    await rm(register, { recursive: true, force: true });
    const engine = await openEngine({ register, create: true, keys: corpus.paths.keys });
    try {
      await this.#import(engine, corpus);
      const result = await this.#reconcile(engine, corpus);
      try {
        return await this.#results(result, corpus);
      } finally {
        await result.close();
      }
    } finally {
      await engine.close();
    }
  }

  print({ report, rows, stages, html, csv }: DeliveryResult, samplesEqual: boolean, milliseconds: number): void {
    const { language } = this.options;
    const output = process.stdout;
    const look = lookOf(output);
    const heading = (text: string): void => void output.write(`\n${styled(look, 'strong', text)}\n`);
    const count = (value: number): string => formatCount(language, value);
    printReport(report, language, output);
    heading(message(language, 'label.demo.stages'));
    const stageRows = stages.map(({ stage, milliseconds: ms, codes, codesPerSecond }) => [
      stage,
      count(codes),
      formatDuration(language, ms),
      count(codesPerSecond),
    ]);
    output.write(
      grid(look, [{ head: '' }, number('column.codes'), number('column.time'), number('column.rate')], stageRows),
    );
    output.write(`\n${genuineText(report, language)}\n`);
    heading(message(language, 'label.demo.planted'));
    const checks = rows.map(({ name, planted, found, equal }) => [
      name,
      short(planted),
      short(found),
      styled(look, equal ? 'ok' : 'error', equal ? '=' : '≠'),
    ]);
    const check = {
      head: message(language, 'label.demo.column.check'),
      flexible: true,
    };
    output.write(grid(look, [check, number('demo.column.planted'), number('demo.column.found'), { head: '' }], checks));
    const equal = rows.every((row) => row.equal);
    output.write(
      styled(look, equal ? 'ok' : 'error', message(language, equal ? 'label.demo.equal' : 'label.demo.different')),
    );
    heading(message(language, 'label.demo.samples'));
    const samples = message(language, samplesEqual ? 'label.demo.samplesEqual' : 'label.demo.different');
    output.write(`${styled(look, samplesEqual ? 'ok' : 'error', samples)}\n\n`);
    output.write(`${message(language, 'label.demo.files', { html, csv })}\n`);
    output.write(`${message(language, 'label.demo.time', { time: formatDuration(language, milliseconds) })}\n`);

    function number(
      label: 'column.codes' | 'column.time' | 'column.rate' | 'demo.column.planted' | 'demo.column.found',
    ) {
      return {
        head: message(language, `label.${label}`),
        align: 'right' as const,
      };
    }
    function short(value: number | string): string {
      return typeof value === 'number' ? count(value) : value.slice(0, 12);
    }
  }

  async #corpus(size: { registered: number; delivered: number }): Promise<Corpus> {
    let bar: Progress | null = null;
    let current = '';
    const started = performance.now();
    const corpus = await writeCorpus(this.work, {
      ...size,
      seed: SEED,
      onProgress: (stage, done, total) => {
        if (stage !== current) {
          bar?.stop();
          bar = this.#bar('corpus', total);
          current = stage;
        }
        bar?.update(done);
      },
    });
    (bar as Progress | null)?.stop();
    this.#stage('corpus', started, size.registered + size.delivered);
    return corpus;
  }

  async #import(engine: Awaited<ReturnType<typeof openEngine>>, corpus: Corpus): Promise<void> {
    const bars = new Map<string, Progress>();
    const total = corpus.counts.units + corpus.counts.boxes + corpus.counts.pallets;
    const { timings } = await engine.import([corpus.paths.register], {
      onProgress: ({ stage, done }) => {
        let bar = bars.get(stage);
        if (!bar) {
          for (const other of bars.values()) other.stop();
          bar = this.#bar(stage, total);
          bars.set(stage, bar);
        }
        bar.update(done);
      },
    });
    for (const bar of bars.values()) bar.stop();
    for (const timing of timings)
      this.#stages.push({
        ...timing,
        stage: `import: ${timing.stage.split(' ')[0]}`,
      });
  }

  async #reconcile(engine: Awaited<ReturnType<typeof openEngine>>, corpus: Corpus): Promise<ReconcileResult> {
    const bars = new Map<string, Progress>();
    const totals = {
      expected: corpus.counts.deliveryCodes + corpus.counts.deliveryPackages,
      scanned: corpus.counts.scanLines,
    };
    const started = performance.now();
    const result = await engine.reconcile({
      expected: [corpus.paths.delivery],
      scanned: [corpus.paths.scans],
      at: new Date(`${corpus.today}T12:00:00`),
      onProgress: ({ stage, done }) => {
        let bar = bars.get(stage);
        if (!bar) {
          for (const other of bars.values()) other.stop();
          bar = this.#bar(stage, totals[stage]);
          bars.set(stage, bar);
        }
        bar.update(done);
      },
    });
    for (const bar of bars.values()) bar.stop();
    for (const timing of result.report.timings) this.#stages.push({ ...timing, stage: `reconcile: ${timing.stage}` });
    this.#stage('reconcile: whole', started, corpus.counts.scanLines);
    return result;
  }

  async #results(result: ReconcileResult, corpus: Corpus): Promise<DeliveryResult> {
    const missing: string[] = [];
    for await (const { code } of result.missing()) missing.push(code);
    const { rows } = compareWithPlanted(result.report, corpus.planted, missing);
    const html = join(this.reports, 'report.html');
    const csv = join(this.reports, 'findings.csv');
    const bar = this.#bar('reports');
    const started = performance.now();
    await writeFindingsCsv(attention(result), csv);
    await writeHtmlReport(result, html, {
      language: this.options.language,
      madeAt: new Date(),
    });
    bar.stop();
    this.#stage('reports', started, result.report.lines.count);
    return { report: result.report, rows, stages: this.#stages, html, csv };
  }

  #bar(step: 'corpus' | 'read' | 'write' | 'image' | 'expected' | 'scanned' | 'reports', total?: number): Progress {
    const { language } = this.options;
    return startProgress(message(language, `label.demo.step.${step}`), total, {
      language,
    });
  }

  #stage(stage: string, started: number, codes: number): void {
    const milliseconds = performance.now() - started;
    this.#stages.push({
      stage,
      milliseconds,
      codes,
      codesPerSecond: Math.round((codes / milliseconds) * 1000),
    });
  }
}
