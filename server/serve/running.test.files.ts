/** A server for tests: real sockets, a real register in a folder of its own, keys of every scope. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../engine/index.js';
import type { ApiKeys } from './access/api-keys.js';
import type { Scope } from './access/scopes.js';
import type { Parts } from './faces.js';
import { openParts } from './parts.js';
import { buildServer } from './server.js';
import { readSettings } from './settings.js';

export const SNAPSHOT = fileURLToPath(
  new URL('../../../engine/documents/samples/registry-snapshot.csv', import.meta.url),
);

export interface TestServer {
  address: string;
  engine: Engine;
  parts: Parts;
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
  const settings = readSettings({ data: folder, port: '0', logLevel: 'silent', ...flags }, {});
  const open = await openParts(settings, now);
  const { engine, keys } = open.parts;
  if (files.length > 0) await engine.import(files);
  engine.warmUp();
  const made = async (scope: Scope) => (await keys.add({ scope, at: new Date() })).key;
  const key = { verify: await made('verify'), write: await made('write'), admin: await made('admin') };
  const server = await buildServer(open.parts);
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    address,
    engine,
    parts: open.parts,
    keys,
    folder,
    key,
    close: async () => {
      open.drain();
      await server.close();
      await open.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
