// Goal: an abort is obeyed in whatever phase of a run it comes. Method: the abort comes at a point that the run tells of, and what is still
// done behind it is counted: no time is measured.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from '../core/host/index.js';
import { codeOf, keyOf, scanOf, scratchFiles } from './bulk/lists.test.data.js';
import { type Engine, openEngine } from './engine.js';
import type { ReconcileOptions } from './reconcile/reconcile.js';
import { loadImage, loadImageBySlices } from './register/image.js';
import { CODES_AT_ONCE, EVENT_CODES_MAX } from './register/limits.js';
import { Register } from './register/register.js';
import { eventOf } from './register/register.test.data.js';

const { folder, write } = scratchFiles();
const CODES = 90_000;
const path = join(folder, 'register');
const image = join(path, 'image');
const list = (count: number, of: (i: number) => string): string =>
  `${Array.from({ length: count }, (_, i) => of(i)).join('\n')}\n`;
const cancelled = { code: 'CANCELLED' };
let engine: Engine;
let registered = '';
/** Half of the codes are unknown, and some of these repeat. */
let scans = '';

beforeAll(async () => {
  registered = write(list(CODES, codeOf));
  scans = write(list(30_000, (i) => scanOf(i % 2 === 0 ? i : CODES + (i % 5000))));
  engine = await openEngine({ register: path, create: true, workers: 0 });
});
afterAll(async () => {
  await engine.close();
});

describe('an import', () => {
  it('ends behind the transaction that was under way, and goes on when it is run again', async () => {
    const control = new AbortController();
    const stages: string[] = [];
    const importing = engine.import([registered], {
      state: 'INTRODUCED',
      signal: control.signal,
      onProgress: ({ stage }) => {
        stages.push(stage);
        if (stage === 'write') control.abort();
      },
    });
    await expect(importing).rejects.toMatchObject(cancelled);
    expect(stages.filter((stage) => stage !== 'read')).toEqual(['write']);
    expect(engine.register?.view().lastEvent).toBe(CODES_AT_ONCE / EVENT_CODES_MAX);
  });

  it('that has written everything does not wait for the image', async () => {
    const control = new AbortController();
    const importing = engine.import([registered], {
      state: 'INTRODUCED',
      signal: control.signal,
      onProgress: ({ stage }) => void (stage === 'image' && control.abort()),
    });
    await expect(importing).rejects.toMatchObject(cancelled);
    expect(engine.register?.view().codes).toBe(CODES);
    expect(existsSync(image)).toBe(false);
  });
});

describe('an image that is made', () => {
  it('is left half made, and whole the next time', async () => {
    const register = Register.open(path);
    const core = await loadCore({ seed: register.seed });
    for (let turns = 0; turns < 8; turns += 2) {
      const control = new AbortController();
      const later = (left: number): void => void setImmediate(() => (left === 0 ? control.abort() : later(left - 1)));
      later(turns);
      await expect(loadImageBySlices(register, core, control.signal)).rejects.toMatchObject(cancelled);
      expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
    }
    await expect(loadImageBySlices(register, core, AbortSignal.abort())).rejects.toMatchObject(cancelled);
    // Two at once, and events that come between their slices.
    const both = [loadImageBySlices(register, core), loadImageBySlices(register, core)];
    await new Promise(setImmediate);
    const event = eventOf({
      codes: [
        [keyOf(3), { state: 9 }],
        [keyOf(900_000), { state: 9 }],
      ],
    });
    expect(engine.register?.apply(event)).toMatchObject({ applied: true, created: 1 });
    const [one, other] = await Promise.all(both);
    expect(other).toBe(one);
    const fresh = Register.open(path);
    const right = loadImage(fresh, core);
    expect({ codes: one?.codes, lastEvent: one?.lastEvent }).toEqual({
      codes: right.codes,
      lastEvent: right.lastEvent,
    });
    expect(
      Buffer.from(Int32Array.from(one?.rows ?? []).buffer).equals(Buffer.from(Int32Array.from(right.rows).buffer)),
    ).toBe(true);
    await fresh.close();
    await register.close();
  });
});

describe('a verification', () => {
  it('ends behind its last block, too', async () => {
    const control = new AbortController();
    const verifying = engine.verifyFile(scans, {
      signal: control.signal,
      onProgress: ({ done }) => void (done === 30_000 && control.abort()),
    });
    await expect(verifying).rejects.toMatchObject(cancelled);
  });

  it('ends while it settles the codes that nobody knows', async () => {
    const control = new AbortController();
    const verifying = engine.verifyFile(scans, {
      signal: control.signal,
      onProgress: ({ done }) => void (done === 30_000 && setImmediate(() => setImmediate(() => control.abort()))),
    });
    await expect(verifying).rejects.toMatchObject(cancelled);
  });

  it('ends while its verdicts are told', async () => {
    const control = new AbortController();
    const result = await engine.verifyFile(scans, { signal: control.signal });
    let told = 0;
    const telling = async (): Promise<void> => {
      for await (const _ of result.verdicts()) if (++told === 10) control.abort();
    };
    await expect(telling()).rejects.toMatchObject(cancelled);
    expect(told).toBe(10);
    await result.close();
  });
});

describe.each<[string, readonly string[], () => Pick<ReconcileOptions, 'expected' | 'expectedSet'>]>([
  ['line by line', ['expected', 'scanned'], () => ({ expected: [registered] })],
  ['by sets', ['scanned'], () => ({ expected: [], expectedSet: { state: 'INTRODUCED' } })],
])('a reconciliation %s', (_, phases, expected) => {
  it.each(phases)('ends behind what is %s', async (last) => {
    const control = new AbortController();
    const stages = new Set<string>();
    const reconciling = engine.reconcile({
      ...expected(),
      scanned: [scans],
      signal: control.signal,
      onProgress: ({ stage, done }) => {
        stages.add(stage);
        if (stage === last && done === (stage === 'expected' ? CODES : 30_000)) control.abort();
      },
    });
    await expect(reconciling).rejects.toMatchObject(cancelled);
    expect(stages.has('scanned')).toBe(last === 'scanned');
  });

  it('ends while its findings are told', async () => {
    for (const stream of ['findings', 'missing'] as const) {
      const control = new AbortController();
      const result = await engine.reconcile({ ...expected(), scanned: [scans], signal: control.signal });
      let told = 0;
      const telling = async (): Promise<void> => {
        for await (const _ of result[stream]()) if (++told === 10) control.abort();
      };
      await expect(telling()).rejects.toMatchObject(cancelled);
      expect(told).toBe(10);
      await result.close();
    }
  });
});
