// Goal: every documented misbehaviour of the national API ends as documented, within one budget of time. Method: real hosts on real sockets.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { judge } from './ask-host.js';
import { type Behaviour, type Host, startHost } from './misbehaving-host.test.files.js';
import { NationalApi, type NationalApiOptions, refreshDelay } from './national-api.js';

const BUDGET_MS = 600;
/** What a busy machine may add to a budget. */
const SLACK_MS = 1500;
const MINUTE = 60_000;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

let clock = Date.UTC(2026, 2, 16, 9);
async function hosts(...behaviours: Behaviour[][]): Promise<Host[]> {
  const started = await Promise.all(behaviours.map((list) => startHost(list)));
  started.forEach((host, i) => {
    host.avgTimeMs = 10 * (i + 1);
  });
  open.push(...started);
  return started;
}
async function api(urls: string[], more: Partial<NationalApiOptions> = {}): Promise<NationalApi> {
  const made = new NationalApi({ urls, key: 'k', budgetMs: BUDGET_MS, now: () => new Date(clock), ...more });
  open.push(made);
  await made.refreshIfDue();
  return made;
}

describe('one host', () => {
  it.each<[Behaviour[], object, number]>([
    [['answer'], { kind: 'answered', reqTimestamp: 1774000000000 }, 1],
    [['emergency'], { kind: 'emergency' }, 1],
    [['unauthorized'], { kind: 'offline', why: 'unauthorized' }, 1],
    [['refuse'], { kind: 'refused', status: 400, description: 'your mistake' }, 1],
    [['code410'], { kind: 'refused', status: 200 }, 1],
    [['busy', 'answer'], { kind: 'answered' }, 2],
    [['broken', 'answer'], { kind: 'answered' }, 2],
    [['garbage', 'answer'], { kind: 'answered' }, 2],
    [['noCodes', 'answer'], { kind: 'answered' }, 2],
    [['hangUp', 'answer'], { kind: 'answered' }, 2],
    [['half', 'answer'], { kind: 'answered' }, 2],
    [['transborder', 'answer'], { kind: 'answered' }, 2],
    [['transborder', 'transborder', 'answer'], { kind: 'impossible' }, 2],
    [['busy'], { kind: 'offline', why: 'unavailable' }, 2],
    [['garbage'], { kind: 'offline', why: 'unavailable' }, 2],
    [['broken', 'hangUp', 'answer'], { kind: 'offline', why: 'unavailable' }, 2],
  ])('%j: one retry and no more', async (behaviours, expected, checks) => {
    const [host] = await hosts(behaviours);
    const asked = await api([host!.origin]);
    expect(await asked.check(['c'], '9999078900000001')).toMatchObject(expected);
    expect(host!.checks).toBe(checks);
    expect(host!.seen[0]).toEqual({ key: 'k', body: { codes: ['c'], fiscalDriveNumber: '9999078900000001' } });
  });

  it('that says nothing: offline when the budget is spent, not later', async () => {
    const [host] = await hosts(['hang']);
    const asked = await api([host!.origin]);
    const began = performance.now();
    expect(await asked.check(['c'])).toEqual({ kind: 'offline', why: 'timeout' });
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(BUDGET_MS - 50);
    expect(took).toBeLessThan(BUDGET_MS + SLACK_MS);
  });

  it('that isn’t there', async () => {
    const [host] = await hosts(['answer']);
    await host!.close();
    expect(await (await api([host!.origin])).check(['c'])).toMatchObject({ kind: 'offline' });
  });
});

describe('several hosts', () => {
  it('the fastest is asked first', async () => {
    const [slow, fast] = await hosts(['answer'], ['answer']);
    slow!.avgTimeMs = 300;
    const asked = await api([slow!.origin, fast!.origin]);
    await asked.check(['c']);
    expect([slow!.checks, fast!.checks]).toEqual([0, 1]);
  });

  it.each<Behaviour>(['busy', 'broken', 'garbage', 'hangUp', 'half', 'hang'])(
    '%s: the next one, and this aside for 15 minutes',
    async (bad) => {
      const [first, second] = await hosts([bad], ['answer']);
      const asked = await api([first!.origin, second!.origin], { budgetMs: 2000 });
      expect(await asked.check(['c'])).toMatchObject({ kind: 'answered' });
      const before = first!.checks;
      clock += 14 * MINUTE;
      await asked.check(['c']);
      expect(first!.checks).toBe(before);
      clock += 2 * MINUTE;
      first!.behaviours = ['answer'];
      await asked.check(['c']);
      expect(first!.checks).toBe(before + 1);
    },
  );

  it('all aside: the list is read once more, then offline', async () => {
    const [first] = await hosts(['broken']);
    const asked = await api([`${first!.origin}/api/v4/true-api/cdn/info`]);
    const infos = first!.infos;
    expect(await asked.check(['c'])).toEqual({ kind: 'offline', why: 'unavailable' });
    expect(first!.infos).toBeGreaterThan(infos);
    const after = first!.infos;
    await asked.check(['c']);
    await asked.check(['c']);
    expect(first!.infos).toBeLessThanOrEqual(after + 2);
  });
});

describe('the list of hosts', () => {
  it('is read at the start, and again after 6 to 7 hours', async () => {
    const [list, other] = await hosts(['answer'], ['answer']);
    list!.hosts = [other!.origin];
    const asked = await api([`${list!.origin}/api/v4/true-api/cdn/info`]);
    await asked.check(['c']);
    expect([list!.checks, other!.checks]).toEqual([0, 1]);
    const infos = list!.infos;
    clock += 6 * 60 * MINUTE - 1;
    await asked.refreshIfDue();
    expect(list!.infos).toBe(infos);
    clock += 61 * MINUTE;
    await asked.refreshIfDue();
    expect(list!.infos).toBe(infos + 1);
  });

  it('is never refreshed before 6 hours are over, nor after 7, however late it is looked at', () => {
    expect(refreshDelay(0)).toBe(6 * 60 * MINUTE);
    // A look every 30 seconds, 15 for the list, 2 for the hosts' health.
    expect(refreshDelay(1 - Number.EPSILON) + 47_000).toBeLessThanOrEqual(7 * 60 * MINUTE);
  });

  it('that came encrypted names no host in the clear, and none that is no host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tamga-tls-'));
    try {
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=127.0.0.1',
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          key,
          '-out',
          cert,
        ],
        { stdio: 'ignore' },
      );
      const [plain] = await hosts(['answer']);
      const list = await startHost(['answer'], { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
      open.push(list);
      list.hosts = [plain!.origin, 'javascript:alert(1)', 'nonsense', list.origin];
      const url = `${list.origin}/api/v4/true-api/cdn/info`;
      const trusting = await api([url], { ca: readFileSync(cert, 'utf8') });
      expect(await trusting.check(['c'])).toMatchObject({ kind: 'answered' });
      expect([plain!.checks, list.checks]).toEqual([0, 1]);
      // A certificate that nobody vouches for: broken TLS.
      expect(await (await api([list.origin])).check(['c'])).toMatchObject({ kind: 'offline' });
      expect(list.checks).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('judge', () => {
  it('takes any status and any text for one of its kinds', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.json({ maxDepth: 3 }),
      fc.record({ code: fc.anything() }).map((value) => JSON.stringify(value) ?? ''),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), text, (status, body) => {
        const { kind } = judge(status, body);
        if (kind === 'answered') expect(status).toBe(200);
        if (kind === 'emergency') expect([203, 418]).toContain(status);
        if (kind === 'transborder') expect(status).toBeGreaterThanOrEqual(500);
      }),
      { numRuns: 2000 },
    );
  });
});
