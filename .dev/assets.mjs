// Copies the data files that the compiled code reads at run time from beside their sources into dist.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ASSET = /\.(json|eta|css|txt|xml|csv)$/;

for (const room of ['core/data', 'engine', 'server']) copy(room);

function copy(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      // The console's page is built, not copied.
      if (path !== join('server', 'console', 'page')) copy(path);
    } else if (ASSET.test(entry.name)) {
      cpSync(path, join('dist', path));
    }
  }
}
