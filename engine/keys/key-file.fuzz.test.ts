// Goal: whatever stands in a key file or a file of secrets, loading it ends in a ring or in a TamgaError that tells no secret; and a ring
// from a changed file verifies nothing that the right one would not.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { keyRingOf, loadKeyRing, readSecrets } from './index.js';
import { type KeyEntry, parseKeyFile } from './key-file.js';
import { GOST_KEY, keyFolder, MEDICINES_KEY, MILK_KEY, SECRETS } from './keys.test.files.js';

const folder = keyFolder();
const core = await loadCore();
const at = new Date('2026-03-16T09:00:00Z');
const FORGED = [
  `0104607000001035215abcdefghijkl\x1d91G001\x1d92${'A'.repeat(86)}==`,
  '010460700000109721abcdef\x1d93AAAA',
  `0104607000001080215abcdefghijkl\x1d91EE06\x1d92${'A'.repeat(43)}=`,
].join('\n');

/** True when the text was a key file; its ring must not take forgeries for genuine. */
function tryKeys(text: string): boolean {
  try {
    const ring = keyRingOf(parseKeyFile(text, 'k').keys, 'k', new Map([['milk', Buffer.from(SECRETS.milk, 'hex')]]));
    const results = core.verifyTails(core.parseBatch(Buffer.from(FORGED)), ring, { at });
    expect(results).not.toContain(7);
    ring.unload();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(TamgaError);
    return false;
  }
}

describe('a key file', () => {
  it('of any bytes or JSON is refused or a ring', async () => {
    const path = join(folder.path, 'any');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text)),
        ),
        async (bytes) => {
          writeFileSync(path, bytes);
          chmodSync(path, 0o600);
          await expect(loadKeyRing(path)).rejects.toBeInstanceOf(TamgaError);
          await readSecrets(path).catch((error: unknown) => expect(error).toBeInstanceOf(TamgaError));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('with any of its values replaced is refused or a ring, and makes no forgery genuine', () => {
    const entries: KeyEntry[] = [GOST_KEY, MILK_KEY, MEDICINES_KEY];
    const leaf = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(
        'hmac-sha256',
        'magma-cmac',
        'Test',
        'tc26-256-A',
        'raw',
        'none',
        'rs',
        'little',
        'gs1',
        'revoked',
        0,
        3,
        64,
      ),
    );
    let rings = 0;
    fc.assert(
      fc.property(fc.nat(2), fc.array(fc.tuple(fc.nat(40), leaf), { minLength: 1, maxLength: 3 }), (which, changes) => {
        const entry = structuredClone(entries[which]) as unknown as Record<string, unknown>;
        for (const [place, value] of changes) replaceAt(entry, place, value);
        if (tryKeys(JSON.stringify({ version: 1, keys: [entry] }))) rings++;
      }),
      { numRuns: 1500 },
    );
    expect(rings).toBeGreaterThan(20);
  });
});

/** Replaces one of an object's values, at any depth. */
function replaceAt(object: Record<string, unknown>, place: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: Record<string, unknown>): void => {
    for (const [name, inner] of Object.entries(node)) {
      places.push([node, name]);
      if (typeof inner === 'object' && inner !== null) visit(inner as Record<string, unknown>);
    }
  };
  visit(object);
  const [node, name] = places[place % places.length]!;
  node[name] = value;
}
