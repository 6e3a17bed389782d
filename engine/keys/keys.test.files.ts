import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { KeyEntry } from './key-file.js';

/** Secrets that no output may hold. */
export const SECRETS = {
  milk: '00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f',
  medicines: 'c0ffee00c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77',
};

const IDENTITY: KeyEntry['message'] = [
  { ai: '01', prefix: true },
  { ai: '21', prefix: true },
];

/** CryptoPro-A, x = 1: the base point, which is a point of the curve for sure. */
export const GOST_KEY: KeyEntry = {
  keyId: 'G001',
  formats: ['01-21.13-91-92.88'],
  algorithm: 'gost3410-2012-256',
  curve: 'CryptoPro-A',
  publicKey: {
    x: '0000000000000000000000000000000000000000000000000000000000000001',
    y: '8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14',
    order: 'big',
  },
  hash: 'streebog256',
  signature: { order: 'sr', endian: 'big' },
  tail: { encoding: 'base64', padding: true },
  message: IDENTITY,
  status: 'active',
};

export const MILK_KEY: KeyEntry = {
  keyId: 'default',
  groups: ['RU:8'],
  algorithm: 'kuznyechik-cmac',
  secret: 'milk',
  tail: { encoding: 'base64', padding: true, characters: 4 },
  message: IDENTITY,
  status: 'active',
};

export const MEDICINES_KEY: KeyEntry = {
  keyId: 'EE06',
  groups: ['RU:7'],
  algorithm: 'hmac-streebog256',
  secret: 'medicines',
  tail: { encoding: 'base64', padding: true, bytes: 32 },
  message: [{ line: 'to-tail-element' }],
  from: '2024-01-01',
  to: '2026-12-31',
  status: 'active',
  comment: 'made up',
};

/** A folder with a key file and its secrets, removed when the tests of the file are done. */
export function keyFolder(): {
  path: string;
  keys: string;
  secrets: string;
  file(name: string, content: string | Uint8Array, mode?: number): string;
} {
  const path = mkdtempSync(join(tmpdir(), 'tamga-keys-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array, mode = 0o644): string => {
    const full = join(path, name);
    writeFileSync(full, content);
    chmodSync(full, mode);
    return full;
  };
  const keys = { version: 1, secretsFile: 'secrets.json', keys: [GOST_KEY, MILK_KEY, MEDICINES_KEY] };
  return {
    path,
    keys: file('keys.json', JSON.stringify(keys)),
    secrets: file('secrets.json', JSON.stringify(SECRETS), 0o600),
    file,
  };
}
