// Goal: a day at a till through the drop-in routes ends with receipts and register equal, also when the fastest host misbehaves in every documented way,
// and a difference would be seen. Method: a server and a peer on real sockets, a till with a clock of its own.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Engine, openEngine } from '../../engine/index.js';
import { startTestServer, type TestServer } from '../../server/serve/running.test.files.js';
import { type Behaviour, type Host, startHost } from '../../server/upstream/misbehaving-host.test.files.js';
import type { PrintedLine } from './till.js';
import { type DayOptions, type DayReport, SHOP_POLICIES, sellADay, shelfOf } from './till-simulator.js';

const AT = Date.UTC(2026, 2, 16, 6);
const RECEIPTS = 120;
const MINUTE = 60_000;
const LIST = '/api/v4/true-api/cdn/info';
const shelf = shelfOf(150, new Date(AT));
let reader: Engine;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  reader = await openEngine();
  open.push(reader);
});
afterAll(async () => {
  for (const each of open.reverse()) await each.close();
});

/** A shop: its server with the goods of the shelf, and what a till of it is set to. */
async function shop(): Promise<{ server: TestServer; options: DayOptions }> {
  let clock = AT;
  const policies = join(tmpdir(), `tamga-till-policies-${process.pid}.json`);
  writeFileSync(policies, JSON.stringify([{ from: '2026-01-01', commonFloor: SHOP_POLICIES[0]!.commonFloor }]));
  const now = () => new Date(clock);
  const server = await startTestServer({ permitPolicies: policies }, [], now);
  open.push(server);
  await server.engine.submit(shelf.events);
  const options = {
    platform: [server.address + LIST],
    module: server.address,
    key: server.key.write,
    clientId: '9999078900000001',
    now,
    reader,
    policies: SHOP_POLICIES,
    betweenReceipts: () => {
      clock += 5 * MINUTE;
    },
  };
  return { server, options };
}

const linesOf = ({ diary }: DayReport): PrintedLine[] => diary.receipts.flatMap(({ lines }) => lines);
const proofOf = ({ tags }: PrintedLine): string | undefined =>
  (tags.ffd12[1260] as Record<string, string> | undefined)?.[1265];

describe('a day at a till', () => {
  let server: TestServer;
  let options: DayOptions;
  let day: DayReport;
  beforeAll(async () => {
    ({ server, options } = await shop());
    day = await sellADay(shelf, RECEIPTS, 7, options);
  });

  it('ends with receipts and register equal', () => {
    expect(day.differences).toEqual([]);
    expect(day.receipts).toBeGreaterThan(80);
  });

  it('had sales, returns, parts, forbidden goods and offline hours', () => {
    const { differences: _, diary: __, ...counts } = day;
    for (const [what, count] of Object.entries(counts)) expect(count, what).toBeGreaterThan(0);
  });

  it('printed lines of every hour, those that the local module answered too', () => {
    const channels = new Set(linesOf(day).map(({ channel }) => channel));
    expect([...channels].sort()).toEqual(['offline', 'online']);
  });

  it('refused by every row that its goods and prices could meet', () => {
    const rows = new Set(day.diary.refusals);
    // 5: issued only; 6: blocked; 8: sold elsewhere; 12: expired; 13, 15: prices of tobacco; 18: twice in a receipt.
    for (const row of [5, 6, 8, 12, 13, 15, 18]) expect([...rows]).toContain(row);
  });

  it('printed the proof of every check, and the server wrote each of them down', async () => {
    const folder = join(server.folder, 'tills', 'checks');
    const written = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join('');
    const proofs = linesOf(day).map((line) => ({ line, proof: proofOf(line) ?? '' }));
    const idOf = (proof: string): string => /^UUID=([0-9a-f-]{36})&Time=\d+/.exec(proof)?.[1] ?? 'none';
    // The journal is a moment behind the answers.
    await vi.waitFor(() => expect(written()).toContain(idOf(proofs.at(-1)!.proof)), 10_000);
    const checked = new Map(
      written()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { reqId: string; codes: [string][] })
        .map(({ reqId, codes }) => [reqId, codes.map(([cis]) => cis)]),
    );
    for (const { line, proof } of proofs) {
      expect(checked.get(idOf(proof)), proof).toEqual([line.goods.cis]);
      expect(/&Inst=[0-9a-f-]{36}&Ver=/.test(proof)).toBe(line.channel === 'offline');
      expect(line.tags.ffd12[2003]).toEqual(expect.any(Number));
    }
  });

  it('would have seen a sale that no receipt has', async () => {
    const register = server.engine.register!;
    const unsold = shelf.goods.find(
      ({ cis }) => register.find(cis.slice(2, 16) + cis.slice(18))?.state === 'INTRODUCED',
    );
    await server.engine.submit({ kind: 'sell', checks: 'state', at: new Date(AT).toISOString(), codes: [unsold!.cis] });
    const { differences } = await sellADay(shelf, 0, 1, { ...options, clientId: '9999078900000002' });
    expect(differences).toContain(`${unsold!.cis}: false by the receipts, true by the register`);
  });
});

describe('a day with a fastest host that misbehaves', () => {
  const twice = (behaviour: Behaviour): Behaviour[] => [behaviour, behaviour];
  /** What makes a till put the host aside, twice where it tries again; then what it takes as an answer. */
  const aside: Behaviour[] = ['busy', 'broken', 'garbage', 'hangUp', 'half', 'noCodes'].flatMap((each) =>
    twice(each as Behaviour),
  );
  const answers: Behaviour[] = ['emergency', 'emergency', 'unauthorized', 'refuse', 'code410', ...twice('transborder')];
  let host: Host;
  let day: DayReport;
  beforeAll(async () => {
    const { server, options } = await shop();
    host = await startHost([...answers, 'hang', ...aside, 'broken']);
    host.avgTimeMs = 0;
    host.hosts = [host.origin, server.address];
    open.push(host);
    day = await sellADay(shelf, RECEIPTS, 11, { ...options, platform: [host.origin + LIST] });
  });

  it('ends with receipts and register equal', () => {
    expect(day.differences).toEqual([]);
    expect(day.receipts).toBeGreaterThan(80);
  });

  it('took each answer for what it is', () => {
    const { checks, told } = day.diary;
    expect([checks.emergency, checks.impossible]).toEqual([2, 1]);
    expect(told.filter((text) => text === 'the key is refused')).toHaveLength(1);
    expect(told.filter((text) => text.startsWith('refused: '))).toEqual([
      'refused: 400 your mistake',
      'refused: 200 not a marking code',
    ]);
    for (const line of linesOf(day)) {
      expect(proofOf(line) === undefined, line.channel).toBe(['emergency', 'impossible'].includes(line.channel));
    }
  });

  it('put the host aside for 15 minutes each time, and sold on with the other one', () => {
    const { told, checks } = day.diary;
    const times = told.filter((text) => text.startsWith(`${host.origin} is put aside`)).length;
    expect(times).toBeGreaterThan(7);
    // Ten hours have forty quarters.
    expect(times).toBeLessThanOrEqual(41);
    expect(checks.online).toBeGreaterThan(150);
    expect(host.checks).toBeLessThan(checks.online / 2);
  });

  it('read the list of hosts at its start and after 6 to 7 hours, in the background', () => {
    // The list and its own health, each time.
    expect(host.infos).toBe(4);
  });
});
