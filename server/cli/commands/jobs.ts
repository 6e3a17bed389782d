import type { Command } from 'commander';
import { TamgaError } from '../../../engine/errors.js';
import type { Engine, EngineOptions, Job, Jobs } from '../../../engine/index.js';
import { option, type TailChoice, tailOptions } from '../options.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { StageProgress } from '../stage-progress.js';
import { text } from '../texts.js';

interface ResumeOptions extends CommonOptions, TailChoice {
  workers?: number;
}

/** `tamga jobs`: long work that outlives its process. */
export function defineJobs(program: Command, session: Session): void {
  const jobs = program.command('jobs').description('list, show, resume and cancel jobs');
  const print = async (job: Job, json: boolean | undefined): Promise<void> => {
    if (json) await session.out.write(`${JSON.stringify(job)}\n`);
    else {
      const { jobText } = await import('../job-text.js');
      await session.out.write(jobText(job, session.language));
    }
  };

  const list = jobs
    .command('list')
    .description('all jobs of a folder, in the order they were made')
    .argument('<dir>', 'folder of the jobs');
  session.define<CommonOptions>(list, (options, [dir]) =>
    withJobs(dir!, {}, async (opened) => {
      const all = opened.list();
      if (options.json) for (const job of all) await session.out.write(`${JSON.stringify(job)}\n`);
      else {
        const { jobTable } = await import('../job-text.js');
        await session.out.write(jobTable(all, session.language, session.out));
      }
      return EXIT.well;
    }),
  );

  const show = jobs
    .command('show')
    .description('one job: its state, inputs and progress')
    .argument('<dir>', 'folder of the jobs')
    .argument('<id>', 'id of the job');
  session.define<CommonOptions>(show, (options, [dir, id]) =>
    withJobs(dir!, {}, async (opened) => {
      await print(opened.get(id!), options.json);
      return EXIT.well;
    }),
  );

  const resume = jobs
    .command('resume')
    .description('go on with a job that was interrupted, cancelled or failed, and wait for its end')
    .argument('<dir>', 'folder of the jobs')
    .argument('<id>', 'id of the job')
    .addOption(option.keys())
    .addOption(option.secrets())
    .addOption(option.tails())
    .addOption(option.workers());
  session.define<ResumeOptions>(resume, async (options, [dir, id]) => {
    const register = await withJobs(dir!, {}, async (opened) => opened.get(id!).register);
    return withJobs(
      dir!,
      { register: register ?? undefined, workers: options.workers, ...tailOptions(options) },
      async (opened) => {
        await opened.resume(id!);
        const job = await followJob(opened, id!, session);
        await print(job, options.json);
        return exitCodeOf(job);
      },
    );
  });

  const cancel = jobs
    .command('cancel')
    .description('end a job that waits or is at work; it can be resumed')
    .argument('<dir>', 'folder of the jobs')
    .argument('<id>', 'id of the job');
  session.define<CommonOptions>(cancel, (options, [dir, id]) =>
    withJobs(dir!, {}, async (opened) => {
      await print(await opened.cancel(id!), options.json);
      return EXIT.well;
    }),
  );
}

/** Waits for the end of a job of this process, showing its progress; an interruption cancels it, and it can be resumed. */
export async function followJob(jobs: Jobs, id: string, session: Session): Promise<Job> {
  const progress = new StageProgress(session.language);
  const stop = jobs.onProgress((job) => {
    if (job.id === id && job.state === 'running') progress.update(job.spec.kind, job.progress.done);
  });
  const cancel = (): void => void jobs.cancel(id).catch(() => undefined);
  session.signal.addEventListener('abort', cancel, { once: true });
  if (session.signal.aborted) cancel();
  try {
    const job = await jobs.wait(id);
    progress.stop();
    if (job.state === 'cancelled') session.err.write(`${text(session.language, 'jobResumable', { id })}\n`);
    return job;
  } finally {
    session.signal.removeEventListener('abort', cancel);
    stop();
    progress.stop();
  }
}

/** Waits as {@link followJob} does. False when the job was cancelled; throws what it failed of. */
export async function isDone(jobs: Jobs, id: string, session: Session): Promise<boolean> {
  const { state, error } = await followJob(jobs, id, session);
  if (state === 'failed' && error) throw new TamgaError(error.code, error.data);
  return state === 'done';
}

/** Of the command that waited for a job. */
export function exitCodeOf({ state }: Job): number {
  return state === 'done' ? EXIT.well : EXIT.error;
}

async function withJobs<T>(
  dir: string,
  options: EngineOptions,
  work: (jobs: Jobs, engine: Engine) => Promise<T>,
): Promise<T> {
  const { openEngine } = await import('../../../engine/index.js');
  const engine = await openEngine(options);
  const jobs = engine.openJobs(dir);
  try {
    return await work(jobs, engine);
  } finally {
    await jobs.close();
    await engine.close();
  }
}
