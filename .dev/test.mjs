// `npm test`: set up, lint, types (part of the build), every suite. Extra arguments go to vitest.
import { ROOT, run, setup } from './setup.mjs';

setup();
process.chdir(ROOT);
if (!run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check', '.'])) {
  process.stderr.write('Lint failed: `npm run format` mends what can be mended.\n');
  process.exit(1);
}
const ok = run(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', '.dev/vitest.config.mjs', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
process.exit(ok ? 0 : 1);
