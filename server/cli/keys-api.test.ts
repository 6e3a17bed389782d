// Goal: keys are made, listed and revoked on the command line, and a running server goes by it.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startTestServer } from '../serve/running.test.files.js';
import { collect, start } from './run-cli.test.files.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-keys-api-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const api = async (...args: string[]) => collect(start(['keys', 'api', ...args]));

it('makes, lists and revokes keys; a server sees it within a second', async () => {
  const server = await startTestServer({}, []);
  try {
    const data = ['--data', server.folder];
    const made = await api('add', ...data, '--scope', 'write', '--participant', '77', '--label', 'till 4', '--json');
    expect(made).toMatchObject({ code: 0, err: '' });
    const { key, id, scope, participant, label, sha256 } = JSON.parse(made.out) as Record<string, string>;
    expect({ scope, participant, label, sha256 }).toEqual({ scope: 'write', participant: '77', label: 'till 4' });
    expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const file = join(server.folder, 'access.json');
    expect(readFileSync(file, 'utf8')).not.toContain(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const asked = async () => (await fetch(`${server.address}/v1/sets`, { headers: { 'x-api-key': key! } })).status;
    const becomes = async (status: number) => {
      const deadline = performance.now() + 5000;
      while ((await asked()) !== status && performance.now() < deadline) await new Promise((go) => setTimeout(go, 50));
      expect(await asked()).toBe(status);
    };
    await becomes(200);
    expect((await api('list', ...data)).out).toContain(`${id}\twrite\t77`);
    expect(await api('revoke', id!, ...data)).toMatchObject({ code: 0, out: expect.stringContaining('revoked') });
    await becomes(401);
  } finally {
    await server.close();
  }
});

it('refuses what it does not have', async () => {
  const codes = await Promise.all([
    api('revoke', '12345678', '--data', folder),
    api('add', '--data', folder, '--scope', 'god'),
    api('list', '--data', folder),
  ]);
  expect(codes.map(({ code }) => code)).toEqual([2, 2, 0]);
});
