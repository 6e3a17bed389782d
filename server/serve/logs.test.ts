// Goal: what is logged tells who asked what and how it ended, and never a tail, a key or a code.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect, start } from '../cli/run-cli.test.files.js';

const TAIL = 'SECRETTAILSECRETTAILSECRETTAILSECRETTAIL1234';
const CODE = `010952000000606821UZDEMO0000001\x1d91EE06\x1d92${TAIL}`;
const PATH_CODE = encodeURIComponent(CODE);

describe('the log', () => {
  it('has requests with their ids, and neither tails nor keys', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tamga-logs-'));
    const child = start(['serve', '--port', '0', '--data', join(folder, 'data'), '--json', '--log-level', 'debug']);
    const result = collect(child);
    const line = await new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(String(data))));
    const { address, firstKey } = JSON.parse(line) as { address: string; firstKey: string };
    const ask = (path: string, headers: Record<string, string>, body?: string | FormData) =>
      fetch(`${address}${path}`, { method: body === undefined ? 'GET' : 'POST', headers, body });
    const key = { authorization: `Bearer ${firstKey}` };
    const json = { ...key, 'content-type': 'application/json' };
    const { headers } = await ask(`/v1/codes/${PATH_CODE}`, key);
    await ask(`/v1/codes/${PATH_CODE}/history`, { 'x-api-key': firstKey });
    await ask(`/v1/kodes/${PATH_CODE}`, key);
    await ask(`/${PATH_CODE}`, key);
    await ask(`/v1/sets?key=${firstKey}&code=${PATH_CODE}`, key);
    await ask('/v1/codes/%ZZSECRETTAIL', key);
    await ask('/v1/verify', json, JSON.stringify({ codes: [CODE, `x${TAIL}`] }));
    await ask('/v1/verify', json, `{"codes":["${TAIL}"`);
    await ask('/v1/verify', { ...key, 'content-type': 'text/plain' }, `${CODE}\n${TAIL}\n`);
    await ask(
      '/v1/events',
      json,
      JSON.stringify([
        { kind: 'sell', codes: [CODE] },
        { kind: TAIL, codes: [`x${TAIL}`] },
      ]),
    );
    await ask('/v1/sets', { authorization: `Basic ${Buffer.from(`u:${firstKey}`).toString('base64')}` });
    const form = new FormData();
    form.append('kind', 'verify');
    form.append('scanned', new Blob([`${CODE}\n`]), `${TAIL}.txt`);
    await ask('/v1/jobs', key, form);
    child.kill('SIGTERM');
    const { err } = await result;
    expect(err).toContain(headers.get('x-request-id') ?? 'no id');
    expect(err).toContain('"/v1/codes/:code"');
    expect(err).not.toContain('SECRETTAIL');
    expect(err).not.toContain(firstKey);
    expect(err).not.toContain('UZDEMO');
    expect(err).not.toContain(Buffer.from(`u:${firstKey}`).toString('base64'));
    // Each line is JSON with its level, and some say which key asked.
    const entries = err
      .split('\n')
      .filter((text) => text.startsWith('{'))
      .map((text) => JSON.parse(text) as { level: number; req?: { client?: string } });
    expect(entries.length).toBeGreaterThan(20);
    rmSync(folder, { recursive: true, force: true });
  });
});
