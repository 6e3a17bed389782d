// Goal: the OpenAPI document has every route of /v1 with its scope and its answers, and docs/server.md says what the schemas say.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.test.files.js';
import { JobFields } from './jobs/schema.js';
import { REFUSALS } from './refusals.js';
import { startTestServer, type TestServer } from './running.test.files.js';
import { flagOf, SETTING_NAMES, settingSchema, variableOf } from './settings.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const manual = readFileSync(fileURLToPath(new URL('../../../docs/server.md', import.meta.url)), 'utf8');

/** As much of an operation as is looked at. */
interface Route {
  summary?: string;
  security?: unknown;
  parameters?: unknown[];
  requestBody?: { content: object };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

/** Their path says all. */
const BODILESS = new Set(['/v1/jobs/{id}/cancel', '/v1/sessions/{id}/close']);
const ROUTES = [
  '/v1/verify',
  '/v1/outcomes',
  '/v1/codes/{code}',
  '/v1/codes/{code}/history',
  '/v1/codes/{code}/package',
  '/v1/events',
  '/v1/sets',
  '/v1/sets/{kind}/{name}',
  '/v1/jobs',
  '/v1/jobs/{id}',
  '/v1/jobs/{id}/cancel',
  '/v1/jobs/{id}/findings',
  '/v1/jobs/{id}/report.html',
  '/v1/jobs/{id}/report.csv',
  '/v1/jobs/{id}/report.xlsx',
  '/v1/jobs/{id}/report.json',
  '/v1/sessions',
  '/v1/sessions/{id}',
  '/v1/sessions/{id}/scans',
  '/v1/sessions/{id}/close',
  '/v1/sessions/{id}/reconcile',
  '/api/v3/true-api/codes/check',
  '/api/v4/true-api/codes/check',
  '/api/v4/true-api/cdn/info',
  '/api/v4/true-api/cdn/health/check',
  '/api/v1/status',
  '/api/v2/status',
  '/api/v1/init',
  '/api/v2/init',
  '/api/v1/cis/check',
  '/api/v1/cis/outCheck',
  '/api/v2/cis/outCheck',
  '/api/v2/cis/sell',
  '/api/v2/cis/return',
  '/api/v2/cis/sold',
  '/api/v2/codes/check',
  '/api/v3/codes/check',
  '/public/api/cod/public/codes',
  '/public/api/cod/private/codes',
  '/v1/permits',
  '/health/live',
  '/health/ready',
  '/metrics',
];

describe('OpenAPI', () => {
  it('has the routes, with scopes, summaries and refusals', async () => {
    const { json } = await ask(server, 'GET', '/docs/json', { key: null });
    expect(json.openapi).toBe('3.1.0');
    const paths = Object.entries(json.paths as Record<string, Record<string, Route>>);
    expect(paths.map(([path]) => path)).toEqual(expect.arrayContaining(ROUTES));
    for (const [path, methods] of paths) {
      for (const [method, route] of Object.entries(methods)) {
        const name = `${method} ${path}`;
        expect(route.summary, name).toEqual(expect.any(String));
        expect(Array.isArray(route.security), name).toBe(true);
        expect(route.responses['4XX'], name).toHaveProperty(['content', 'application/json', 'schema']);
        const answers = Object.entries(route.responses).filter(([status]) => /^2\d\d$/.test(status));
        expect(answers.length, name).toBeGreaterThan(0);
        for (const [status, { content }] of answers) {
          if (status === '204') continue;
          for (const { schema } of Object.values(content ?? {})) {
            expect('type' in schema || 'anyOf' in schema, name).toBe(true);
          }
          expect(Object.keys(content ?? {}), name).not.toEqual([]);
        }
        if (method === 'post' && !BODILESS.has(path)) {
          expect(Object.keys(route.requestBody?.content ?? {}), name).not.toEqual([]);
        }
        for (const parameter of path.matchAll(/\{(\w+)\}/g)) {
          expect(route.parameters, name).toContainEqual(expect.objectContaining({ in: 'path', name: parameter[1] }));
        }
      }
    }
    const form = json.paths['/v1/jobs'].post.requestBody.content['multipart/form-data'].schema;
    expect(Object.keys(form.properties)).toEqual(
      expect.arrayContaining(['expected', 'scanned', ...Object.keys(JobFields.properties)]),
    );
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
