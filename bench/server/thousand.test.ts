import { describe, expect, it } from 'vitest';
import { thousand } from './thousand.js';

describe('many devices for a while', () => {
  it('lose nothing, a short form', async () => {
    expect(await thousand(60, 10, 3)).toMatchObject({ scans: 1800, lost: 0, double: 0 });
  });
});
