/** The suite runs, small, so that it can't rot; how fast it is is not asked here. */
import { expect, it } from 'vitest';
import { rawBulk } from './raw-bulk.js';

it('every line of a raw body is answered, as a byte and as a line', async () => {
  const results = await rawBulk({ small: true });
  expect(results.map(({ id, unit }) => [id, unit])).toEqual([
    ['server/raw-bulk', 'codes/s'],
    ['server/raw-bulk-lines', 'codes/s'],
  ]);
  for (const { median, ratios } of results) {
    expect(median).toBeGreaterThan(0);
    expect(ratios.emptyRoute).toBeGreaterThan(0);
  }
}, 60_000);
