/** The suites run, small, so that they can't rot; how fast they are is not asked here. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { BenchResult } from './result.js';

const TAMGA = fileURLToPath(new URL('../server/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tamga-bench-test-'));
const run = promisify(execFile);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('tamga bench', () => {
  it('gives every figure with its unit, median, spread and ratios', async () => {
    const json = join(folder, 'figures.json');
    const { stdout } = await run(process.execPath, [
      TAMGA,
      'bench',
      'core/parse-batch',
      'bulk',
      'register/verify-single',
      '--small',
      '--json',
      json,
    ]);
    const results = JSON.parse(readFileSync(json, 'utf8')) as BenchResult[];
    expect(results.map(({ id }) => id)).toEqual([
      'core/parse-batch',
      'bulk/verify-file',
      'bulk/verify-file-worker',
      'bulk/verify-memory-10x',
      'bulk/reconcile-1m-2m',
      'bulk/reconcile-1m-10m',
      'bulk/reconcile-cold',
      'register/verify-single',
      'register/verify-single-p99',
    ]);
    for (const { id, unit, median, spread, ratios } of results) {
      expect(stdout, 'a person sees it, too').toContain(`${id}: ${median.toLocaleString('en')} ${unit}`);
      expect(unit, id).not.toBe('');
      expect(median, id).toBeGreaterThan(0);
      expect(spread[0], id).toBeLessThanOrEqual(median);
      expect(spread[1], id).toBeGreaterThanOrEqual(median);
      for (const ratio of Object.values(ratios)) expect(ratio, id).toBeGreaterThan(0);
    }
    expect(Object.keys(results[0].ratios)).toEqual(['splitAndMatch']);
    expect(Object.keys(results[1].ratios)).toEqual(['oneWorker']);
    expect(Object.keys(results[4].ratios)).toEqual(['setsOfStrings']);
  }, 120_000);

  it('names the suites when there is none of that name', async () => {
    const failure = run(process.execPath, [TAMGA, 'bench', 'no/such']).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(await failure).toMatchObject({ code: 2, stderr: expect.stringContaining('core/parse-batch') });
  });
});
