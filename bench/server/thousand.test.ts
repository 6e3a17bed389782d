import { describe, expect, it } from 'vitest';
import { fault, thousand } from './thousand.js';

describe('many devices for a while', () => {
  it('lose nothing, a short form', async () => {
    const result = await thousand(60, 10, 3);
    expect(result).toMatchObject({ scans: 1800, lost: 0, double: 0 });
    expect(fault(result)).toBeNull();
  });

  it('fail when a scan is lost or doubled, though totals are right, and when memory grows', () => {
    const well = { scans: 100, lost: 0, double: 0, p50: 1, p99: 2, memory: { warm: 100, end: 120 } };
    expect(fault(well)).toBeNull();
    expect(fault({ ...well, lost: 1, double: 1 })).toContain('1 scans were lost, 1 came more than once');
    expect(fault({ ...well, memory: { warm: 100, end: 400 } })).toContain('grew from 100 to 400 MiB');
  });
});
