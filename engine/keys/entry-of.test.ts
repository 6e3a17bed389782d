// Goal: a key written to a key file and read again is the same key.
import { describe, expect, it } from 'vitest';
import { NaiveVerifier } from '../../core/host/crypto/tails.test.data.js';
import { isMacKey, loadCore, type TailKey } from '../../core/host/index.js';
import { keyEntryOf } from './entry-of.js';
import { parseKeyEntry } from './key-file.js';
import { keyRingOf } from './load-key-ring.js';

const { keys } = new NaiveVerifier(await loadCore());

/** A key with what is absent left out, and what is the default said. */
function plain(key: TailKey): unknown {
  const message = key.message.map((part) => ('ai' in part ? { ...part, optional: part.optional ?? false } : part));
  return JSON.parse(JSON.stringify({ ...key, message, secret: undefined }));
}

describe('keyEntryOf', () => {
  it('gives entries that make the same keys', () => {
    const dated = keys.map((key, i): TailKey => {
      const revokedAt = [undefined, Date.UTC(2026, 1, 1), -Infinity][i % 3];
      return i % 2 === 0 ? key : { ...key, from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 6, 1), revokedAt };
    });
    const entries = dated.map((key, i) =>
      parseKeyEntry(JSON.parse(JSON.stringify(keyEntryOf(key, `s${i}`))), 'keys', ''),
    );
    const secrets = new Map(dated.flatMap((key, i) => (isMacKey(key) ? [[`s${i}`, key.secret!] as const] : [])));
    const ring = keyRingOf(entries, 'keys', secrets);
    expect(ring.keys.map(plain)).toEqual(dated.map(plain));
    expect(ring.keys.map((_, i) => ring.secret(i))).toEqual(
      dated.map((key) => (isMacKey(key) ? key.secret : undefined)),
    );
    expect(JSON.stringify(entries)).not.toContain('secret":{');
  });
});
