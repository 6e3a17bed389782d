// Puts the code of the pool's workers into one file: sixty modules take each of them longer to load than a million codes to verify. CommonJS,
// because a thread has the loader of that already.
import { build } from 'vite';

await build({
  configFile: false,
  root: 'dist/engine/bulk',
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: 'worker.js',
    outDir: 'pool',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: { format: 'cjs', entryFileNames: 'worker.cjs' },
    },
  },
});
