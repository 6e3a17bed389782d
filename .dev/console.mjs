// Builds the page of the server, server/console/page, into dist/server/console/site. The names of its files come from their contents.
import { build } from 'vite';

await build({
  configFile: false,
  root: 'server/console/page',
  base: './',
  logLevel: 'warn',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    rolldownOptions: { checks: { pluginTimings: false } },
    outDir: '../../../dist/server/console/site',
    emptyOutDir: true,
    target: 'es2022',
    // The server's policy forbids what is written into the page itself, and fonts or images inside of style sheets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
