import type { Job, JobState } from '../../engine/index.js';
import { formatCount, formatDateTime, type Language, message, visible } from '../../engine/messages/index.js';
import { grid, lookOf, type TextOutput } from './terminal/index.js';
import { type TextName, text } from './texts.js';

const STATE_TEXT: Record<JobState, TextName> = {
  queued: 'jobQueued',
  running: 'jobRunning',
  done: 'jobDone',
  failed: 'jobFailed',
  cancelled: 'jobCancelled',
};

/** All jobs, one a line; ends with a newline. */
export function jobTable(jobs: readonly Job[], language: Language, output: TextOutput): string {
  if (jobs.length === 0) return `${text(language, 'jobsNone')}\n`;
  return grid(
    lookOf(output),
    [
      { head: text(language, 'jobId') },
      { head: text(language, 'kind') },
      { head: text(language, 'state') },
      { head: text(language, 'lines'), align: 'right' },
      { head: text(language, 'jobShare'), align: 'right' },
      { head: text(language, 'jobCreated') },
      { head: message(language, 'label.column.file'), flexible: true },
    ],
    jobs.map((job) => [
      job.id,
      job.spec.kind,
      stateText(job, language),
      formatCount(language, job.progress.done),
      shareText(job),
      formatDateTime(language, new Date(job.created)),
      job.inputs.map(({ path }) => visible(path)).join(' '),
    ]),
  );
}

/** One job for people; ends with a newline. */
export function jobText(job: Job, language: Language): string {
  const rows: [string, string][] = [
    [text(language, 'jobId'), job.id],
    [text(language, 'kind'), job.spec.kind],
    [text(language, 'state'), stateText(job, language)],
    [text(language, 'jobCreated'), formatDateTime(language, new Date(job.created))],
    [text(language, 'lines'), `${formatCount(language, job.progress.done)} ${shareText(job)}`.trim()],
    ...job.inputs.map(({ path }): [string, string] => [message(language, 'label.column.file'), visible(path)]),
  ];
  if (job.register !== null) rows.push([text(language, 'register'), visible(job.register)]);
  if (job.begunAnew) rows.push([text(language, 'jobBegunAnew'), eventsText(job.begunAnew.event, job.registerEvent)]);
  const lines = rows.map(([name, value]) => `${name}: ${value}`);
  if (job.error) {
    lines.push(message(language, `error.${job.error.code}.problem`, { ...job.error.data }));
    lines.push(message(language, `error.${job.error.code}.remedy`, { ...job.error.data }));
  }
  return `${lines.join('\n')}\n`;
}

/** Which event the register had got to, and has now. */
function eventsText(before: number | null, now: number | null): string {
  return [before, now].map((event) => event ?? '—').join(' → ');
}

function stateText({ state, interrupted }: Job, language: Language): string {
  return text(language, interrupted ? 'jobInterrupted' : STATE_TEXT[state]);
}

function shareText({ progress: { bytes, bytesTotal }, state }: Job): string {
  if (state === 'done') return '100 %';
  return bytes === null || !bytesTotal ? '' : `${Math.floor((bytes / bytesTotal) * 100)} %`;
}
