// Goal: a key file that is right gives the ring that it describes; what is wrong with one is told by place; nothing tells a secret.
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { isMacKey, loadCore } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { processText, THIS_PROCESS } from '../register/running.js';
import { whileLocked } from './file-lock.js';
import {
  addKey,
  checkKeys,
  fingerprintOf,
  keyRingOf,
  loadKeyRing,
  readKeyFile,
  readSecrets,
  revokeKey,
  wipeSecrets,
} from './index.js';
import { type KeyEntry, parseKeyFile } from './key-file.js';
import { GOST_KEY, keyFolder, MEDICINES_KEY, MILK_KEY, SECRETS } from './keys.test.files.js';
import { readBounded } from './read-bounded.js';

const folder = keyFolder();
const core = await loadCore();

async function failure(work: Promise<unknown>): Promise<TamgaError> {
  const error = await work.then(
    () => expect.unreachable('it should have failed'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TamgaError);
  for (const secret of Object.values(SECRETS)) expect(inspect(error, { depth: 9 })).not.toContain(secret.slice(0, 8));
  return error as TamgaError;
}

describe('loadKeyRing', () => {
  it('makes of each entry the key that it says', async () => {
    const ring = await loadKeyRing(folder.keys);
    const [gost, milk, medicines] = ring.keys;
    expect(gost).toMatchObject({ keyId: 'G001', curve: 'CryptoPro-A', hash: 'streebog256', from: undefined });
    expect(milk).toMatchObject({ keyId: null, macBytes: 3, algorithm: 'kuznyechik-cmac' });
    const forms = ['17-93', '3103-93', '7003-93', '93', '93-17', '93-3103', '93-7003'].map((end) => `01-21.6-${end}`);
    expect([...milk!.formats].sort()).toEqual(forms);
    expect(medicines).toMatchObject({ keyId: 'EE06', macBytes: 32, formats: ['01-21.13-91-92.44'] });
    expect(new Date(medicines!.from!).toISOString()).toBe('2024-01-01T00:00:00.000Z');
    // The last day counts.
    expect(new Date(medicines!.to!).toISOString()).toBe('2027-01-01T00:00:00.000Z');
    for (const index of ring.keys.keys()) expect(ring.isUsable(index)).toBe(true);
    expect(Buffer.from(ring.secret(1)!).toString('hex')).toBe(SECRETS.milk);
    ring.unload();
  });

  it('verifies codes with it', async () => {
    const ring = await loadKeyRing(folder.keys);
    const identity = '010460700000109721abcdef';
    const tail = Buffer.from(
      core.kuznyechikCmac(Buffer.from(SECRETS.milk, 'hex'), Buffer.from(identity)).subarray(0, 3),
    );
    const code = `${identity}\x1d93${tail.toString('base64')}`;
    const at = new Date('2026-03-16T09:00:00Z');
    expect(core.verifyTail(code, ring, { at })).toBe('VALID');
    expect(core.verifyTail(code.replace('abcdef', 'abcdeg'), ring, { at })).toBe('INVALID');
    ring.unload();
  });

  it('reads little-endian points, and both ways to say how long a tail is', async () => {
    const turned = (hex: string): string => Buffer.from(hex, 'hex').reverse().toString('hex');
    const { publicKey, ...rest } = GOST_KEY as Extract<KeyEntry, { publicKey: unknown }>;
    const little = { ...rest, publicKey: { x: turned(publicKey.x), y: turned(publicKey.y), order: 'little' as const } };
    const mac = (algorithm: string, tail: object): KeyEntry => ({ ...MILK_KEY, algorithm, tail }) as KeyEntry;
    const base = { encoding: 'base64', padding: true };
    const entries = [
      GOST_KEY,
      little,
      { ...mac('hmac-sha256', { ...base, characters: 44 }), groups: undefined, formats: ['gs1'] } as KeyEntry,
      { ...mac('kuznyechik-cmac', { ...base, characters: 24 }), groups: undefined, formats: ['gs1'] } as KeyEntry,
      { ...mac('hmac-sha256', { ...base, characters: 24 }), groups: undefined, formats: ['gs1'] } as KeyEntry,
    ];
    const ring = keyRingOf(entries, 'keys', new Map());
    const numbers = ring.keys.map((key) =>
      isMacKey(key) ? key.macBytes : Buffer.from(key.publicKey.y).toString('hex'),
    );
    expect(numbers).toEqual([publicKey.y, publicKey.y, 32, 16, 18]);
  });

  it.each<[string, Partial<Record<string, unknown>>, RegExp]>([
    ['an unknown field', { colour: 'red' }, /keys\/0/],
    ['no status', { status: undefined }, /keys\/0.*status/],
    ['an unknown curve', { curve: 'secp256k1' }, /keys\/0\/curve/],
    ['a short number', { publicKey: { x: '01', y: '02', order: 'big' } }, /publicKey\/x/],
    ['a point without an order', { publicKey: { x: 'a'.repeat(64), y: 'a'.repeat(64) } }, /publicKey/],
    ['no structures', { formats: undefined }, /formats/],
    ['an unknown structure', { formats: ['footwear'] }, /formats\[0\]/],
    ['an unknown group', { formats: undefined, groups: ['RU:shoes'] }, /groups\/0/],
    ['a group without such a tail', { formats: undefined, groups: ['RU:8'] }, /groups\/0.*88 characters/],
    ['a part of two kinds', { message: [{ ai: '01', prefix: true, hex: '00' }] }, /message\/0/],
    ['a part of no kind', { message: [{}] }, /message\/0/],
    ['an AI that may or may not have its digits', { message: [{ ai: '01' }] }, /message\/0\/prefix/],
    ['a day that is none', { to: '2026-02-31' }, /\/to: no such moment/],
    ['a day that is none, with a time', { from: '2026-02-31T00:00:00Z' }, /\/from: no such moment/],
    ['the 29th of February of another year', { from: '2025-02-29' }, /\/from: no such moment/],
    ['a month that is none', { to: '2026-13-01' }, /\/to: no such moment/],
    [
      'a revocation on a day that is none',
      { status: 'revoked', revokedAt: '2026-04-31' },
      /\/revokedAt: no such moment/,
    ],
    ['an hour that is none', { from: '2026-03-16T24:00Z' }, /\/from: no such moment/],
    ['a minute that is none', { from: '2026-03-16T10:60Z' }, /\/from: no such moment/],
    ['a day that is none, and is one elsewhere', { from: '2026-04-31T01:00:00+03:00' }, /\/from: no such moment/],
    ['an offset that is none', { from: '2026-03-16T10:00+99:99' }, /\/from: no such moment/],
    ['a date without a zone', { from: '2026-03-16T09:00' }, /from/],
    ['an end before the beginning', { from: '2026-02-01', to: '2026-01-01' }, /\/to/],
    ['a revocation of an active key', { revokedAt: '2026-01-01' }, /revokedAt/],
    ['a prototype', JSON.parse('{"__proto__": {"status": "active"}}') as object, /keys\/0/],
  ])('refuses %s, naming the place', (_, change, place) => {
    const text = JSON.stringify({ version: 1, keys: [{ ...GOST_KEY, ...change }] }).replace('}]', () => {
      return Object.hasOwn(change, '__proto__') ? ',"__proto__":{"status":"active"}}]' : '}]';
    });
    const load = (): unknown => keyRingOf(parseKeyFile(text, 'keys.json').keys, 'keys.json', new Map());
    expect(load).toThrow(TamgaError);
    expect(load).toThrow(/^KEYS_INVALID · keys\.json/);
    expect(load).toThrow(place);
  });

  it('reads days and moments, each at its place', () => {
    const dates = {
      from: '2024-02-29',
      to: '2026-12-31T23:59:59.5+05:00',
      revokedAt: '2026-01-01T00:30-11:30',
      status: 'revoked' as const,
    };
    const [key] = keyRingOf([{ ...GOST_KEY, ...dates }], 'keys', new Map()).keys;
    expect(new Date(key!.from!).toISOString()).toBe('2024-02-29T00:00:00.000Z');
    expect(new Date(key!.to!).toISOString()).toBe('2026-12-31T18:59:59.500Z');
    expect(new Date(key!.revokedAt!).toISOString()).toBe('2026-01-01T12:00:00.000Z');
  });

  it('quotes nothing of a file that is no JSON, or is the file of secrets', async () => {
    const cut = folder.file('cut.json', JSON.stringify(SECRETS).slice(0, 90), 0o600);
    expect((await failure(loadKeyRing(cut))).code).toBe('KEYS_INVALID');
    expect((await failure(readSecrets(cut))).code).toBe('SECRETS_INVALID');
    expect((await failure(loadKeyRing(folder.secrets))).code).toBe('KEYS_INVALID');
    const swapped = folder.file('swapped.json', JSON.stringify({ [SECRETS.milk]: 'milk' }), 0o600);
    expect((await failure(readSecrets(swapped))).code).toBe('SECRETS_INVALID');
  });

  it('reads no secrets that others could read', async () => {
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(folder.secrets, mode);
      expect((await failure(loadKeyRing(folder.keys))).code).toBe('SECRETS_EXPOSED');
    }
    chmodSync(folder.secrets, 0o400);
    (await loadKeyRing(folder.keys)).unload();
    chmodSync(folder.secrets, 0o600);
  });

  it('leaves no copy of a secret behind: not in the pool of small buffers, not in what was read in vain', async () => {
    const secret = randomBytes(32);
    const path = folder.file('pool.json', JSON.stringify({ a: secret.toString('hex') }), 0o600);
    const pools = [Buffer.from('x').buffer];
    const secrets = await readSecrets(path);
    expect(secrets.get('a')).toEqual(new Uint8Array(secret));
    pools.push(Buffer.from('x').buffer);
    for (const pool of pools) expect(Buffer.from(pool).indexOf(secret)).toBe(-1);
    const held = secrets.get('a')!;
    wipeSecrets(secrets);
    expect(held.every((byte) => byte === 0)).toBe(true);

    const alloc = vi.spyOn(Buffer, 'alloc');
    const grows = readBounded(path, 1_000_000, () => appendFileSync(path, ' '.repeat(20)));
    expect((await failure(grows)).code).toBe('FILE_CHANGED');
    expect((await failure(readBounded(path, 10))).code).toBe('FILE_TOO_LARGE');
    const buffers = alloc.mock.results.map(({ value }) => value as Buffer);
    alloc.mockRestore();
    expect(buffers.map(({ length }) => length)).toEqual([73, 11]);
    for (const buffer of buffers) expect(buffer.every((byte) => byte === 0)).toBe(true);
  });

  it('tells what it can not read', async () => {
    expect((await failure(loadKeyRing(join(folder.path, 'absent')))).code).toBe('FILE_NOT_FOUND');
    expect((await failure(loadKeyRing(folder.path))).code).toBe('FILE_UNREADABLE');
    expect((await failure(loadKeyRing(folder.keys, { secrets: join(folder.path, 'absent') }))).code).toBe(
      'FILE_NOT_FOUND',
    );
    const large = folder.file('large.json', ' '.repeat(9 * 1024 * 1024));
    expect((await failure(loadKeyRing(large))).code).toBe('FILE_TOO_LARGE');
    const newer = folder.file('newer.json', '{"version": 2, "keys": []}');
    expect((await failure(loadKeyRing(newer))).code).toBe('KEYS_INVALID');
  });
});

describe('a key file is changed', () => {
  it('by adding: whole, with its mode, and never the same key twice', async () => {
    const path = join(folder.path, 'new.json');
    const added = await addKey(path, GOST_KEY);
    chmodSync(path, 0o640);
    await addKey(path, MILK_KEY);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect((await readKeyFile(path)).keys).toEqual([GOST_KEY, MILK_KEY]);
    expect(added).toBe(fingerprintOf(GOST_KEY));
    const before = readFileSync(path);
    expect((await failure(addKey(path, { ...GOST_KEY, comment: 'again' }))).code).toBe('KEYS_INVALID');
    expect((await failure(addKey(path, { ...GOST_KEY, keyId: 'G002', curve: undefined }))).data.detail).toMatch(
      /curve/,
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('by revoking: by id or fingerprint, from a moment on or from ever', async () => {
    const path = folder.file('revoke.json', JSON.stringify({ version: 1, keys: [GOST_KEY, MILK_KEY, MEDICINES_KEY] }));
    const fingerprint = fingerprintOf(MILK_KEY);
    expect(await revokeKey(path, fingerprint.slice(0, 6))).toBe(fingerprint);
    await revokeKey(path, 'G001', new Date('2026-02-01T00:00:00Z'));
    const { keys } = await readKeyFile(path);
    expect(keys[0]).toMatchObject({ status: 'revoked', revokedAt: '2026-02-01T00:00:00.000Z' });
    expect(keys[1]).toEqual({ ...MILK_KEY, status: 'revoked' });
    expect(keyRingOf(keys, path, new Map()).keys.map(({ revokedAt }) => revokedAt)).toEqual([
      Date.UTC(2026, 1, 1),
      -Infinity,
      undefined,
    ]);
    expect((await failure(revokeKey(path, 'G777'))).code).toBe('USAGE');
    const twice = folder.file(
      'twice.json',
      JSON.stringify({ version: 1, keys: [GOST_KEY, { ...GOST_KEY, curve: 'Test' }] }),
    );
    expect((await failure(revokeKey(twice, 'G001'))).data.detail).toContain(fingerprintOf(GOST_KEY));
  });
});

describe('changes at the same time', () => {
  const numbered = (n: number): KeyEntry => ({ ...GOST_KEY, keyId: `T${String(n).padStart(3, '0')}` });

  it('are all kept, in one process and in several', { timeout: 30_000 }, async () => {
    const path = join(folder.path, 'busy.json');
    await Promise.all(Array.from({ length: 8 }, (_, n) => addKey(path, numbered(n))));
    const module = new URL('./index.js', import.meta.url).href;
    const adder = async (first: number): Promise<void> => {
      const entries = [0, 1, 2].map((n) => numbered(first + n));
      const script = `import(${JSON.stringify(module)}).then(async ({ addKey }) => {
        for (const entry of ${JSON.stringify(entries)}) await addKey(${JSON.stringify(path)}, entry);
      })`;
      await promisify(execFile)(process.execPath, ['-e', script]);
    };
    await Promise.all([adder(100), adder(200), revokeKey(path, 'T003')]);
    const { keys } = await readKeyFile(path);
    const wanted = [0, 1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 200, 201, 202].map((n) => numbered(n).keyId);
    expect(keys.map(({ keyId }) => keyId).sort()).toEqual(wanted);
    expect(keys.filter(({ status }) => status === 'revoked').map(({ keyId }) => keyId)).toEqual(['T003']);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('busy.json'))).toEqual(['busy.json']);
  });

  it('wait for a process at work, and take over from one that is gone', async () => {
    const path = join(folder.path, 'held.json');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    folder.file('held.json.lock', String(gone));
    await addKey(path, GOST_KEY);
    folder.file('held.json.lock', processText(THIS_PROCESS));
    const held = await failure(whileLocked(path, () => addKey(path, MILK_KEY), 30));
    expect(held).toMatchObject({ code: 'OUTPUT_FAILED' });
    expect(held.data.detail).toContain(`process ${process.pid}`);
    rmSync(`${path}.lock`);
    expect((await readKeyFile(path)).keys).toEqual([GOST_KEY]);
    // What fails lets go.
    expect((await failure(addKey(path, GOST_KEY))).code).toBe('KEYS_INVALID');
    await addKey(path, MILK_KEY);
    const nowhere = join(folder.path, 'no', 'folder', 'keys.json');
    expect((await failure(addKey(nowhere, GOST_KEY))).code).toBe('OUTPUT_FAILED');
  });
});

describe('checkKeys', () => {
  it('finds what a check of tails would stumble over', () => {
    const gost = GOST_KEY as Extract<KeyEntry, { publicKey: unknown }>;
    const off = { ...gost, keyId: 'G002', publicKey: { ...gost.publicKey, x: gost.publicKey.x.replace(/1$/, '2') } };
    const entries: KeyEntry[] = [
      gost,
      off,
      MILK_KEY,
      { ...MEDICINES_KEY, to: '2025-12-31' },
      { ...MEDICINES_KEY, from: '2025-12-31', to: undefined },
      { ...MEDICINES_KEY, from: '2027-01-01', to: undefined, keyId: 'EE07', status: 'revoked' },
    ];
    const ring = keyRingOf(entries, 'keys', new Map([['medicines', Buffer.from(SECRETS.medicines, 'hex')]]));
    const found = checkKeys(entries, ring, core, new Date('2026-03-16T09:00:00Z'));
    expect(found.map(({ key, kind }) => `${key} ${kind}`).sort()).toEqual([
      '1 notOnCurve',
      '2 noSecret',
      '3 expired',
      '4 ambiguous',
      '5 noEnd',
      '5 notYet',
    ]);
    expect(found.find(({ kind }) => kind === 'ambiguous')).toMatchObject({ other: fingerprintOf(entries[3]!) });
    const severity = (entry: KeyEntry): string | undefined => {
      const both = [MILK_KEY, entry];
      const secret = new Map([['milk', Buffer.from(SECRETS.milk, 'hex')]]);
      return checkKeys(both, keyRingOf(both, 'keys', secret), core, new Date()).find(({ kind }) => kind === 'ambiguous')
        ?.severity;
    };
    // Pet food has codes like milk's: two groups, two keys, and both are tried.
    expect(severity({ ...MILK_KEY, groups: ['RU:20'] })).toBe('note');
    expect(severity({ ...MILK_KEY, groups: ['RU:20', 'RU:8'] })).toBe('error');
    expect(severity({ ...MILK_KEY, groups: undefined, formats: ['01-21.6-93'] })).toBe('error');
    expect(severity({ ...MILK_KEY, groups: ['RU:13'] })).toBeUndefined();
    expect(checkKeys([gost], keyRingOf([gost], 'keys', new Map()), core, new Date())).toEqual([]);
  });
});
