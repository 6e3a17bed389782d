// A process that does one long thing to a register, made to be killed: `node task-process.test.data.js TASK PATH ARGUMENT…`
import { writeSync } from 'node:fs';
import { arm } from './kill-point.test.data.js';

const [task, path, ...rest] = process.argv.slice(2) as [string, string, ...string[]];
arm();
const { loadCore } = await import('../../core/host/index.js');
const { isTamgaError } = await import('../errors.js');
const { backupRegister, compactRegister, restoreRegister } = await import('../register/backup.js');
const { loadImage } = await import('../register/image.js');
const { Register } = await import('../register/register.js');

const TASKS: Record<string, () => Promise<unknown>> = {
  async import() {
    const { importFiles } = await import('../import/import.js');
    const register = Register.open(path, { create: true });
    const core = await loadCore({ seed: register.seed });
    loadImage(register, core);
    await importFiles(rest, register, core, { at: new Date('2026-03-16T09:00:00Z') });
    loadImage(register, core);
    await register.close();
  },
  compact: () => compactRegister(path),
  async backup() {
    const register = Register.open(path);
    await backupRegister(register, rest[0] as string, { compact: rest[1] === 'compact' });
    await register.close();
  },
  restore: () => restoreRegister(path, rest[0] as string),
  async open() {
    const register = Register.open(path);
    const { lastEvent } = register.view();
    await register.close();
    return lastEvent;
  },
  async verify() {
    const register = Register.open(path);
    loadImage(register, await loadCore({ seed: register.seed }));
    const { lastEvent } = register.view();
    await register.close();
    return lastEvent;
  },
  async job() {
    const { openEngine } = await import('../engine.js');
    const [folder, order, operand] = rest as [string, string, string];
    const engine = await openEngine({ register: path, workers: 1 });
    const jobs = engine.openJobs(folder, { checkpointMs: 0 });
    const { id } =
      order === 'resume'
        ? await jobs.resume(operand)
        : await jobs.start(
            order === 'import'
              ? { kind: 'import', files: operand.split(',') }
              : { kind: 'verify', input: operand, operation: 'sale', at: '2026-03-16T12:00:00' },
          );
    writeSync(1, `id ${id}\n`);
    const { state, error } = await jobs.wait(id);
    await jobs.close();
    await engine.close();
    return error ? `${state} ${error.code}` : state;
  },
};

try {
  const said = await TASKS[task]?.();
  writeSync(1, `done ${String(said)}\n`);
} catch (error) {
  writeSync(1, `${isTamgaError(error) ? error.code : `failed ${String(error)}`}\n`);
  process.exitCode = 1;
}
