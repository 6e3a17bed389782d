/** OpenAPI from the schemas that the routes are checked with, as JSON and as a page at `/docs`. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { REFUSALS } from './refusals.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Heading that the route stands under in the documentation. */
    tag?: string;
    /** A form (multipart/form-data) that the route reads part by part, as it comes. */
    form?: TSchema;
  }
}

/** Where the page is. */
export const DOCUMENTATION_PATH = '/docs';

const RefusalBody = Type.Object({
  error: Type.Object({
    code: Type.String({ description: `one of ${Object.keys(REFUSALS).join(', ')}` }),
    message: Type.String(),
    requestId: Type.String({ description: 'the same as in the header x-request-id and in the log' }),
  }),
});
const REFUSED = { description: 'refused', content: { 'application/json': { schema: RefusalBody } } };

/** An answer that is no JSON. */
export function answerOf(type: string, description: string): { description: string; content: object } {
  return { description, content: { [type]: { schema: Type.String() } } };
}

/** Collects the routes that are registered after it; the page is one of them. */
export async function registerDocumentation(server: FastifyInstance, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tamga',
        description:
          'Verification of marking codes, the register behind it, and reconciliation of what is expected with what was scanned. ' +
          'A refused request answers { error: { code, message, requestId } }. The stream of scans is described by /docs/asyncapi.json.',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'an API key: tamga keys api add' },
          header: { type: 'apiKey', in: 'header', name: 'X-API-KEY' },
          basic: { type: 'http', scheme: 'basic', description: 'any user, the API key as the password' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { scope = 'admin', form, tag = url.startsWith('/v1/') ? 'v1' : 'operation' } = route.config ?? {};
      if (schema?.hide === true) return { schema, url };
      const { response, ...rest } = schema ?? {};
      return {
        url,
        schema: {
          tags: [tag],
          ...rest,
          ...(form && { body: { content: { 'multipart/form-data': { schema: form } } } }),
          description: [rest.description, scope === 'open' ? undefined : `Scope: ${scope}.`].filter(Boolean).join(' '),
          security: scope === 'open' ? [] : [{ bearer: [] }, { header: [] }, { basic: [] }],
          // Faces that word their refusals in their own way say so.
          response: { '4xx': REFUSED, '5xx': REFUSED, ...(response as object) },
        },
      };
    },
  });
  await server.register(async (scoped) => {
    scoped.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: 'open' };
    });
    await scoped.register(swaggerUi, { routePrefix: DOCUMENTATION_PATH, logo: EMPTY_LOGO, theme: { title: 'Tamga' } });
  });
}

/** The page's own logo is its maker's, not ours. */
const EMPTY_LOGO = {
  type: 'image/svg+xml',
  content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'),
};
