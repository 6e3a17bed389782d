/** The issuer of the demo's codes: the test issuer, whose keys everybody may know. Its tails prove nothing about real goods. */
import { rm, writeFile } from 'node:fs/promises';
import { type Core, isMacKey, type TailKey } from '../../core/host/index.js';
import { hmac44, kuznyechik4, signature88, tobacco4 } from '../../core/test/issuer/schemes.js';
import { type Messages, TestIssuer } from '../../core/test/issuer/test-issuer.js';
import { keyEntryOf } from '../../engine/keys/index.js';
import type { CodeForm } from './goods.js';

export type TailKind = 'signature' | 'hmac' | 'mac' | 'tobacco';

/** Ids of keys, as AI 91 names them. */
export const KEY_IDS = {
  signature: { own: 'SG01', revoked: 'SG13', unknown: 'SG99' },
  hmac: { own: 'EE06', revoked: 'EE13', unknown: 'EE99' },
} as const;

const MAC_FORMATS = ['01-21.6-93', '01-21.7-93', '01-21.13-93'];
const REVOKED_AT = Date.parse('2026-01-01T00:00:00Z');

/** Which tail the codes of a form have. */
export function kindOf({ tail, tailLength }: CodeForm): TailKind {
  if (tail === '93') return 'mac';
  return tailLength === 88 ? 'signature' : 'hmac';
}

export class DemoIssuer {
  readonly #issuer: TestIssuer;
  readonly #own: Record<TailKind, TailKey>;
  /** Keys of the same schemes that no ring has. */
  readonly #other: Record<TailKind, TailKey>;
  readonly #revoked: Record<'signature' | 'hmac', TailKey>;

  constructor(core: Core, seed: number) {
    const issuer = new TestIssuer(core, `demo ${seed}`);
    this.#issuer = issuer;
    const keys = (name: string): Record<TailKind, TailKey> => ({
      signature: issuer.key(signature88(KEY_IDS.signature.own), `signature ${name}`),
      hmac: issuer.key(hmac44(KEY_IDS.hmac.own), `hmac ${name}`),
      mac: issuer.key(kuznyechik4(MAC_FORMATS), `mac ${name}`),
      tobacco: issuer.key(tobacco4(), `tobacco ${name}`),
    });
    this.#own = keys('own');
    this.#other = keys('other');
    this.#revoked = {
      signature: issuer.key(signature88(KEY_IDS.signature.revoked), 'signature revoked'),
      hmac: issuer.key(hmac44(KEY_IDS.hmac.revoked), 'hmac revoked'),
    };
  }

  /** Tails for messages, one behind the other, by the issuer's own key or by one of the same scheme that isn't the issuer's. */
  tails(kind: TailKind, messages: Messages, whose: 'own' | 'other' | 'revoked' = 'own'): Uint8Array {
    const keys = { own: this.#own, other: this.#other, revoked: { ...this.#own, ...this.#revoked } }[whose];
    return this.#issuer.tails(keys[kind], messages);
  }

  /** Writes a key file, and beside it the file of its secrets that it names. */
  async writeFiles(keysPath: string, secretsPath: string, secretsName: string): Promise<void> {
    const secrets: Record<string, string> = {};
    const own = Object.entries(this.#own).map(([name, key]) => ({ name, key }));
    const revoked = Object.entries(this.#revoked).map(([name, key]) => ({
      name: `${name}-revoked`,
      key: { ...key, revokedAt: REVOKED_AT },
    }));
    const keys = [...own, ...revoked].map(({ name, key }) => {
      if (isMacKey(key) && key.secret) secrets[name] = Buffer.from(key.secret).toString('hex');
      return keyEntryOf(key, name);
    });
    await rm(secretsPath, { force: true });
    await writeFile(secretsPath, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    await writeFile(keysPath, `${JSON.stringify({ version: 1, secretsFile: secretsName, keys }, null, 2)}\n`);
  }
}
