/** Jobs as clients see them: whose they are, what their files are called, and how far they are. The engine knows of neither. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, JobProgress, Jobs, VerifyReport } from '../../../engine/index.js';
import { inputsOf } from '../../../engine/jobs/job.js';
import { RECONCILIATION_FILES } from '../../../engine/jobs/stored-reconciliation.js';
import type { Finding, ReconcileReport } from '../../../engine/reconcile/report.js';
import type { Client } from '../access/access.js';
import { publicMessage } from '../engine-errors.js';
import { Refusal } from '../refusals.js';
import type { JobView } from './schema.js';
import { type Manifest, nameIn, readManifest, removeUpload } from './upload.js';

/** Jobs whose manifests and results are kept in memory. */
const KEPT_MAX = 1000;

/** What is known of a job beside the engine's own record. */
interface Known {
  manifest: Manifest | null;
  /** Of a job that is done; it never changes. */
  summary: Pick<JobView, 'totals' | 'lines' | 'outcomes' | 'units'> | null;
}

export class JobBoard {
  readonly uploads: string;
  readonly #jobs: Jobs;
  readonly #known = new Map<string, Known>();
  /** Progress of jobs at work; what is stored lags behind. */
  readonly #progress = new Map<string, JobProgress>();
  readonly #stop: () => void;

  /** `uploads`: folder of the files that clients sent. */
  constructor(jobs: Jobs, uploads: string) {
    this.#jobs = jobs;
    this.uploads = uploads;
    this.#stop = jobs.onProgress(({ id, state, progress }) => {
      if (state === 'running') this.#progress.set(id, progress);
      else this.#progress.delete(id);
    });
  }

  /** Goes on with jobs that an earlier server left; one whose inputs or register have changed stays interrupted. */
  async resumeInterrupted(): Promise<void> {
    for (const { id, interrupted } of this.#jobs.list()) {
      if (interrupted) await this.#jobs.resume(id).catch(() => undefined);
    }
  }

  /** A job that the client may see. @throws TamgaError JOB_NOT_FOUND; Refusal OTHER_PARTICIPANT. */
  async demand(id: string, client: Client | null): Promise<Job> {
    const job = this.#jobs.get(id);
    if (!maySee(client, (await this.#knownOf(job)).manifest)) {
      throw new Refusal('OTHER_PARTICIPANT', 'The job is another participant’s.');
    }
    return job;
  }

  /** All jobs that the client may see, the latest first. */
  async list(client: Client | null): Promise<JobView[]> {
    const views: JobView[] = [];
    for (const job of this.#jobs.list().reverse()) {
      const { manifest } = await this.#knownOf(job);
      if (maySee(client, manifest)) views.push(await this.view(job));
    }
    return views;
  }

  async view(job: Job): Promise<JobView> {
    const known = await this.#knownOf(job);
    const { manifest } = known;
    const progress = this.#progress.get(job.id) ?? job.progress;
    const { spec } = job;
    const scanned = spec.kind === 'reconcile' ? new Set(spec.scanned) : null;
    const view: JobView = {
      id: job.id,
      kind: spec.kind,
      state: job.state,
      interrupted: job.interrupted,
      begunAnew: job.begunAnew !== null,
      inputs: job.inputs.map(({ path, size }) => ({
        name: nameIn(manifest, path),
        role: scanned === null || scanned.has(path) ? 'scanned' : 'expected',
        size,
      })),
      progress: { codes: progress.done, bytes: progress.bytes, bytesTotal: progress.bytesTotal },
      createdAt: new Date(job.created).toISOString(),
    };
    if (progress.millisecondsLeft !== null) view.progress.etaSeconds = Math.ceil(progress.millisecondsLeft / 1000);
    if (job.started !== null) view.startedAt = new Date(job.started).toISOString();
    if (job.ended !== null) view.endedAt = new Date(job.ended).toISOString();
    if (job.error) {
      const { path } = job.error.data;
      view.error = {
        code: job.error.code,
        message: publicMessage(job.error, path === undefined ? undefined : nameIn(manifest, path)),
      };
    }
    if (job.state === 'done') {
      known.summary ??= await summaryOf(job, this.#jobs.folderOf(job.id));
      Object.assign(view, known.summary);
    }
    return view;
  }

  /** A finding as the client may see it: files by the client's names, and nothing of other participants’ codes but that they are others’. */
  async presenter(job: Job): Promise<(finding: Finding) => Finding> {
    const { manifest } = await this.#knownOf(job);
    const participant = manifest?.participant ?? null;
    const names = new Map(inputsOf(job.spec).map((path) => [path, nameIn(manifest, path)]));
    const nameOf = (path: string | undefined): string | undefined =>
      path === undefined ? undefined : (names.get(path) ?? nameIn(manifest, path));
    return (finding) => {
      const shown: Finding = {
        ...finding,
        path: nameOf(finding.path),
        firstPath: nameOf(finding.firstPath),
        documentPath: nameOf(finding.documentPath),
      };
      if (participant !== null && finding.owner !== undefined && finding.owner !== participant) {
        for (const field of ['owner', 'state', 'expiry', 'parent', 'event'] as const) delete shown[field];
      }
      return shown;
    };
  }

  /** Forgets a job with its files. @throws TamgaError JOB_NOT_FOUND, JOB_STATE. */
  async remove(job: Job): Promise<void> {
    this.#jobs.remove(job.id);
    this.#known.delete(job.id);
    for (const path of inputsOf(job.spec)) await removeUpload(path, this.uploads);
  }

  close(): void {
    this.#stop();
  }

  async #knownOf(job: Job): Promise<Known> {
    const kept = this.#known.get(job.id);
    if (kept) return kept;
    const [path] = inputsOf(job.spec);
    // A job whose files are gone is still nobody's but its owner's: without a manifest only keys of nobody see it.
    const manifest = path === undefined ? null : await readManifest(path, this.uploads).catch(() => null);
    const known: Known = { manifest, summary: null };
    if (this.#known.size >= KEPT_MAX) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(job.id, known);
    return known;
  }
}

/** A key that is bound to a participant sees what keys of the same participant have sent; other keys see all. */
function maySee(client: Client | null, manifest: Manifest | null): boolean {
  const bound = client?.participant ?? null;
  return bound === null || manifest?.participant === bound;
}

async function summaryOf(job: Job, folder: string): Promise<Known['summary']> {
  const report: unknown = JSON.parse(await readFile(join(folder, RECONCILIATION_FILES.report), 'utf8'));
  if (job.spec.kind === 'verify') {
    const { lines, outcomes } = report as VerifyReport;
    return { lines, outcomes: { ...outcomes } };
  }
  if (job.spec.kind === 'import') return {};
  const { expectedUnits, totals, lines, outcomes } = report as ReconcileReport;
  return {
    totals: { expected: expectedUnits, ...totals },
    lines: lines.count,
    outcomes: { ...lines.outcomes },
    units: { ...outcomes },
  };
}
