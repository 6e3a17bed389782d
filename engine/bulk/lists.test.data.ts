/** Lists of codes for bulk runs: codes by number, their bytes, and what stands in a line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const GTINS = ['09520000001018', '09520000002022', '09520000006068'];

/** Text of code `n`'s key: GTIN + serial. */
export function keyOf(n: number): string {
  return `${GTINS[n % GTINS.length]}${serialOf(n)}`;
}

/** Code `n` without its tail, as registers hold it. */
export function codeOf(n: number): string {
  return `01${GTINS[n % GTINS.length]}21${serialOf(n)}`;
}

/** Code `n` as a scanner gives it: with a tail of 85 characters in all. */
export function scanOf(n: number): string {
  return `${codeOf(n)}\x1d91EE06\x1d92${'A'.repeat(43)}=`;
}

function serialOf(n: number): string {
  return `S${String(n).padStart(12, '0')}`;
}

/** Makes files in a folder of the test's own, which is removed when its tests are done. */
export function scratchFiles(): { folder: string; write: (content: string | Uint8Array) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'bulk-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  return {
    folder,
    write(content) {
      const path = join(folder, `file-${files++}`);
      writeFileSync(path, content);
      return path;
    },
  };
}
