// Goal: a server that is told to stop answers what has arrived, and the next one goes on with the job that it left.
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formOf } from './ask.test.files.js';
import { type RunningServer, startServer } from './run.js';
import { readSettings } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-restart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const CODE = '010952000000606821UZDEMO0000001';

const run = (): Promise<RunningServer> =>
  startServer(readSettings({ data: folder, port: '0', logLevel: 'silent', drainSeconds: '5' }, {}));

describe('a server that stops', () => {
  it('lets an open request end, and takes no new ones', async () => {
    const server = await run();
    const key = server.firstKey!;
    const headers = { 'x-api-key': key, 'content-type': 'text/plain' };
    let closing: Promise<void> | undefined;
    const answer = new Promise<string>((resolve, reject) => {
      let text = '';
      const sent = request(`${server.address}/v1/verify`, { method: 'POST', headers }, (response) => {
        response.on('data', (data) => {
          text += data;
        });
        response.on('end', () => resolve(text));
      });
      sent.on('error', reject);
      sent.write(`${CODE}\n`);
      setTimeout(() => {
        closing = server.close();
        setTimeout(() => sent.end(`${CODE}\n`), 200);
      }, 200);
    });
    expect(await answer).toBe('NOT_FOUND\nDUPLICATE\n');
    const ended = performance.now();
    await closing;
    // Not the whole time that open work would get.
    expect(performance.now() - ended).toBeLessThan(4000);
    await expect(fetch(`${server.address}/health/live`)).rejects.toThrow();
  });

  it('leaves a job that the next one goes on with', async () => {
    const first = await run();
    expect(first.firstKey).toBeNull();
    await first.close();
    const { ApiKeys } = await import('./access/api-keys.js');
    const { key } = await new ApiKeys(folder).add({ scope: 'admin', at: new Date() });
    const headers = { 'x-api-key': key };
    const one = await run();
    const lines = Buffer.alloc(12 << 20, `${CODE}\n`);
    const body = formOf([['scanned', 'long.txt', lines]], { kind: 'verify' });
    const started = await fetch(`${one.address}/v1/jobs`, { method: 'POST', headers, body });
    const { id } = (await started.json()) as { id: string };
    await one.close();
    const two = await run();
    try {
      for (;;) {
        const job = (await (await fetch(`${two.address}/v1/jobs/${id}`, { headers })).json()) as Record<
          string,
          unknown
        >;
        if (job.state === 'queued' || job.state === 'running') {
          await new Promise((resolve) => setTimeout(resolve, 50));
          continue;
        }
        const count = Math.ceil(lines.length / (CODE.length + 1));
        expect(job).toMatchObject({ state: 'done', interrupted: false, lines: count, inputs: [{ name: 'long.txt' }] });
        break;
      }
    } finally {
      await two.close();
    }
  });
});
