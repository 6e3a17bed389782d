/** The console: one page at `/`, and the files that it is made of. */
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { Face } from './faces.js';

/** Where the build puts the page. */
const SITE = fileURLToPath(new URL('../console/site', import.meta.url));

export const consoleFace: Face = async (server) => {
  server.addHook('onRoute', (route) => {
    // The page asks for a key itself; it holds no data.
    route.config = { ...route.config, scope: 'open' };
  });
  await server.register(fastifyStatic, {
    root: SITE,
    // A route for each file that there is: anything else is refused like any other unknown path.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const named = path.includes('/assets/');
      // Names in assets/ come from the contents; the page must be asked for each time, so that an update is seen.
      reply.setHeader('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
};
