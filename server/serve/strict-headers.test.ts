// Goal: every answer of every route has the strict headers, refused or not, those of tills too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.test.files.js';
import { startTestServer, type TestServer } from './running.test.files.js';

const STRICT = {
  'content-security-policy': expect.stringContaining("default-src 'none'"),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};
const CODE = '010952000000606821UZDEMO0000001';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('strict headers', () => {
  it('are on every route of the documentation, and where there is none', async () => {
    const { json } = await ask(server, 'GET', '/docs/json', { key: null });
    const routes = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')] as const),
    );
    expect(routes).toContainEqual(['POST', '/api/v4/true-api/codes/check']);
    for (const [method, path] of [...routes, ['GET', '/nowhere'] as const, ['GET', '/'] as const]) {
      const { headers } = await ask(server, method, path, { key: null });
      expect(Object.fromEntries(headers), `${method} ${path}`).toMatchObject(STRICT);
    }
  });

  it('are on a till’s answer', async () => {
    for (const version of ['v3', 'v4']) {
      const answer = await ask(server, 'POST', `/api/${version}/true-api/codes/check`, { body: { codes: [CODE] } });
      expect([answer.status, Object.fromEntries(answer.headers)]).toEqual([200, expect.objectContaining(STRICT)]);
    }
  });
});
