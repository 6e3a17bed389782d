// Goal: what tills are answered has the documented shape, field for field, on every route.
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as answers from './answers.js';
import { AT, full, keg, milk, OWNER, startTillServer, type TillServer } from './tills.test.files.js';

let server: TillServer;
let own: Record<string, string>;
beforeAll(async () => {
  server = await startTillServer();
  const { key } = await server.keys.add({ scope: 'write', participant: OWNER, at: AT });
  own = { 'x-api-key': key };
  await server.post('/api/v2/init', { token: key }, own);
});
afterAll(() => server.close());

const all = [...[1, 2, 3, 4, 5, 6, 7, 8, 9, 99].map(milk), keg(1)];
const codes = [...all.map(full), 'nonsense', '010460700000109'];
const base64 = codes.map((code) => Buffer.from(code).toString('base64'));
const lines = all.map((cis) => ({ code: full(cis), price: 100 }));

describe('answers are as they are documented', () => {
  it.each<[string, TSchema, unknown?]>([
    ['/api/v4/true-api/codes/check', answers.CheckAnswer, { codes }],
    ['/api/v4/true-api/cdn/info', answers.HostsAnswer],
    ['/api/v4/true-api/cdn/health/check', answers.HealthAnswer],
    ['/api/v1/status', answers.StatusAnswer],
    ['/api/v2/status', answers.StatusAnswer],
    [`/api/v1/cis/outCheck?cis=${milk(3)}`, answers.OutCheckAnswer],
    ['/api/v1/cis/outCheck', answers.OutCheckAnswer, { cis_list: all }],
    ['/api/v2/cis/outCheck', answers.OutCheckAnswer2, { cis_list: all.map((cis) => ({ cis })) }],
    [`/api/v1/cis/check?cis=${milk(3)}`, answers.BlackListAnswer],
    ['/api/v2/cis/sell', answers.DeedAnswer, { cis_list: all }],
    ['/api/v2/cis/return', answers.DeedAnswer, { cis_list: all }],
    ['/api/v2/cis/sold', answers.SoldAnswer],
    ['/api/v2/codes/check', answers.PiotAnswer, { codes: base64 }],
    ['/api/v3/codes/check', answers.PiotAnswer, { codes: base64.map((cis) => ({ cis })) }],
    ['/public/api/cod/public/codes', answers.PublicCodes, { codes: all }],
    ['/public/api/cod/private/codes', answers.PrivateOrPublicCodes, { codes: all }],
    ['/public/api/cod/private/codes', answers.PrivateOrPublicCodes, { codes: [milk(1)] }],
    ['/v1/permits', answers.PermitsAnswer, { mode: 'sale', lines }],
  ])('%s', async (path, schema, asked) => {
    const { status, body } = asked === undefined ? await server.get(path, own) : await server.post(path, asked, own);
    expect(status).toBe(200);
    expect([...Compile(schema).Errors(body)]).toEqual([]);
  });
});
