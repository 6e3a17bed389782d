/** A server for tests: real sockets, a real register in a folder of its own, keys of every scope. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Engine, openEngine } from '../../engine/index.js';
import { ApiKeys, type Scope } from './access/api-keys.js';
import { Metrics } from './metrics.js';
import { buildServer } from './server.js';
import { readSettings } from './settings.js';

export const SNAPSHOT = fileURLToPath(
  new URL('../../../engine/documents/samples/registry-snapshot.csv', import.meta.url),
);

export interface TestServer {
  address: string;
  engine: Engine;
  keys: ApiKeys;
  folder: string;
  /** A key of each scope, bound to nobody. */
  key: Record<Scope, string>;
  close(): Promise<void>;
}

/** Starts one; `flags` are settings by their names, `files` are imported. */
export async function startTestServer(
  flags: Record<string, unknown> = {},
  files: readonly string[] = [SNAPSHOT],
  now: () => Date = () => new Date(),
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-serve-'));
  const engine = await openEngine({ register: join(folder, 'register'), create: true });
  if (files.length > 0) await engine.import(files);
  const settings = readSettings({ data: folder, port: '0', logLevel: 'silent', ...flags }, {});
  const keys = new ApiKeys(folder);
  const made = async (scope: Scope) => (await keys.add({ scope, at: new Date() })).key;
  const key = { verify: await made('verify'), write: await made('write'), admin: await made('admin') };
  const stop = new AbortController();
  const server = await buildServer({ engine, settings, keys, metrics: new Metrics(), draining: stop.signal, now });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    address,
    engine,
    keys,
    folder,
    key,
    close: async () => {
      stop.abort();
      await server.close();
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
