// The host's numbers of key rings are the core's: compared with the source that defines them.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS, ENCODINGS, HASHES, RING_LAYOUT } from './ring-layout.js';
import { TAIL_RESULTS } from './tail-results.js';

const source = readFileSync(new URL('../../../../core/assembly/tails/layout.ts', import.meta.url), 'utf8');
const written = new Map(
  [...source.matchAll(/^export const ([A-Z_\d]+): u32 = (0x[\d_a-f]+|[\d_]+);/gm)].map(([, name, value]) => [
    name!,
    Number(value!.replaceAll('_', '')),
  ]),
);

/** Names of the source in the order of their numbers, without their beginning. */
function named(prefix: string): string[] {
  const entries = [...written].filter(([name]) => name.startsWith(prefix)).sort((a, b) => a[1] - b[1]);
  expect(entries.map(([, number]) => number)).toEqual(entries.map((_, index) => index));
  return entries.map(([name]) => name.slice(prefix.length));
}

describe('the layout of key rings', () => {
  it('is the same on both sides', () => {
    for (const [name, value] of Object.entries(RING_LAYOUT)) expect([name, value]).toEqual([name, written.get(name)]);
  });

  it('numbers results, algorithms, hashes and encodings alike', () => {
    const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]/g, '');
    expect(named('TAIL_')).toEqual(TAIL_RESULTS.map((name) => name.replace('_TAIL', '')));
    const algorithms = ALGORITHMS.map((name) => plain(name.replace('-2012-256', '').replace('-p256-sha256', '-p256')));
    expect(named('ALGORITHM_').map(plain)).toEqual(algorithms);
    expect(named('HASH_').map(plain)).toEqual(HASHES.map(plain));
    expect(named('ENCODING_').map(plain)).toEqual(ENCODINGS.map(plain));
  });
});
