/** The protocols that tills already speak, over one desk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TamgaError } from '../../../engine/errors.js';
import { DEFAULT_POLICIES } from '../../../engine/index.js';
import { readPolicies } from '../../../engine/permit/policy-file.js';
import { NationalApi } from '../../upstream/national-api.js';
import type { Face } from '../faces.js';
import type { Settings } from '../settings.js';
import { aslBelgisiRoutes } from './asl-belgisi.js';
import { CheckJournal } from './check-journal.js';
import { localModuleRoutes } from './local-module.js';
import { ModuleState } from './module-state.js';
import { permitRoutes } from './permit-routes.js';
import { piotRoutes } from './piot-module.js';
import { TillDesk } from './till-desk.js';
import { trueApiRoutes } from './true-api.js';

export const tillsFace: Face = async (server, { engine, settings, keys, metrics, now }) => {
  const folder = join(settings.data, 'tills');
  const state = new ModuleState(folder);
  await state.save();
  const journal = new CheckJournal(join(folder, 'checks'), settings.checkJournalDays, now, (error) =>
    server.log.error({ err: error }, 'checks of tills could not be written down'),
  );
  const upstream = upstreamOf(settings, now, (what) => server.log.warn(what));
  server.addHook('onClose', async () => {
    await upstream?.close();
    await journal.close();
  });
  const desk = new TillDesk({
    engine,
    settings,
    metrics,
    now,
    upstream,
    journal,
    policies: settings.permitPolicies === undefined ? DEFAULT_POLICIES : readPolicies(settings.permitPolicies),
  });
  const version = versionOfPackage();
  // What is answered is written as it is: the schemas of the answers document it.
  server.setSerializerCompiler(() => JSON.stringify);
  // Each protocol words its errors in its own way.
  await server.register(async (scoped) => trueApiRoutes(scoped, desk, settings));
  await server.register(async (scoped) =>
    localModuleRoutes(scoped, desk, state, { engine, settings, keys, now, version }),
  );
  await server.register(async (scoped) => piotRoutes(scoped, desk, { settings, keys, state, version }));
  await server.register(async (scoped) => aslBelgisiRoutes(scoped, desk, engine, settings));
  await server.register(async (scoped) => permitRoutes(scoped, desk, { engine, settings, state, version, now }));
};

function upstreamOf(settings: Settings, now: () => Date, log: (what: string) => void): NationalApi | null {
  const { upstreamUrls: urls, upstreamKey: key, upstreamCa, upstreamBudgetMs: budgetMs } = settings;
  if (urls.length === 0) return null;
  if (key === undefined) throw new TamgaError('USAGE', { detail: '--upstream-urls needs --upstream-key' });
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new TamgaError('USAGE', { detail: `--upstream-urls: ${url} is no address of a host` });
    }
  }
  return new NationalApi({ urls, key, budgetMs, now, log, ca: upstreamCa === undefined ? undefined : pem(upstreamCa) });
}

function pem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TamgaError('FILE_UNREADABLE', { path, detail: (error as Error).message }, { cause: error });
  }
}

function versionOfPackage(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
