import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatBytes, formatDateTime, formatDuration } from '../../../engine/messages/format.js';
import { faultText } from './api.js';
import { JobResult } from './job-result.js';
import { cancelJob, type Job, jobs, jobsFault, openJob, watchJobs } from './jobs.js';
import { language, t } from './texts.js';
import { UploadForm } from './upload-form.js';

export function FilesView(): JSX.Element {
  useEffect(watchJobs, []);
  return (
    <>
      <UploadForm />
      <section class="card jobs" aria-labelledby="jobs-heading">
        <h2 id="jobs-heading">{t('jobs.heading')}</h2>
        <p class="fault" role="alert">
          {jobsFault.value !== null && faultText(jobsFault.value)}
        </p>
        {jobs.value === null && <p class="none">{t('busy')}</p>}
        {jobs.value?.length === 0 && jobsFault.value === null && <p class="none">{t('jobs.none')}</p>}
        <ul class="job-list">
          {jobs.value?.map((job) => (
            <JobItem key={job.id} job={job} />
          ))}
        </ul>
      </section>
    </>
  );
}

function JobItem({ job }: { job: Job }): JSX.Element {
  const { id, kind, state, inputs, createdAt, error } = job;
  const open = openJob.value === id && state === 'done';
  const working = state === 'queued' || state === 'running';
  return (
    <li class={`job ${state}`}>
      <div class="job-head">
        <div>
          <p class="name">
            {t(`jobs.kind.${kind}`)} <span class={`chip ${state}`}>{t(`jobs.state.${state}`)}</span>
          </p>
          <p class="note files">
            {inputs.map(({ name, size }) => `${name} (${formatBytes(language.value, size)})`).join(', ')}
          </p>
          <p class="note">
            <time dateTime={createdAt}>{formatDateTime(language.value, createdAt)}</time>
          </p>
        </div>
        {working && (
          <button type="button" class="quiet" onClick={() => void cancelJob(id)}>
            {t('jobs.cancel')}
          </button>
        )}
        {state === 'done' && kind !== 'import' && (
          <button
            type="button"
            aria-expanded={open}
            aria-controls={`job-${id}`}
            onClick={() => {
              openJob.value = open ? null : id;
            }}
          >
            {t(open ? 'jobs.close' : 'jobs.open')}
          </button>
        )}
      </div>
      {working && <Progress job={job} />}
      {error && <p class="fault">{t('fault.other', error)}</p>}
      {open && (
        <div id={`job-${id}`} class="job-body">
          <JobResult job={job} />
        </div>
      )}
    </li>
  );
}

function Progress({ job: { progress } }: { job: Job }): JSX.Element {
  const { codes, bytes, bytesTotal, etaSeconds } = progress;
  return (
    <div class="progress">
      {bytes !== null && bytesTotal !== null && bytesTotal > 0 ? (
        <progress max={bytesTotal} value={bytes} aria-label={t('jobs.state.running')} />
      ) : (
        <progress aria-label={t('jobs.state.running')} />
      )}
      <p class="note">
        {t('jobs.progress', { count: codes })}
        {etaSeconds !== undefined &&
          ` · ${t('jobs.left', { time: formatDuration(language.value, etaSeconds * 1000) })}`}
      </p>
    </div>
  );
}
