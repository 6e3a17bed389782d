// The curves as data: what the generator refuses, and that each base point has the order that is written.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { curveOf, multiply } from './issuer/curve.js';

type Data = { version: number; curves: Record<string, unknown>[] };

const room = new URL('../../../core/', import.meta.url);
const { readCurves } = (await import(new URL('generate/curves.mjs', room).href)) as {
  readCurves(data: Data): { name: string }[];
};
const read = (): Data => JSON.parse(readFileSync(new URL('data/curves.json', room), 'utf8')) as Data;
const names = readCurves(read()).map(({ name }) => name);

describe('curves', () => {
  it.each(names)('%s: q·P is the point at infinity, (q − 1)·P is −P', (name) => {
    const curve = curveOf(name);
    expect(multiply(curve, curve.q, curve.base)).toBeNull();
    expect(multiply(curve, curve.q - 1n, curve.base)).toEqual({ x: curve.base!.x, y: curve.p - curve.base!.y });
  });

  it.each([
    ['a point off the curve', { y: '1'.repeat(64) }],
    ['a number of another length', { a: '7' }],
    ['capital letters', { p: 'F'.repeat(64) }],
    ['an unknown field', { field: 'P1' }],
    ['a name twice', { name: 'CryptoPro-B' }],
    ['a wrong number', { number: 3 }],
    ['an unknown key', { comment: '' }],
  ])('%s is refused', (_, change) => {
    const data = read();
    Object.assign(data.curves[1]!, change);
    expect(() => readCurves(data)).toThrow('curves.json');
  });
});
