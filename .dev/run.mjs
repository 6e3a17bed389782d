// `npm run demo` and `npm run bench`: set up, then hand over to the compiled program.
import { spawnSync } from 'node:child_process';
import { setup } from './setup.mjs';

setup();
const [command, ...args] = process.argv.slice(2);
const { status } = spawnSync(process.execPath, ['dist/server/cli/main.js', command, ...args], { stdio: 'inherit' });
process.exit(status ?? 1);
