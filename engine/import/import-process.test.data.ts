// A process that imports files into a register, made to be killed: it says when it begins to write.
import { loadCore } from '../../core/host/index.js';
import { Register } from '../register/register.js';
import { importFiles } from './import.js';
import { AT } from './import.test.data.js';

const [path, ...files] = process.argv.slice(2);
const register = Register.open(path as string, { create: true });
const core = await loadCore({ seed: register.seed });
let writing = false;
const report = await importFiles(files, register, core, {
  at: AT,
  onProgress: ({ stage }) => {
    if (writing || stage === 'read') return;
    writing = true;
    process.send?.('writing');
  },
});
process.send?.(report.files.map(({ events, eventsKnown }) => ({ events, eventsKnown })));
await register.close();
process.disconnect?.();
