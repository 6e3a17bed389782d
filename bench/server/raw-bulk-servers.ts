/** A process of the servers that raw bodies are measured with: ours, and Fastify that reads the body and answers nothing. Tells its ports and a key. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { ApiKeys } from '../../server/serve/access/api-keys.js';
import { startServer } from '../../server/serve/run.js';
import { readSettings } from '../../server/serve/settings.js';

const [register] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tamga-bench-raw-'));
const { key } = await new ApiKeys(folder).add({ scope: 'verify', at: new Date() });
const ours = await startServer(readSettings({ data: folder, register, port: '0', logLevel: 'silent' }, {}));

const empty = fastify({ bodyLimit: 2 ** 31 });
empty.removeContentTypeParser('text/plain');
empty.addContentTypeParser('text/plain', (_request, _payload, done) => done(null, null));
empty.post('/v1/verify', async ({ raw }) => {
  let bytes = 0;
  for await (const chunk of raw) bytes += (chunk as Buffer).length;
  return String(bytes);
});
const peer = await empty.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ ours: ours.address, empty: peer, key });
process.once('disconnect', async () => {
  await Promise.all([ours.close(), empty.close()]);
  rmSync(folder, { recursive: true, force: true });
});
