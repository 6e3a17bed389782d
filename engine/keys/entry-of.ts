/** From a key of a ring to an entry of a key file: the way back from `tailKeyOf`. */
import { isMacKey, type MessagePart, type TailKey } from '../../core/host/index.js';
import { DEFAULT_KEY_ID, type KeyEntry } from './key-file.js';

/** The entry of a key; `secretName` names the secret of a MAC key, which is not part of the entry. */
export function keyEntryOf(key: TailKey, secretName: string): KeyEntry {
  const common = {
    keyId: key.keyId ?? DEFAULT_KEY_ID,
    formats: [...key.formats],
    message: key.message.map(partOf),
    ...(key.from === undefined ? {} : { from: new Date(key.from).toISOString() }),
    ...(key.to === undefined ? {} : { to: new Date(key.to).toISOString() }),
    ...(key.revokedAt === undefined ? { status: 'active' as const } : revokedFrom(key.revokedAt)),
  };
  const { encoding, padding } = key;
  if (isMacKey(key)) {
    const tail = { encoding, padding, bytes: key.macBytes };
    return { ...common, algorithm: key.algorithm, secret: secretName, tail };
  }
  const { x, y } = key.publicKey;
  const publicKey = { x: hexOf(x), y: hexOf(y), order: 'big' as const };
  const { algorithm, curve, hash, signature } = key;
  const entry = { ...common, algorithm, publicKey, hash, signature, tail: { encoding, padding } };
  return curve === undefined ? entry : { ...entry, curve };
}

function revokedFrom(at: number): { status: 'revoked'; revokedAt?: string } {
  return at === -Infinity ? { status: 'revoked' } : { status: 'revoked', revokedAt: new Date(at).toISOString() };
}

function partOf(part: MessagePart): KeyEntry['message'][number] {
  if (!('ai' in part)) return { ...part };
  const { ai, prefix, optional } = part;
  return optional === true ? { ai, prefix, optional } : { ai, prefix };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
