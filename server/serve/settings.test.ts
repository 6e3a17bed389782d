// Goal: flags go before the environment, that before the file, that before the default; what is wrong is named with its place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-settings-'));
const path = join(folder, 'tamga.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(value: unknown): { config: string } {
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return { config: path };
}

describe('settings', () => {
  it('have defaults', () => {
    expect(readSettings({}, {})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      data: './tamga-data',
      corsOrigins: [],
    });
  });

  it('come from flags, environment and file, in that order', () => {
    const flags = { ...fileOf({ port: 1, host: 'a', codesMax: 7 }), port: '3' };
    const settings = readSettings(flags, {
      TAMGA_PORT: '2',
      TAMGA_HOST: 'b',
      TAMGA_CORS_ORIGINS: 'https://x, https://y',
    });
    expect(settings).toMatchObject({ port: 3, host: 'b', codesMax: 7, corsOrigins: ['https://x', 'https://y'] });
    expect(readSettings({}, { TAMGA_CONFIG: path }).port).toBe(1);
  });

  it.each([
    [{ port: 'many' }, {}, '--port: "many" must be integer'],
    [{}, { TAMGA_PORT: '65536' }, 'TAMGA_PORT: 65536 must be <= 65535'],
    [{ tlsCert: 'a.pem' }, {}, '--tls-cert and --tls-key belong together'],
    [{ logLevel: 'loud' }, {}, '--log-level: "loud"'],
    [{ config: '/nowhere/at/all.json' }, {}, '/nowhere/at/all.json'],
  ])('refuse %j %j', (flags, environment, detail) => {
    expect(() => readSettings(flags, environment)).toThrow(detail);
  });

  it.each([
    [{ prot: 1 }, '"prot": there is no such setting'],
    [{ port: '1' }, '"port": "1" must be integer'],
    ['[]', 'expected a JSON object'],
    ['{', 'JSON'],
    ['{"__proto__": {"port": 1}}', 'there is no such setting'],
  ])('refuse the file %j', (value, detail) => {
    expect(() => readSettings(fileOf(value), {})).toThrow(detail);
  });

  it('does not repeat a secret', () => {
    expect(() => readSettings({}, { TAMGA_UPSTREAM_KEY: 's'.repeat(5000) })).toThrow(/TAMGA_UPSTREAM_KEY: the value /);
  });
});
