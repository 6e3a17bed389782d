// Goal: a day at a till through the drop-in routes ends with receipts and register equal, and a difference would be seen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../server/serve/running.test.files.js';
import { type DayReport, sellADay, shelfOf } from './till-simulator.js';

const AT = new Date('2026-03-16T09:00:00Z');
const shelf = shelfOf(150, AT);
let server: TestServer;
let day: DayReport;

beforeAll(async () => {
  server = await startTestServer({}, [], () => AT);
  await server.engine.submit(shelf.events);
  day = await sellADay(shelf, 120, 7, optionsOf('9999078900000001'));
});
afterAll(() => server.close());

const optionsOf = (clientId: string) => ({
  online: server.address,
  module: server.address,
  key: server.key.write,
  clientId,
  now: () => AT,
});

describe('a day at a till', () => {
  it('ends with receipts and register equal', () => {
    expect(day.differences).toEqual([]);
    expect(day.receipts).toBeGreaterThan(80);
  });

  it('had sales, returns, parts, forbidden goods and offline hours', () => {
    for (const [what, count] of Object.entries(day)) if (what !== 'differences') expect(count, what).toBeGreaterThan(0);
  });

  it('would have seen a sale that no receipt has', async () => {
    const register = server.engine.register!;
    const unsold = shelf.goods.find(
      ({ cis }) => register.find(cis.slice(2, 16) + cis.slice(18))?.state === 'INTRODUCED',
    );
    await server.engine.submit({ kind: 'sell', checks: 'state', at: AT.toISOString(), codes: [unsold!.cis] });
    const { differences } = await sellADay(shelf, 0, 1, optionsOf('9999078900000002'));
    expect(differences).toContain(`${unsold!.cis}: false by the receipts, true by the register`);
  });
});
