/** `server/till-day`: a till's day over HTTP, one request after the other; receipts a second. It fails when receipts and register differ. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../engine/index.js';
import { ApiKeys } from '../../server/serve/access/api-keys.js';
import { startServer } from '../../server/serve/run.js';
import { readSettings } from '../../server/serve/settings.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';
import { SHOP_POLICIES, sellADay, shelfOf } from './till-simulator.js';

const RECEIPTS = 1000;
const SMALL_RECEIPTS = 60;
const DAYS = 3;

export async function tillDay({ small }: BenchOptions): Promise<BenchResult[]> {
  const rates: number[] = [];
  for (let day = 0; day < (small ? 1 : DAYS); day++)
    rates.push(await oneDay(small ? SMALL_RECEIPTS : RECEIPTS, day + 1));
  rates.sort((a, b) => a - b);
  return [
    shown({
      id: 'server/till-day',
      unit: 'receipts/s',
      median: Math.round(rates[Math.floor(rates.length / 2)]!),
      spread: [Math.floor(rates[0]!), Math.ceil(rates.at(-1)!)],
      ratios: {},
    }),
  ];
}

async function oneDay(receipts: number, seed: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-till-day-'));
  const at = new Date();
  const shelf = shelfOf(receipts * 2, at);
  const engine = await openEngine({ register: join(folder, 'register'), create: true });
  await engine.submit(shelf.events);
  await engine.close();
  const reader = await openEngine();
  const { key } = await new ApiKeys(folder).add({ scope: 'write', at });
  const server = await startServer(
    readSettings({ data: folder, register: join(folder, 'register'), port: '0', logLevel: 'silent' }, {}),
  );
  try {
    const { address } = server;
    const began = performance.now();
    const day = await sellADay(shelf, receipts, seed, {
      platform: [`${address}/api/v4/true-api/cdn/info`],
      module: address,
      reader,
      policies: SHOP_POLICIES,
      key,
      clientId: '9999078900000001',
      now: () => at,
    });
    if (day.differences.length > 0) throw new Error(`receipts and register differ: ${day.differences[0]}`);
    return (day.receipts / (performance.now() - began)) * 1000;
  } finally {
    await server.close();
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
