/**
 * API keys of the server: a file of hashes beside the data. A key is a random UUID (122 bits, RFC 9562 §5.4), 36 characters as tills expect of
 * `X-API-KEY`. Only its SHA-256 is kept: a key that can't be guessed needs no slow hash, and looking a hash up tells nothing of other keys by its time.
 */
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../../../engine/errors.js';
import { writeFileAtomically } from '../../../engine/reconcile/render/atomic-file.js';
import { SCOPES, type Scope } from './scopes.js';

const ApiKey = Type.Object(
  {
    /** First eight characters of the hash: names the key in lists, logs and metrics. */
    id: Type.String({ pattern: '^[0-9a-f]{8}$' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    scope: Type.Enum([...SCOPES]),
    /** Tax number or place of activity that the key acts for; absent: anybody. */
    participant: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    label: Type.Optional(Type.String({ maxLength: 100 })),
    createdAt: Type.String({ maxLength: 40 }),
    revokedAt: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { additionalProperties: false },
);
export type ApiKey = Static<typeof ApiKey>;

const KeyFile = Type.Object(
  { version: Type.Literal(1), keys: Type.Array(ApiKey, { maxItems: 100_000 }) },
  { additionalProperties: false },
);
const keyFile = Compile(KeyFile);

/** The file's name in the data folder. */
export const ACCESS_FILE = 'access.json';
/** Between two looks at the file: a key that is revoked stops working within this time. */
const LOOK_MS = 1000;
const BYTES_MAX = 64 << 20;

/** The keys of a data folder. Several processes may add and revoke; a running server sees it within a second. */
export class ApiKeys {
  readonly #path: string;
  #byHash = new Map<string, ApiKey>();
  #version = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @throws TamgaError FILE_UNREADABLE when there is a file of keys that is none. */
  constructor(dataFolder: string) {
    this.#path = join(dataFolder, ACCESS_FILE);
    this.#look(true);
  }

  /** The entry of a key, revoked ones too; `undefined` for an unknown one. */
  find(key: string): ApiKey | undefined {
    this.#look(false);
    return this.#byHash.get(sha256(key));
  }

  list(): ApiKey[] {
    this.#look(true);
    return [...this.#byHash.values()];
  }

  /** Makes a key; the text of it is given here and nowhere else. */
  async add(entry: {
    scope: Scope;
    participant?: string;
    label?: string;
    at: Date;
  }): Promise<{ key: string; entry: ApiKey }> {
    const key = randomUUID();
    const hash = sha256(key);
    const added: ApiKey = { id: hash.slice(0, 8), sha256: hash, scope: entry.scope, createdAt: entry.at.toISOString() };
    if (entry.participant !== undefined) added.participant = entry.participant;
    if (entry.label !== undefined) added.label = entry.label;
    await this.#write([...this.list(), added]);
    return { key, entry: added };
  }

  /** Revokes by id; `undefined` when there is no such key. Revoking twice keeps the first time. */
  async revoke(id: string, at: Date): Promise<ApiKey | undefined> {
    const keys = this.list();
    const entry = keys.find((candidate) => candidate.id === id);
    if (!entry) return undefined;
    entry.revokedAt ??= at.toISOString();
    await this.#write(keys);
    return entry;
  }

  async #write(keys: ApiKey[]): Promise<void> {
    await writeFileAtomically(this.#path, [`${JSON.stringify({ version: 1, keys }, null, 2)}\n`]);
    chmodSync(this.#path, 0o600);
    this.#look(true);
  }

  #look(now: boolean): void {
    const clock = performance.now();
    if (!now && clock - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = clock;
    const version = versionOf(this.#path);
    if (version === this.#version) return;
    this.#byHash = version === '' ? new Map() : read(this.#path);
    this.#version = version;
  }
}

function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : '';
}

function read(path: string): Map<string, ApiKey> {
  let value: unknown;
  try {
    if (statSync(path).size > BYTES_MAX) throw new Error(`larger than ${BYTES_MAX} bytes`);
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TamgaError(
      'FILE_UNREADABLE',
      { path, detail: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
  if (!keyFile.Check(value)) {
    const [first] = keyFile.Errors(value);
    throw new TamgaError('FILE_UNREADABLE', {
      path,
      detail: `${first?.instancePath ?? ''} ${first?.message ?? 'no file of API keys'}`.trim(),
    });
  }
  return new Map(value.keys.map((entry) => [entry.sha256, entry]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
