// Messages for the tests: vectors of core/test/vectors, packing, and what a naive caller would do.
import { readFileSync } from 'node:fs';
import type { HashName, MacName, Messages } from './digests.js';

export interface HashVector {
  msg: string;
  digest: string;
}

export interface MacVector {
  key: string;
  msg: string;
  mac: string;
}

export const HASHES: readonly HashName[] = ['sha256', 'streebog256', 'streebog512'];
export const MACS: readonly MacName[] = ['hmacSha256', 'hmacStreebog256', 'kuznyechikCmac', 'magmaCmac'];

export function vectors<T>(name: string): T[] {
  const file = new URL(`../../../../core/test/vectors/${name}.jsonl`, import.meta.url);
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function packed(messages: readonly Uint8Array[]): Messages {
  const offsets = new Uint32Array(messages.length + 1);
  messages.forEach((message, i) => {
    offsets[i + 1] = offsets[i]! + message.length;
  });
  return { bytes: new Uint8Array(Buffer.concat(messages)), offsets };
}

/** Results of one width, one behind the other, as hexadecimal strings. */
export function parts(results: Uint8Array, count: number): string[] {
  const width = results.length / count;
  return Array.from({ length: count }, (_, i) => hexOf(results.subarray(i * width, (i + 1) * width)));
}
