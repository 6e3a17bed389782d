/** The key file: a list of keys of tails as JSON, described in `docs/keys.md`. It holds public keys and names of secrets, never secrets. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { GOST_CURVES, KEYS_MAX } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';

/** 4096 keys of the longest kind take some 8 MB. */
export const KEY_FILE_BYTES_MAX = 8 * 1024 * 1024;
/** The version that this program reads and writes. */
export const KEY_FILE_VERSION = 1;
/** What stands for the key id of codes that have none. */
export const DEFAULT_KEY_ID = 'default';

const strict = { additionalProperties: false } as const;
const short = Type.String({ minLength: 1, maxLength: 100 });
const number256 = Type.String({ pattern: '^[0-9A-Fa-f]{64}$' });
const day = '\\d{4}-\\d{2}-\\d{2}';
const moment = Type.String({ pattern: `^${day}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2}))?$` });

const MessagePartEntry = Type.Object(
  {
    ai: Type.Optional(Type.String({ pattern: '^\\d{2,4}$' })),
    prefix: Type.Optional(Type.Boolean()),
    optional: Type.Optional(Type.Boolean()),
    line: Type.Optional(Type.Enum(['to-tail-element', 'to-tail-value'])),
    separator: Type.Optional(Type.Enum(['GS', 'FNC1'])),
    hex: Type.Optional(Type.String({ pattern: '^([0-9A-Fa-f]{2}){1,64}$' })),
  },
  strict,
);

const common = {
  /** AI 91 of the codes, or `default` for codes without AI 91. */
  keyId: Type.String({ minLength: 1, maxLength: 8 }),
  /** Structures that the key is for. */
  formats: Type.Optional(Type.Array(short, { minItems: 1, maxItems: 255 })),
  /** Product groups that it is for, as `RU:8` or `UZ:pharma`: their structures with such a key id and tail. */
  groups: Type.Optional(Type.Array(short, { minItems: 1, maxItems: 255 })),
  message: Type.Array(MessagePartEntry, { minItems: 1, maxItems: 16 }),
  from: Type.Optional(moment),
  to: Type.Optional(moment),
  status: Type.Enum(['active', 'revoked']),
  revokedAt: Type.Optional(moment),
  comment: Type.Optional(Type.String({ maxLength: 1000 })),
};

export const SignatureKeyEntry = Type.Object(
  {
    ...common,
    algorithm: Type.Enum(['gost3410-2012-256', 'ecdsa-p256-sha256']),
    curve: Type.Optional(Type.Enum([...GOST_CURVES])),
    publicKey: Type.Object({ x: number256, y: number256, order: Type.Enum(['big', 'little']) }, strict),
    hash: Type.Enum(['none', 'streebog256', 'sha256']),
    signature: Type.Object({ order: Type.Enum(['rs', 'sr']), endian: Type.Enum(['big', 'little']) }, strict),
    tail: Type.Object({ encoding: Type.Enum(['base64', 'base64url', 'raw']), padding: Type.Boolean() }, strict),
  },
  strict,
);
export type SignatureKeyEntry = Static<typeof SignatureKeyEntry>;

export const MacKeyEntry = Type.Object(
  {
    ...common,
    algorithm: Type.Enum(['hmac-streebog256', 'hmac-sha256', 'kuznyechik-cmac', 'magma-cmac']),
    /** Name of the secret in the file of secrets. */
    secret: short,
    tail: Type.Object(
      {
        encoding: Type.Enum(['base64', 'base64url', 'raw']),
        padding: Type.Boolean(),
        /** Of the MAC, from its first byte on; or characters of its base64. */
        bytes: Type.Optional(Type.Integer({ minimum: 3, maximum: 32 })),
        characters: Type.Optional(Type.Integer({ minimum: 4, maximum: 44 })),
      },
      strict,
    ),
  },
  strict,
);
export type MacKeyEntry = Static<typeof MacKeyEntry>;

/** A key as it stands in the file. */
export type KeyEntry = SignatureKeyEntry | MacKeyEntry;

const KeyFileShape = Type.Object(
  {
    version: Type.Literal(KEY_FILE_VERSION),
    /** Path of the file of secrets, relative to this file. */
    secretsFile: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    keys: Type.Array(Type.Unknown(), { maxItems: KEYS_MAX }),
  },
  strict,
);

/** A key file, read. */
export interface KeyFile {
  version: typeof KEY_FILE_VERSION;
  secretsFile?: string | undefined;
  keys: KeyEntry[];
}

const checks = {
  file: Compile(KeyFileShape),
  signature: Compile(SignatureKeyEntry),
  mac: Compile(MacKeyEntry),
};

export function isMacEntry(entry: KeyEntry): entry is MacKeyEntry {
  return 'secret' in entry;
}

/** Reads the text of a key file. @throws TamgaError KEYS_INVALID, naming the place. */
export function parseKeyFile(text: string, path: string): KeyFile {
  const content = parseJson(text, path, 'KEYS_INVALID');
  const file = checked<Static<typeof KeyFileShape>>(checks.file, content, path, '');
  return { ...file, keys: file.keys.map((entry, index) => parseKeyEntry(entry, path, `/keys/${index}`)) };
}

/** Reads one key. `place` is its JSON pointer. @throws TamgaError KEYS_INVALID. */
export function parseKeyEntry(entry: unknown, path: string, place: string): KeyEntry {
  const isMac = typeof entry === 'object' && entry !== null && Object.hasOwn(entry, 'secret');
  return isMac
    ? checked<MacKeyEntry>(checks.mac, entry, path, place)
    : checked<SignatureKeyEntry>(checks.signature, entry, path, place);
}

/** The text of a key file. */
export function keyFileText(file: KeyFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * JSON of a file that may hold secrets by mistake: an error tells the place and never what stands there.
 * @throws TamgaError with the code given.
 */
export function parseJson(text: string, path: string, code: 'KEYS_INVALID' | 'SECRETS_INVALID'): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = /at position (\d+)/.exec((error as Error).message)?.[1];
    // No `cause`: its message would quote the file.
    throw new TamgaError(code, { path, detail: place === undefined ? 'not JSON' : `not JSON, at character ${place}` });
  }
}

interface Validator {
  Check(value: unknown): boolean;
  Errors(value: unknown): readonly { instancePath: string; message: string; keyword: string }[];
}

function checked<T>(validator: Validator, value: unknown, path: string, place: string): T {
  if (validator.Check(value)) return value as T;
  const errors = validator.Errors(value);
  // “schema is false” only repeats that a property is not known.
  const [first] = errors.filter(({ keyword }) => keyword !== 'boolean');
  const detail =
    first === undefined ? 'not of the form of a key file' : `${first.instancePath || '/'} ${first.message}`;
  throw new TamgaError('KEYS_INVALID', { path, detail: `${place}${detail}` });
}
