import { type Command, Option } from 'commander';
import { TamgaError } from '../../../engine/errors.js';
import type { ApiKey, ApiKeys } from '../../serve/access/api-keys.js';
import { SCOPES, type Scope } from '../../serve/access/scopes.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';

interface DataOptions extends CommonOptions {
  data: string;
}

interface AddOptions extends DataOptions {
  scope: Scope;
  participant?: string;
  label?: string;
}

const LENGTH_MAX = 100;

/** `tamga keys api`: who may ask the server. A running server sees a change within a second. */
export function defineKeysApi(program: Command, session: Session): void {
  const keys =
    program.commands.find((command) => command.name() === 'keys') ??
    program.command('keys').description('keys of the server');
  const api = keys.command('api').description('make, revoke and list API keys of a server’s data folder');
  const data = (): Option =>
    new Option('--data <dir>', 'data folder of the server').default('./tamga-data').env('TAMGA_DATA');

  const add = api
    .command('add')
    .description('make a key; it is printed once and kept only as a hash')
    .addOption(data())
    .addOption(
      new Option('--scope <scope>', 'what it may do; each includes the ones before').choices(SCOPES).default('verify'),
    )
    .option('--participant <name>', 'tax number or place of activity: the key sees and changes only its codes')
    .option('--label <text>', 'what the key is for');
  session.define<AddOptions>(add, async ({ json, data: folder, scope, participant, label }) => {
    for (const text of [participant, label]) {
      if (text !== undefined && (text === '' || text.length > LENGTH_MAX)) {
        throw new TamgaError('USAGE', { detail: `--participant and --label have 1 to ${LENGTH_MAX} characters` });
      }
    }
    const { key, entry } = await (await keysOf(folder)).add({ scope, participant, label, at: new Date() });
    await session.out.write(json ? `${JSON.stringify({ key, ...shown(entry) })}\n` : `${key}\n`);
    return EXIT.well;
  });

  const revoke = api
    .command('revoke')
    .description('make a key useless')
    .argument('<id>', 'id of the key, as “list” shows it')
    .addOption(data());
  session.define<DataOptions>(revoke, async ({ json, data: folder }, [id]) => {
    const entry = await (await keysOf(folder)).revoke(id!, new Date());
    if (!entry) throw new TamgaError('USAGE', { detail: `there is no API key ${id} in ${folder}` });
    await session.out.write(json ? `${JSON.stringify(shown(entry))}\n` : `${line(entry)}\n`);
    return EXIT.well;
  });

  const list = api.command('list').description('all keys, revoked ones too').addOption(data());
  session.define<DataOptions>(list, async ({ json, data: folder }) => {
    for (const entry of (await keysOf(folder)).list()) {
      await session.out.write(json ? `${JSON.stringify(shown(entry))}\n` : `${line(entry)}\n`);
    }
    return EXIT.well;
  });
}

/** Loaded when it is asked for: the schemas' library takes a tenth of a second. */
async function keysOf(folder: string): Promise<ApiKeys> {
  const { ApiKeys } = await import('../../serve/access/api-keys.js');
  return new ApiKeys(folder);
}

/** An entry without the hash, which is nobody's business. */
function shown({ sha256: _, ...entry }: ApiKey): Omit<ApiKey, 'sha256'> {
  return entry;
}

function line({ id, scope, participant, label, createdAt, revokedAt }: ApiKey): string {
  return [id, scope, participant ?? '-', createdAt, revokedAt === undefined ? '-' : `revoked ${revokedAt}`, label ?? '']
    .join('\t')
    .trimEnd();
}
