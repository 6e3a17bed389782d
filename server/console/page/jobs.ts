/** Jobs on the server: files that go there, and how far they are. */
import { signal } from '@preact/signals';
import { apiKey, ask, Fault, refused } from './api.js';

/** A job as `GET /v1/jobs/{id}` tells of it. */
export interface Job {
  id: string;
  kind: 'verify' | 'reconcile' | 'import';
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  inputs: { name: string; role: 'expected' | 'scanned'; size: number }[];
  progress: { codes: number; bytes: number | null; bytesTotal: number | null; etaSeconds?: number };
  createdAt: string;
  error?: { code: string; message: string };
  totals?: { expected: number; matched: number; shortage: number; surplus: number };
  lines?: number;
  outcomes?: Record<string, number>;
  units?: Record<string, number>;
}

/** Jobs, the latest first; `null` before they were asked for. */
export const jobs = signal<readonly Job[] | null>(null);
export const jobsFault = signal<unknown>(null);
/** Job whose result is open. */
export const openJob = signal<string | null>(null);

/** Milliseconds between two looks at jobs that are at work. */
const LOOK_MS = 700;

export async function loadJobs(): Promise<void> {
  try {
    const body = (await (await ask('/v1/jobs')).json()) as { jobs: Job[] };
    jobs.value = body.jobs;
    jobsFault.value = null;
  } catch (error) {
    jobs.value ??= [];
    jobsFault.value = error;
  }
}

/** Looks at the jobs as long as one is at work. @returns what ends it. */
export function watchJobs(): () => void {
  let ended = false;
  let timer: ReturnType<typeof setTimeout>;
  const look = async (): Promise<void> => {
    const busy = jobs.value?.some(({ state }) => state === 'queued' || state === 'running') ?? true;
    if (busy || jobsFault.value !== null) await loadJobs();
    if (!ended) timer = setTimeout(look, jobsFault.value === null ? LOOK_MS : LOOK_MS * 5);
  };
  void loadJobs().then(look);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

export async function cancelJob(id: string): Promise<void> {
  try {
    await ask(`/v1/jobs/${id}/cancel`, { method: 'POST' });
  } catch (error) {
    jobsFault.value = error;
  }
  await loadJobs();
}

/** What is sent to make a job. */
export interface JobForm {
  kind: 'reconcile' | 'verify';
  expected: readonly File[];
  scanned: readonly File[];
  owner: string;
  operation: string;
}

/** An upload on its way; `done` gives the job's id. Bytes that were sent are told as they go. */
export interface Sending {
  done: Promise<string>;
  cancel(): void;
}

/** Sends files with `XMLHttpRequest`: `fetch` doesn't tell how far an upload is. */
export function sendJob(
  { kind, expected, scanned, owner, operation }: JobForm,
  onSent: (bytes: number, total: number) => void,
): Sending {
  const form = new FormData();
  form.append('kind', kind);
  if (kind === 'verify') form.append('operation', operation);
  if (owner !== '') form.append('owner', owner);
  if (kind === 'reconcile') for (const file of expected) form.append('expected', file);
  for (const file of scanned) form.append('scanned', file);
  const request = new XMLHttpRequest();
  const done = new Promise<string>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded, total);
    request.onload = () => {
      if (request.status === 202) resolve((JSON.parse(request.responseText) as { id: string }).id);
      else reject(refused(request.status, request.responseText));
    };
    request.onerror = () => reject(new Fault('NETWORK'));
    request.onabort = () => reject(new Fault('CANCELLED'));
  });
  request.open('POST', '/v1/jobs');
  request.setRequestHeader('authorization', `Bearer ${apiKey.value}`);
  request.send(form);
  return { done, cancel: () => request.abort() };
}

/** A line that needs attention, as the list of findings has it. */
export interface Finding {
  outcome: string;
  code: string;
  raw?: string;
  path?: string;
  line?: number;
  state?: string;
  owner?: string;
  expiry?: string;
  parent?: string;
  error?: string;
  position?: number;
}

export interface FindingsPage {
  findings: Finding[];
  /** Where the next page begins; `null` behind the last. */
  next: string | null;
}

/** A page of findings. @throws Fault. */
export async function findingsPage(
  id: string,
  { outcome, text, after }: { outcome: string; text: string; after: string | null },
  signal: AbortSignal,
): Promise<FindingsPage> {
  const query = new URLSearchParams({ limit: '100' });
  if (outcome !== '') query.set('outcome', outcome);
  if (text !== '') query.set('text', text);
  if (after !== null) query.set('after', after);
  const response = await ask(`/v1/jobs/${id}/findings?${query}`, { signal });
  const body = await response.text();
  const findings = body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Finding);
  return { findings, next: response.headers.get('x-next-after') };
}

/** Saves a report to a file. A link can't carry the key. @throws Fault. */
export async function downloadReport(id: string, form: string, language: string): Promise<void> {
  const response = await ask(`/v1/jobs/${id}/report.${form}?lang=${language}`);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = `tamga-${id.slice(0, 8)}.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
