// Goal: codes/check says of every code what the register knows and nothing else, in the documented shape; its refusals are the documented ones.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT, full, keg, milk, OWNER, shoe, startTillServer, type TillServer } from './tills.test.files.js';

const PATH = '/api/v4/true-api/codes/check';
let server: TillServer;
beforeAll(async () => {
  server = await startTillServer({ checkCodesMax: '20' });
});
afterAll(() => server.close());

async function factsOf(cis: string): Promise<Record<string, unknown>> {
  const { body, status } = await server.post(PATH, { codes: [full(cis)] });
  expect(status).toBe(200);
  return body.codes[0]!;
}

describe('POST /api/v4/true-api/codes/check', () => {
  it('answers in the documented shape', async () => {
    const { status, headers, body } = await server.post(PATH, {
      codes: [full(milk(1))],
      fiscalDriveNumber: '9999078900000001',
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(body).toEqual({
      code: 0,
      description: 'ok',
      codes: [
        {
          cis: full(milk(1)),
          valid: true,
          printView: milk(1),
          gtin: '04607000001097',
          groupIds: [8],
          found: true,
          realizable: true,
          utilised: true,
          isBlocked: false,
          expireDate: '2026-12-31T20:59:00.000Z',
          isTracking: true,
          errorCode: 0,
          sold: false,
          packageType: 'UNIT',
        },
      ],
      reqId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      reqTimestamp: AT.getTime(),
    });
  });

  it('keeps the order, and has the v3 path', async () => {
    const codes = [shoe(1), full(milk(2)), 'nonsense'];
    const { body } = await server.post('/api/v3/true-api/codes/check', { codes });
    expect(body.codes.map(({ cis }) => cis)).toEqual(codes);
  });

  it.each([
    ['sold', milk(2), { sold: true, realizable: false, utilised: true }],
    ['blocked', milk(3), { isBlocked: true, sold: false }],
    ['issued only', milk(5), { utilised: false, realizable: false, sold: false }],
    ['shipped', milk(6), { realizable: false, sold: false }],
    ['sold at a distance', milk(7), { sold: true, eliminationState: 1 }],
    ['in parts', keg(1), { innerUnitCount: 30_000, soldUnitCount: 0 }],
    ['not registered', milk(99), { found: false, valid: true, errorCode: 10 }],
  ])('%s', async (_, cis, facts) => {
    expect(await factsOf(cis)).toMatchObject(facts);
  });

  it('says nothing of what nobody stated', async () => {
    const facts = await factsOf(milk(9));
    for (const fact of [
      'verified',
      'utilised',
      'realizable',
      'sold',
      'isOwner',
      'isTracking',
      'expireDate',
      'grayZone',
      'smp',
    ]) {
      expect(facts, fact).not.toHaveProperty(fact);
    }
    expect(facts).toMatchObject({ found: true, valid: true });
  });

  it.each([
    ['no code at all', 'nonsense', 1],
    ['a letter that GTINs lack', '0104607000001a97215xxxxx', 4],
    ['a GTIN without a serial', '0104607000001097', 3],
  ])('errorCode of %s', async (_, code, errorCode) => {
    const { body } = await server.post(PATH, { codes: [code] });
    expect(body.codes[0]).toMatchObject({ valid: false, errorCode });
    expect(body.codes[0]).not.toHaveProperty('found');
  });

  it('says whose goods they are to a participant’s key alone', async () => {
    const { key } = await server.keys.add({ scope: 'verify', participant: OWNER, at: AT });
    const { body } = await server.post(PATH, { codes: [full(milk(1)), full(milk(8))] }, { 'x-api-key': key });
    expect(body.codes.map(({ isOwner }) => isOwner)).toEqual([true, false]);
  });

  it.each([
    ['no codes', { codes: [] }, 400],
    ['codes that are no list', { codes: 'x' }, 400],
    ['a code that is no text', { codes: [1] }, 400],
    ['a code that is too long', { codes: ['x'.repeat(5000)] }, 400],
    ['a fiscal drive that is none', { codes: ['x'], fiscalDriveNumber: '12' }, 400],
    ['no JSON', '{"codes":', 400],
    ['too many codes', { codes: new Array(21).fill('x') }, 413],
  ])('refuses %s', async (_, body, status) => {
    const answer = await server.post(PATH, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ code: status, description: expect.stringMatching(/./) });
  });

  it('refuses an unknown key, and none', async () => {
    for (const headers of [{ 'x-api-key': '00000000-0000-4000-8000-000000000001' }, { 'x-api-key': '' }]) {
      const answer = await server.post(PATH, { codes: ['x'] }, headers);
      expect(answer).toMatchObject({ status: 401, body: { code: 401 } });
    }
  });

  it('answers any codes with as many objects, and never breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 20 }),
        async (codes) => {
          const { status, body } = await server.post(PATH, { codes });
          expect(status).toBe(200);
          // JSON text over the wire: a lone surrogate arrives as the replacement character.
          const sent = codes.map((code) => Buffer.from(code, 'utf8').toString('utf8'));
          expect(body.codes.map(({ cis }) => Buffer.from(String(cis), 'utf8').toString('utf8'))).toEqual(sent);
          for (const code of body.codes) if (code.errorCode === 0) expect(code.valid).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('writes every check down, by its id and without tails', async () => {
    const { body } = await server.post(PATH, { codes: [full(milk(1)), full(milk(2))] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const folder = join(server.folder, 'tills', 'checks');
    expect(readdirSync(folder)).toEqual(['2026-03-16.jsonl']);
    const text = readFileSync(join(folder, '2026-03-16.jsonl'), 'utf8');
    const line = text.split('\n').find((each) => each.includes(body.reqId));
    expect(JSON.parse(line!)).toMatchObject({
      reqTimestamp: AT.getTime(),
      face: 'codes/check',
      channel: 'register',
      codes: [
        [milk(1), 0, 'FURbs'],
        [milk(2), 0, 'FUrbS'],
      ],
    });
    expect(text).not.toContain('AbCd');
  });

  it('an emergency is 203, and is written down', async () => {
    const emergency = await startTillServer({ emergency: 'true' });
    const folder = join(emergency.folder, 'tills', 'checks');
    try {
      expect((await emergency.post(PATH, { codes: [full(milk(2))] })).status).toBe(203);
      const piot = { codes: [Buffer.from(full(milk(3))).toString('base64')] };
      expect((await emergency.post('/api/v2/codes/check', piot)).status).toBe(203);
      const { body } = await emergency.post('/v1/permits', { mode: 'sale', lines: [{ code: full(milk(1)) }] });
      expect(body).toMatchObject({ check: 'emergency', permits: [{ allow: 'yes' }] });
      await expect.poll(() => readFileSync(join(folder, '2026-03-16.jsonl'), 'utf8').split('\n')).toHaveLength(4);
      const lines = readFileSync(join(folder, '2026-03-16.jsonl'), 'utf8').trim().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { face: 'codes/check', channel: 'emergency', codes: [[milk(2), 0, 'FUrbS']] },
        { face: 'piot', channel: 'emergency', codes: [[milk(3), 0, 'FURBs']] },
        { face: 'permits', channel: 'emergency', codes: [[milk(1), 0, 'FURbs']] },
      ]);
    } finally {
      await emergency.close();
    }
  });
});

describe('the list of hosts', () => {
  it('is this server, which is healthy', async () => {
    const { body } = await server.get('/api/v4/true-api/cdn/info');
    expect(body).toEqual({ code: 0, description: 'ok', hosts: [{ host: server.address }] });
    const health = await server.get('/api/v4/true-api/cdn/health/check');
    expect(health.body).toEqual({ code: 0, description: 'ok', avgTimeMs: expect.any(Number) });
    expect((await server.get('/api/v4/true-api/cdn/info', { 'x-api-key': '' })).status).toBe(401);
  });
});
