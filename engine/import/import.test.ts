import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { contentsOf, sscc } from '../register/register.test.data.js';
import { wallClockMinutes } from '../wall-clock.js';
import type { ImportProgress, ImportReport } from './import.js';
import { AT, code, failing, idsOf, importPlace, sample, snapshotCsv } from './import.test.data.js';

const place = await importPlace();

const [PACKING, ORDER, BOX_1, BOX_2] = [
  'mdlp-311-register_end_packing.xml',
  'mdlp-415-move_order.xml',
  'mdlp-911-unit_pack.xml',
  'mdlp-911-unit_pack-2.xml',
].map(sample);
const SNAPSHOT = sample('registry-snapshot.csv');
const LIST = sample('inventory-list.txt');
const SELLER = sample('upd-503-seller.xml');

const fileOf = (report: ImportReport, path: string) => report.files.find((file) => file.path === path);

describe('the samples', () => {
  it('of a register snapshot give records with state, owner, parts, expiry and packages', async () => {
    const register = place.register();
    const report = await place.into(register, [SNAPSHOT]);
    expect(report).toMatchObject({
      files: [
        { path: SNAPSHOT, format: 'csv', codes: 20, created: 20, events: 1, eventsKnown: 0, conflicts: 0, findings: 0 },
      ],
      findings: [],
      register: { codes: 20, lastEvent: 1, lastEventAt: AT.toISOString() },
    });
    const unitOf = (n: number) => register.find(`09520000006068UZDEMO00000${String(n).padStart(2, '0')}`);
    expect(unitOf(1)).toMatchObject({
      state: 'INTRODUCED',
      owner: '300000001',
      parent: null,
      parts: null,
      package: false,
      expiry: wallClockMinutes('2028-01-31'),
      lastEvent: 1,
    });
    expect(unitOf(3)?.parts).toEqual({ inner: 2, sold: 1 });
    expect([4, 5, 7, 11, 15].map((n) => [unitOf(n)?.state, unitOf(n)?.owner])).toEqual([
      ['INTRODUCED', '300000002'],
      ['EMITTED', '300000003'],
      ['RETIRED', '300000001'],
      ['INTRODUCED', '300000001'],
      ['APPLIED', '300000001'],
    ]);
    expect(unitOf(11)?.expiry).toBe(wallClockMinutes('2026-01-31'));
    expect(unitOf(6)).toBeNull();
    const [pallet, box] = ['295200000000000329', '195200000000000315'].map((text) => register.find(text));
    expect([pallet?.package, box?.package, box?.parent, pallet?.parent]).toEqual([true, true, pallet?.ordinal, null]);
    expect([...register.children(box?.ordinal ?? 0)]).toEqual([21, 22, 23].map((n) => unitOf(n)?.ordinal));
    expect([...register.children(pallet?.ordinal ?? 0)].sort()).toEqual([box?.ordinal, unitOf(24)?.ordinal].sort());
    expect(register.stat()).toMatchObject({
      units: 18,
      packages: 2,
      byState: { EMITTED: 1, APPLIED: 1, INTRODUCED: 15, RETIRED: 3 },
    });
  });

  it('of a list give codes of which nothing is known, or what the call says of them', async () => {
    const bare = place.register();
    const report = await place.into(bare, [LIST]);
    const lines = readFileSync(LIST, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const distinct = new Set(lines).size;
    expect(report.files[0]).toMatchObject({ format: 'list', codes: lines.length, created: distinct, findings: 0 });
    expect(bare.view().codes).toBe(distinct);
    expect(bare.find('09520000006068UZDEMO0000001')).toMatchObject({ state: 'UNKNOWN', owner: null, expiry: null });
    const stated = place.register();
    await place.into(stated, [LIST], { state: 'INTRODUCED', owner: '7700000001' });
    expect(stated.stat()).toMatchObject({
      byState: { INTRODUCED: distinct },
      owners: [{ owner: '7700000001', codes: distinct }],
    });
  });

  it('of documents give packing, packages and shipment, whatever the order of the files', async () => {
    const files = [PACKING, BOX_1, ORDER];
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const digests = new Set<string>();
    for (const order of orders) {
      const register = place.register();
      const report = await place.into(
        register,
        order.map((i) => files[i]),
      );
      expect(report.files.map(({ format }) => format.replace(/@.*/, ''))).toEqual(['mdlp:311', 'mdlp:911', 'mdlp:415']);
      expect(report.findings).toEqual([]);
      digests.add(register.digest());
      for (let n = 1; n <= 5; n++) {
        expect(register.find(`095200000010187DEMOBX1A000${n}`)).toMatchObject({
          state: 'SHIPPED',
          owner: '00000000000101',
          series: 'A0126',
          expiry: wallClockMinutes('2028-12-31'),
          parent: register.find('195200000000000117')?.ordinal,
        });
      }
      expect(register.find('195200000000000117')).toMatchObject({ package: true, state: 'SHIPPED' });
      expect(register.find('095200000020227DEMOLSEC0001')).toMatchObject({
        state: 'SHIPPED',
        owner: '00000000000101',
        parent: null,
      });
    }
    expect(digests.size).toBe(1);
  });

  it('of documents of the same kind give the same records in either order', async () => {
    const [one, two] = [place.register(), place.register()];
    await place.into(one, [PACKING, BOX_1, BOX_2, ORDER]);
    await place.into(two, [ORDER, BOX_2, PACKING, BOX_1]);
    expect(contentsOf(two)).toEqual(contentsOf(one));
    expect(one.find('195200000000000124')).toMatchObject({ package: true, state: 'SHIPPED' });
    expect(one.children(one.find('195200000000000124')?.ordinal ?? 0).length).toBe(3);
    expect(two.digest()).toBe(one.digest());
  });

  it('of a seller and his buyer give a shipment, and nothing before the answer is acted on', async () => {
    const register = place.register();
    const report = await place.into(register, [
      SELLER,
      sample('upd-503-buyer.xml'),
      sample('mdlp-416-receive_order.xml'),
    ]);
    expect(fileOf(report, SELLER)?.events).toBe(1);
    expect(report.files.filter(({ events }) => events > 0).length).toBe(1);
    expect(register.stat().byState.SHIPPED).toBe(register.view().codes);
    expect(register.view().codes).toBeGreaterThan(0);
  });

  it('change nothing when they come again, in any company', async () => {
    const register = place.register();
    const files = [PACKING, BOX_1, BOX_2, ORDER, SNAPSHOT, LIST, SELLER];
    const first = await place.into(register, files);
    const digest = register.digest();
    const events = first.files.reduce((sum, file) => sum + file.events, 0);
    expect(events).toBe(register.view().lastEvent);
    for (const again of [files, [...files].reverse(), [LIST], [ORDER, ORDER]]) {
      const report = await place.into(register, again, { at: new Date('2030-01-01') });
      for (const file of report.files)
        expect(file).toMatchObject({ created: 0, conflicts: 0, eventsKnown: file.events });
      expect(register.digest()).toBe(digest);
      expect(register.view().lastEventAt).toBe(AT.toISOString());
    }
  });
});

describe('an import that goes on', () => {
  it('counts what an earlier run of it applied, conflicts too', async () => {
    const register = place.register();
    const list = (name: string, count: number, tail: string): string =>
      place.write(
        name,
        Array.from({ length: count }, (_, i) => `${code(i)}\x1d91EE06\x1d92${tail.repeat(43)}=\n`).join(''),
      );
    await place.into(register, [list('before.txt', 40, 'a')]);
    const since = register.view().lastEvent;
    const path = list('other-tails.txt', 60, 'b');
    const [whole] = (await place.into(register, [path])).files;
    expect(whole).toMatchObject({ created: 20, conflicts: 40, eventsKnown: 0 });
    expect((await place.into(register, [path], { since })).files).toEqual([whole]);
    const known = { ...whole, created: 0, conflicts: 0, eventsKnown: whole!.events };
    expect((await place.into(register, [path], { since: register.view().lastEvent })).files).toEqual([known]);
  });
});

describe('an import that fails', () => {
  const broken: [string, string | Uint8Array, string][] = [
    ['broken.xml', '<?xml version="1.0"?><documents version="1.37"><unit_pack action_id="911">', 'XML_BROKEN'],
    ['empty.txt', '', 'FILE_EMPTY'],
    ['cut.csv.gz', gzipSync(snapshotCsv(2000)).subarray(0, 3000), 'GZIP_BROKEN'],
    ['wide.txt', Buffer.from('\ufffe0\u00001\u00000\u0000', 'utf16le'), 'FILE_UTF16'],
    ['columns.csv', 'status;expiry\nAPPLIED;2028-01-01\n', 'CSV_NO_CODE_COLUMN'],
  ];
  for (const [name, content, code] of broken) {
    it(`at a later file leaves the register as it was (${code})`, async () => {
      const register = place.register();
      await place.into(register, [SNAPSHOT]);
      const digest = register.digest();
      const good = place.write('good.csv', snapshotCsv(300));
      const bad = place.write(name, content);
      for (const files of [
        [good, bad],
        [bad, good],
        [PACKING, good, bad],
      ]) {
        expect(await failing(place.into(register, files))).toBe(code);
        expect(register.digest()).toBe(digest);
      }
      expect(await failing(place.into(register, [good, join(place.folder, 'absent')]))).toBe('FILE_NOT_FOUND');
      expect(register.digest()).toBe(digest);
      expect((await place.into(register, [good])).files[0].created).toBe(300);
    });
  }
});

describe('progress and cancelling', () => {
  it('tells of reading, writing and the image, never backwards and to the end', async () => {
    const register = place.register();
    const [one, two] = [place.write('one.csv', snapshotCsv(30_000)), place.write('two.txt', `${code(1, 7)}\n`)];
    const steps: ImportProgress[] = [];
    const report = await place.into(register, [one, two], { onProgress: (progress) => steps.push({ ...progress }) });
    expect([...new Set(steps.map(({ stage, path }) => `${stage} ${path}`))]).toEqual([
      `read ${one}`,
      `read ${two}`,
      `write ${one}`,
      `write ${two}`,
      `image ${register.path}`,
    ]);
    for (const [stage, path, codes] of [
      ['read', one, 30_000],
      ['write', one, 30_000],
      ['write', two, 1],
    ] as const) {
      const done = steps.filter((step) => step.stage === stage && step.path === path).map((step) => step.done);
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(done[done.length - 1]).toBe(codes);
    }
    expect(steps.filter(({ stage }) => stage === 'write').every(({ done, total }) => done <= (total ?? 0))).toBe(true);
    expect(report.timings.map(({ stage }) => stage)).toEqual([
      `read ${one}`,
      `read ${two}`,
      `write ${one}`,
      `write ${two}`,
      'image',
    ]);
  });

  it('cancelled before or while it reads leaves the register as it was', async () => {
    const register = place.register();
    const digest = register.digest();
    const path = place.write('big.csv', snapshotCsv(60_000));
    const signal = AbortSignal.abort();
    for (const files of [[path], [LIST], [ORDER], [path, ORDER]]) {
      expect(await failing(place.into(register, files, { signal }))).toBe('CANCELLED');
    }
    const controller = new AbortController();
    const reading = place.into(register, [path], { signal: controller.signal, onProgress: () => controller.abort() });
    expect(await failing(reading)).toBe('CANCELLED');
    expect(register.digest()).toBe(digest);
  });

  it('cancelled while it writes keeps whole events, and goes on from there', async () => {
    const files = Array.from({ length: 4 }, (_, i) => place.write(`part-${i}.txt`, `${code(i, 3)}\n${code(i, 4)}\n`));
    const whole = place.register();
    await place.into(whole, files);
    const ids = idsOf(whole);
    expect(ids.length).toBe(4);
    const register = place.register();
    for (let kept = 1; kept <= 3; kept++) {
      const controller = new AbortController();
      let written = 0;
      const onProgress = ({ stage }: ImportProgress): void => {
        if (stage === 'write' && ++written === kept) controller.abort();
      };
      expect(await failing(place.into(register, files, { signal: controller.signal, onProgress }))).toBe('CANCELLED');
      expect(idsOf(register)).toEqual(ids.slice(0, kept));
    }
    const report = await place.into(register, files);
    expect(report.files.map(({ eventsKnown }) => eventsKnown)).toEqual([1, 1, 1, 0]);
    expect(register.digest()).toBe(whole.digest());
    expect(readdirSync(register.path).sort()).toEqual(['data.mdb', 'image', 'lock.mdb']);
  });
});

describe('a file longer than a run', () => {
  it('is read twice and written run by run, to the last code', async () => {
    // Repeats of one code are cheap to write: they are the same event.
    const [first, often, last] = [sscc(1), sscc(5), sscc(9)];
    const repeats = 4_100_000;
    const line = Buffer.from(`${often}\n`);
    const path = place.write(
      'long-run.txt',
      Buffer.concat([
        Buffer.from(`${last}\n`),
        Buffer.alloc(line.length * repeats, line),
        Buffer.from(`bad\n${first}\n`),
      ]),
    );
    const register = place.register();
    const report = await place.into(register, [path, place.write('after.txt', code(1))]);
    expect(fileOf(report, path)).toMatchObject({ codes: repeats + 2, created: 3, findings: 1 });
    expect(report.findings.map(({ line: at }) => at)).toEqual([repeats + 2]);
    expect(register.view().codes).toBe(4);
    // All events but the first and last of each run are the same.
    const { events = 0, eventsKnown = 0 } = fileOf(report, path) ?? {};
    expect(events).toBeGreaterThan(repeats / 16_384);
    expect(events - eventsKnown).toBeLessThan(8);
  });
});
