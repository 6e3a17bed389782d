/** A process of the servers that a till's check is measured with: ours, and Fastify with the same body and nothing to do. Tells its ports and keys. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { openEngine } from '../../engine/index.js';
import { ApiKeys } from '../../server/serve/access/api-keys.js';
import { startServer } from '../../server/serve/run.js';
import { readSettings } from '../../server/serve/settings.js';
import { checkCorpus } from './check-corpus.js';

const [codes = '1000'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tamga-bench-check-'));
const list = join(folder, 'list.csv');
writeFileSync(list, checkCorpus(Number(codes)).list);
const register = join(folder, 'register');
const engine = await openEngine({ register, create: true });
await engine.import([list]);
await engine.close();
const { key } = await new ApiKeys(folder).add({ scope: 'verify', at: new Date() });
const ours = await startServer(readSettings({ data: folder, port: '0', logLevel: 'silent' }, {}));

const empty = fastify();
empty.post('/api/v4/true-api/codes/check', () => ({}));
const trivial = fastify();
trivial.post<{ Body: { codes: string[] } }>('/api/v4/true-api/codes/check', ({ body }) => ({
  code: 0,
  description: 'ok',
  codes: body.codes.map((cis) => ({ cis, valid: true, found: false, errorCode: 10 })),
  reqId: '6f0d0c7e-0000-4000-8000-0000000000aa',
  reqTimestamp: Date.now(),
}));
const addresses = {
  ours: ours.address,
  empty: await empty.listen({ port: 0, host: '127.0.0.1' }),
  trivial: await trivial.listen({ port: 0, host: '127.0.0.1' }),
};
process.send?.({ addresses, key });
process.once('disconnect', async () => {
  await Promise.all([ours.close(), empty.close(), trivial.close()]);
  rmSync(folder, { recursive: true, force: true });
});
