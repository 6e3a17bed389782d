/** A native peer at work: a process that has read the inputs, checked its own results, and times passes over them. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildPeers } from './build.js';

export type NativePeer = 'gostEngine' | 'nettle' | 'libgcrypt' | 'openssl';
export type NativePrimitive =
  | 'hmac-streebog'
  | 'kuznyechik-cmac'
  | 'magma-cmac'
  | 'hmac-sha256'
  | 'gost'
  | 'ecdsa-p256';

export interface Native {
  items: number;
  /** Items that the peer computes or judges otherwise than the inputs say. */
  wrong: number;
  /** Seconds of one pass over all items. */
  pass(): Promise<number>;
  close(): void;
}

/**
 * Starts a peer on inputs of the form that crypto-peers.c tells. `cold`: keys are set up for each item, not once.
 * Undefined, and a notice on standard error, when the peer isn't there or hasn't what is asked for.
 */
export async function openNative(
  peer: NativePeer,
  primitive: NativePrimitive,
  inputs: string,
  keys: 'warm' | 'cold' = 'warm',
): Promise<Native | undefined> {
  const program = await buildPeers();
  if (program === undefined) return undefined;
  const child = spawn(program, [peer, primitive, inputs, keys], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${peer}: the process has ended`);
    return value;
  };
  const first = JSON.parse(await next()) as { items: number; wrong: number; unavailable?: string };
  if (first.unavailable !== undefined) {
    process.stderr.write(`${peer}, ${primitive}: ${first.unavailable}\n`);
    return undefined;
  }
  return {
    ...first,
    pass: async () => {
      child.stdin.write('\n');
      return Number(await next()) / 1e9;
    },
    close: () => child.stdin.end(),
  };
}
