/**
 * Settings of the server: one schema for flags (`--body-bytes-max`), environment (`TAMGA_BODY_BYTES_MAX`) and file (`"bodyBytesMax"` of a JSON file
 * named by `--config` or `TAMGA_CONFIG`). A flag goes before the environment, that before the file, and that before the default.
 */
import { readFileSync } from 'node:fs';
import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../../engine/errors.js';
import { TAIL_POLICIES } from '../../engine/keys/index.js';

const count = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum });
const text = (description: string) => Type.String({ description, minLength: 1, maxLength: 4096 });
const list = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { description, maxItems: 100, default: [] });
const flag = (description: string) => Type.Boolean({ description, default: false });

const properties = {
  data: Type.String({
    description: 'folder of everything the server keeps: register, API keys, jobs, sessions',
    default: './tamga-data',
    minLength: 1,
    maxLength: 4096,
  }),
  register: Type.Optional(text('folder of the register (default: register in the data folder)')),
  keys: Type.Optional(text('key file for the check of tails')),
  secrets: Type.Optional(text('file of its secrets (default: the one that the key file names)')),
  tails: Type.Enum([...TAIL_POLICIES], { description: 'what is asked of tails', default: 'where-possible' }),
  host: Type.String({ description: 'address to listen on', default: '127.0.0.1', minLength: 1, maxLength: 255 }),
  port: count('TCP port; 0: any free one', 8080, 0, 65_535),
  tlsCert: Type.Optional(text('certificate chain in PEM; with --tls-key: HTTPS')),
  tlsKey: Type.Optional(text('private key in PEM')),
  country: Type.Optional(Type.Enum(['RU', 'UZ'], { description: 'whose codes these are' })),
  workers: Type.Optional(
    Type.Integer({ description: 'threads for bulk work (default: one a processor)', minimum: 0, maximum: 256 }),
  ),
  bodyBytesMax: count('bytes of a JSON body', 1 << 20, 1024, 1 << 30),
  bulkBytesMax: count('bytes of a raw body of codes', 1 << 30, 1024, 2 ** 40),
  uploadBytesMax: count('bytes of one uploaded file', 4 * 2 ** 30, 1024, 2 ** 40),
  codesMax: count('codes of one JSON request', 1000, 1, 100_000),
  eventsMax: count('events of one request', 1000, 1, 10_000),
  checkCodesMax: count('codes of one codes/check of a till', 100, 1, 10_000),
  requestsPerMinute: count(
    'requests of one key, or of one address without a key, in a minute; 0: no limit',
    0,
    0,
    100_000_000,
  ),
  failedKeysPerMinute: count(
    'requests of one address without a good key that are answered 401 in a minute, the rest 429; 0: no limit',
    60,
    0,
    100_000_000,
  ),
  trustProxy: list(
    'addresses or networks (10.0.0.0/8, loopback) of proxies whose X-Forwarded-For, -Proto and -Host are believed',
  ),
  connectionsMax: count('open WebSockets', 10_000, 1, 1_000_000),
  heartbeatSeconds: count('time between two signs of life asked of a WebSocket', 15, 1, 3600),
  stallSeconds: count('time for which a WebSocket may not read what waits for it', 10, 1, 3600),
  corsOrigins: list('origins of other sites whose pages may ask'),
  drainSeconds: count('time that open work gets when the server is told to stop', 10, 0, 3600),
  logLevel: Type.Enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], {
    description: 'what is logged, as JSON lines to the standard error',
    default: 'info',
  }),
  upstreamUrls: list('hosts of the national API to ask when the register has no answer, or its address with /cdn/info'),
  upstreamKey: Type.Optional(text('API key for them')),
  upstreamParticipant: Type.Optional(text('participant that this key is of: its answers tell that one what it owns')),
  upstreamCa: Type.Optional(text('certificate authorities of the upstream in PEM, besides the usual ones')),
  upstreamBudgetMs: count(
    'milliseconds for a question to the upstream, all hosts and retries together',
    1500,
    50,
    60_000,
  ),
  upstreamCacheSeconds: count('time for which an answer of the upstream is given again without asking', 30, 0, 86_400),
  upstreamStaleHours: count('time for which it still serves when the upstream can not be had', 72, 0, 8760),
  partialRegister: flag(
    'the register lacks codes that exist: one that it does not have is not known, rather than not found',
  ),
  permitPolicies: Type.Optional(text('JSON file of what tills may sell, by date of effect: docs/tills.md')),
  checkJournalDays: count('days for which the checks of tills are kept', 90, 1, 36_500),
  emergency: flag('answer tills with 203: sale without a check is allowed'),
} satisfies TProperties;

export const Settings = Type.Object(properties, { additionalProperties: false });
export type Settings = Static<typeof Settings>;
export type SettingName = keyof typeof properties;

const settingsCheck = Compile(Settings);
const CONFIG_BYTES_MAX = 1 << 20;
/** Settings whose value is for the server alone. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set<SettingName>(['upstreamKey']);

/** Every setting by its name in the file. */
export const SETTING_NAMES = Object.keys(properties) as SettingName[];

/** Schema of a setting: its description, default and bounds. */
export function settingSchema(name: SettingName): TSchema & { description?: string; default?: unknown; type?: string } {
  return properties[name];
}

/** `bodyBytesMax` → `--body-bytes-max`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `bodyBytesMax` → `TAMGA_BODY_BYTES_MAX`. */
export function variableOf(name: string): string {
  return `TAMGA_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * Settings of flags (texts, as given), environment and file together.
 * @throws TamgaError USAGE naming where the value stands, what it is and what is expected.
 */
export function readSettings(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const values: Record<string, unknown> = {};
  const origin = new Map<string, string>();
  const path = typeof flags.config === 'string' ? flags.config : environment.TAMGA_CONFIG;
  if (path !== undefined && path !== '') {
    for (const [name, value] of Object.entries(readFile(path))) {
      if (!(SETTING_NAMES as string[]).includes(name)) {
        throw new TamgaError('USAGE', { detail: `${path}: "${name}": there is no such setting` });
      }
      values[name] = value;
      origin.set(name, `${path}: "${name}"`);
    }
  }
  for (const name of SETTING_NAMES) {
    const variable = environment[variableOf(name)];
    if (variable !== undefined && variable !== '') {
      values[name] = fromText(name, variable);
      origin.set(name, variableOf(name));
    }
    if (flags[name] !== undefined) {
      values[name] = fromText(name, flags[name]);
      origin.set(name, flagOf(name));
    }
    const { default: byDefault } = settingSchema(name);
    if (values[name] === undefined && byDefault !== undefined) values[name] = byDefault;
  }
  if (!settingsCheck.Check(values)) throw usage(values, origin);
  if ((values.tlsCert === undefined) !== (values.tlsKey === undefined)) {
    throw new TamgaError('USAGE', { detail: '--tls-cert and --tls-key belong together: one of them is missing' });
  }
  return values;
}

function usage(values: Record<string, unknown>, origin: ReadonlyMap<string, string>): TamgaError {
  const [first] = settingsCheck.Errors(values);
  const name = first?.instancePath.split('/')[1];
  if (name === undefined) return new TamgaError('USAGE', { detail: first?.message ?? 'the settings are not right' });
  // A secret is not repeated where it may be logged.
  const shown = SECRET_SETTINGS.has(name) ? 'the value' : JSON.stringify(values[name]);
  return new TamgaError('USAGE', { detail: `${origin.get(name) ?? name}: ${shown} ${first!.message}` });
}

/** A text as the setting's type; what can't be read stays text, for the schema to refuse. */
function fromText(name: SettingName, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const { type } = settingSchema(name);
  if (type === 'integer') return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (type === 'boolean')
    return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
  if (type === 'array') return value.split(',').map((item) => item.trim());
  return value;
}

function readFile(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > CONFIG_BYTES_MAX) throw new Error(`larger than ${CONFIG_BYTES_MAX} bytes`);
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new TamgaError(
      'USAGE',
      { detail: `${path}: ${error instanceof Error ? error.message : String(error)}` },
      { cause: error },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TamgaError('USAGE', { detail: `${path}: expected a JSON object of settings` });
  }
  return value as Record<string, unknown>;
}
