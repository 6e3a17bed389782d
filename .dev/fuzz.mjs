// `npm run fuzz`: set up, then hand over to the compiled fuzzer.
import { spawnSync } from 'node:child_process';
import { setup } from './setup.mjs';

setup();
const { status } = spawnSync(process.execPath, ['dist/core/test/fuzz/main.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
