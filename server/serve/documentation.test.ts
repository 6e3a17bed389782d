// Goal: the OpenAPI document has every route of /v1 with its scope and its answers, and docs/server.md says what the schemas say.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.test.files.js';
import { REFUSALS } from './refusals.js';
import { startTestServer, type TestServer } from './running.test.files.js';
import { flagOf, SETTING_NAMES, settingSchema, variableOf } from './settings.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const manual = readFileSync(fileURLToPath(new URL('../../../docs/server.md', import.meta.url)), 'utf8');

const TILLS = {
  '/api/v3/true-api/codes/check': ['post'],
  '/api/v4/true-api/codes/check': ['post'],
  '/api/v4/true-api/cdn/info': ['get'],
  '/api/v4/true-api/cdn/health/check': ['get'],
  '/api/v1/status': ['get'],
  '/api/v2/status': ['get'],
  '/api/v1/init': ['post'],
  '/api/v2/init': ['post'],
  '/api/v1/cis/check': ['get'],
  '/api/v1/cis/outCheck': ['get', 'post'],
  '/api/v2/cis/outCheck': ['post'],
  '/api/v2/cis/sell': ['post'],
  '/api/v2/cis/return': ['post'],
  '/api/v2/cis/sold': ['get'],
  '/api/v2/codes/check': ['post'],
  '/api/v3/codes/check': ['post'],
  '/public/api/cod/public/codes': ['post'],
  '/public/api/cod/private/codes': ['post'],
  '/v1/permits': ['post'],
};

describe('OpenAPI', () => {
  it('has the routes, with scopes, summaries and refusals', async () => {
    const { json } = await ask(server, 'GET', '/docs/json', { key: null });
    expect(json.openapi).toBe('3.1.0');
    const expected = {
      '/v1/verify': ['post'],
      '/v1/outcomes': ['get'],
      '/v1/codes/{code}': ['get'],
      '/v1/codes/{code}/history': ['get'],
      '/v1/codes/{code}/package': ['get'],
      '/v1/events': ['post'],
      '/v1/sets': ['get'],
      '/v1/sets/{kind}/{name}': ['get'],
      '/v1/jobs': ['get', 'post'],
      '/v1/jobs/{id}': ['delete', 'get'],
      '/v1/jobs/{id}/cancel': ['post'],
      '/v1/jobs/{id}/findings': ['get'],
      '/v1/jobs/{id}/report.html': ['get'],
      '/v1/jobs/{id}/report.csv': ['get'],
      '/v1/jobs/{id}/report.xlsx': ['get'],
      '/v1/jobs/{id}/report.json': ['get'],
      ...TILLS,
      '/health/live': ['get'],
      '/health/ready': ['get'],
      '/metrics': ['get'],
    };
    for (const [path, methods] of Object.entries(expected)) {
      const found = json.paths[path] ?? {};
      expect(
        Object.keys(found)
          .filter((name) => name !== 'head')
          .sort(),
        path,
      ).toEqual(methods);
      for (const method of methods) {
        const route = found[method];
        expect(route.summary, `${method} ${path}`).toEqual(expect.any(String));
        expect(Array.isArray(route.security), path).toBe(true);
        expect(route.responses['4XX'], path).toBeDefined();
        if (path in TILLS) expect(route.responses['200'].content, path).toHaveProperty('application/json.schema');
      }
    }
    expect(json.paths['/v1/verify'].post.requestBody.content).toHaveProperty('text/plain');
  });

  it('has a page that needs nothing from elsewhere', async () => {
    const page = await ask(server, 'GET', '/docs/', { key: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const [, url] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect(url).toMatch(/^\.?\//);
      const { status } = await ask(server, 'GET', new URL(url!, `${server.address}/docs/`).pathname, { key: null });
      expect(status, url).toBe(200);
    }
  });
});

describe('docs/server.md', () => {
  it('lists every setting with flag, variable, default and meaning', () => {
    for (const name of SETTING_NAMES) {
      const { default: byDefault, description } = settingSchema(name);
      const value =
        byDefault === undefined || (Array.isArray(byDefault) && byDefault.length === 0) ? '' : ` \`${byDefault}\` `;
      const row = `| \`${flagOf(name)}\` | \`${variableOf(name)}\` |${value || ' '}| ${description?.replaceAll('|', '\\|')} |`;
      expect(manual).toContain(row);
    }
  });

  it('lists every refusal with its status', () => {
    for (const [code, status] of Object.entries(REFUSALS))
      expect(manual).toMatch(new RegExp(`\\| \`${code}\` \\| ${status} \\|`));
    const listed = [...manual.matchAll(/^\| `([A-Z_]+)` \| \d{3} \|/gm)].map(([, code]) => code);
    expect(listed).toEqual(Object.keys(REFUSALS));
  });
});
