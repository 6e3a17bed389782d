// Goal: a scan is kept once, in order, with its verdict; sessions are the same when they are read back; two processes can't both go on with one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import { isTamgaError } from '../errors.js';
import { OUTCOMES } from '../reconcile/outcomes.js';
import type { NewSession } from './journal.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

const SNAPSHOT = fileURLToPath(new URL('../../../engine/documents/samples/registry-snapshot.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tamga-sessions-'));
const KNOWN = '010952000000606821UZDEMO0000001';
const unit = (number: number): string => `010952000000606821STRAY${String(number).padStart(8, '0')}`;
let engine: Engine;
let folders = 0;

beforeAll(async () => {
  engine = await openEngine({ register: join(folder, 'register'), create: true, workers: 0 });
  await engine.import([SNAPSHOT]);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const newFolder = (): string => join(folder, `sessions-${folders++}`);
const wanted = (id: string, given: Partial<NewSession> = {}): NewSession => ({
  id,
  created: 1_000,
  owner: null,
  context: { operation: 'count' },
  expected: null,
  ...given,
});

async function withSessions<T>(path: string, work: (sessions: Sessions) => Promise<T>): Promise<T> {
  const sessions = engine.openSessions(path, { expectedOf: async (job) => engine.expectedCodes([join(folder, job)]) });
  try {
    return await work(sessions);
  } finally {
    await sessions.close();
  }
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => (isTamgaError(error) ? error.code : String(error)),
  );

describe('a session', () => {
  it('keeps scans of several devices, acknowledges them when they are on disk, and is the same when it is read back', async () => {
    const path = newFolder();
    const before = await withSessions(path, async (sessions) => {
      const session = await sessions.use(wanted('stock'), null);
      const [a, b] = [session.device('a'), session.device('b')];
      const acknowledged: number[] = [];
      for (const device of [a, b]) {
        session.speakFor(device, { kept: () => acknowledged.push(device.durableSeq), replaced: () => undefined });
      }
      expect(session.take(a, KNOWN, 5_000)).toMatchObject({
        scan: { seq: 1, repeated: false },
        verdict: { reason: 'OK' },
      });
      expect(session.take(b, KNOWN, 5_001)).toMatchObject({ scan: { seq: 1, repeated: true } });
      expect(session.take(a, unit(1), 5_002)).toMatchObject({
        scan: { seq: 2, repeated: false },
        verdict: { reason: 'NOT_FOUND' },
      });
      expect(acknowledged).toEqual([]);
      await sessions.flush();
      expect(acknowledged).toEqual([2, 1]);
      for (let i = 0; i < 500; i++) {
        session.take(i % 2 ? a : b, unit(i % 100), 6_000 + i);
        if (i % 50 === 0) await sessions.flush();
      }
      session.take(b, 'nonsense', 7_000);
      session.take(b, 'nonsense', 7_000);
      return session.counts;
    });
    // 99 codes more than unit(1) were new; the nonsense is no code, and none of it repeats.
    expect(before).toMatchObject({
      scans: 505,
      repeated: 402,
      devices: 2,
      outcomes: { OK: 2, NOT_FOUND: 501, UNKNOWN_CODE_TYPE: 2 },
    });
    await withSessions(path, async (sessions) => {
      const session = await sessions.use(wanted('stock'), null);
      expect(session.counts).toEqual(before);
      expect(session.device('a')).toMatchObject({ lastSeq: 252, durableSeq: 252 });
      expect(session.take(session.device('a'), unit(5), 0)).toMatchObject({ scan: { seq: 253, repeated: true } });
      await sessions.flush();
      const scans = [...sessions.scans('stock')].flatMap(({ scans }) => scans);
      expect(scans.length).toBe(506);
      expect(scans[0]).toEqual({
        device: 'a',
        seq: 1,
        time: 5_000,
        code: KNOWN,
        outcome: OUTCOMES.indexOf('OK'),
        allow: 1,
        repeated: false,
        ordinal: expect.any(Number),
      });
      for (const name of ['a', 'b']) {
        const seqs = scans.filter(({ device }) => device === name).map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.map((_, i) => i + 1));
      }
    });
  });

  it('tells again what a device has not seen', async () => {
    await withSessions(newFolder(), async (sessions) => {
      const session = await sessions.use(wanted('again'), null);
      const [a, b] = [session.device('a'), session.device('b')];
      for (let round = 0; round < 10; round++) {
        for (let i = 0; i < 7; i++) session.take(a, unit(round * 7 + i), 0);
        if (round % 3 === 0) session.take(b, unit(999), 0);
        await sessions.flush();
      }
      for (let i = 0; i < 5; i++) {
        session.take(b, unit(1), 0);
        await sessions.flush();
      }
      for (const after of [0, 1, 6, 7, 8, 33, 69, 70]) {
        const seqs = [...sessions.scansOf(session, a, after)].flat().map(({ seq, code }) => {
          expect(code).toBe(unit(seq - 1));
          return seq;
        });
        expect(seqs).toEqual(Array.from({ length: 70 - after }, (_, i) => after + 1 + i));
      }
      expect([...sessions.scansOf(session, session.device('new'), 0)]).toEqual([]);
    });
  });

  it('counts against what is expected', async () => {
    writeFileSync(
      join(folder, 'expected.txt'),
      [KNOWN, unit(1), unit(2), '010952000000606821UZDEMO0000002'].join('\n'),
    );
    const path = newFolder();
    const expected = { expected: 'expected.txt' };
    await withSessions(path, async (sessions) => {
      const session = await sessions.use(wanted('delivery', expected), null);
      expect(session.counts.expected).toEqual({ total: 4, found: 0, missing: 4, surplus: 0 });
      const device = session.device('a');
      for (const code of [KNOWN, unit(1), unit(3), KNOWN, 'nonsense']) session.take(device, code, 0);
      expect(session.counts.expected).toEqual({ total: 4, found: 2, missing: 2, surplus: 1 });
      expect(await codeOf(sessions.use(wanted('delivery', { expected: 'other.txt' }), null))).toBe('SESSION_REFUSED');
      expect(await codeOf(sessions.use(wanted('new', { expected: 'absent.txt' }), null))).toBe('FILE_NOT_FOUND');
      expect(await codeOf(sessions.find('new'))).toBe('SESSION_NOT_FOUND');
    });
    await withSessions(path, async (sessions) => {
      const session = await sessions.find('delivery');
      expect(session.counts.expected).toEqual({ total: 4, found: 2, missing: 2, surplus: 1 });
    });
  });

  it('counts units by the packages that they are in', async () => {
    const box = '195200000000000315';
    const inBox = [...engine.register!.children(engine.register!.find(box)!.ordinal)].map((unit) =>
      engine.register!.textOf(unit),
    );
    expect(inBox.length).toBeGreaterThan(1);
    // The pallet holds the box; one of its units is named, too.
    writeFileSync(
      join(folder, 'pallet.txt'),
      ['00295200000000000329', `01${inBox[0]!.slice(0, 14)}21${inBox[0]!.slice(14)}`].join('\n'),
    );
    await withSessions(newFolder(), async (sessions) => {
      const session = await sessions.use(wanted('pallet', { expected: 'pallet.txt' }), null);
      const total = session.counts.expected!.total;
      expect(total).toBeGreaterThanOrEqual(inBox.length);
      const device = session.device('a');
      session.take(device, `01${inBox[1]!.slice(0, 14)}21${inBox[1]!.slice(14)}`, 0);
      expect(session.counts.expected).toMatchObject({ found: 1, surplus: 0 });
      session.take(device, `00${box}`, 0);
      expect(session.counts.expected).toEqual({
        total,
        found: inBox.length,
        missing: total - inBox.length,
        surplus: 0,
      });
    });
  });

  it('is ended once, takes nothing more, and becomes a list of what was scanned', async () => {
    const path = newFolder();
    await withSessions(path, async (sessions) => {
      const session = await sessions.use(wanted('done'), null);
      const device = session.device('a');
      const ended: unknown[] = [];
      session.onEnd((error) => ended.push(error));
      for (const code of [KNOWN, 'two\r\nlines', '']) session.take(device, code, 0);
      expect(await sessions.end('done', 9_000)).toMatchObject({ closed: 9_000 });
      expect(await sessions.end('done', 9_999)).toMatchObject({ closed: 9_000 });
      expect([session.isOpen, ended, device.durableSeq]).toEqual([false, [null], 3]);
      expect((await sessions.find('done')).isOpen).toBe(false);
      expect(await sessions.writeCodes('done', join(folder, 'done.txt'))).toBe(3);
      expect(readFileSync(join(folder, 'done.txt'), 'utf8')).toBe(`${KNOWN}\ntwo  lines\n\n`);
      await sessions.remove('done', 10_000);
      expect(await codeOf(sessions.find('done'))).toBe('SESSION_NOT_FOUND');
      expect((await sessions.use(wanted('done'), null)).counts.scans).toBe(0);
    });
  });

  it('is of its participant', async () => {
    await withSessions(newFolder(), async (sessions) => {
      await sessions.use(wanted('mine', { owner: '300000001' }), '300000001');
      expect(await codeOf(sessions.use(wanted('mine'), '999'))).toBe('SESSION_REFUSED');
      expect((await sessions.use(wanted('mine'), null)).stored.owner).toBe('300000001');
    });
  });
});

describe('two that have one session open', () => {
  it('never overwrite each other: the slower loses what was not acknowledged', async () => {
    const path = newFolder();
    await withSessions(path, (one) =>
      withSessions(path, async (two) => {
        const [first, second] = [await one.use(wanted('shared'), null), await two.use(wanted('shared'), null)];
        const lost = new Promise<unknown>((resolve) => second.onEnd(resolve));
        first.take(first.device('a'), unit(1), 0);
        await one.flush();
        second.take(second.device('a'), unit(2), 0);
        await two.flush();
        expect(await lost).toMatchObject({ code: 'SESSION_LOST' });
        const again: Session = await two.use(wanted('shared'), null);
        expect(again.device('a').lastSeq).toBe(1);
        again.take(again.device('a'), unit(2), 0);
        await two.flush();
        expect([...two.scans('shared')].flatMap(({ scans }) => scans).map(({ seq, code }) => [seq, code])).toEqual([
          [1, unit(1)],
          [2, unit(2)],
        ]);
        await one.end('shared', 1).catch(() => undefined);
        expect(await one.end('shared', 1)).toMatchObject({ closed: 1 });
      }),
    );
  });
});
