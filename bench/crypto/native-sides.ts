/** Native peers as sides of a figure: those that agree with ours on every input. */
import { type Native, type NativePeer, type NativePrimitive, openNative } from '../peers/native.js';
import type { Side } from './alternate.js';

export interface NativeSides {
  sides: Side[];
  close(): void;
}

/** Starts peers on the same inputs. What is not there, or is wrong, is not timed, and a notice says so. */
export async function openNativeSides(
  id: string,
  peers: readonly NativePeer[],
  primitive: NativePrimitive,
  inputs: string,
  keys: 'warm' | 'cold',
): Promise<NativeSides> {
  const opened: { peer: NativePeer; native: Native }[] = [];
  for (const peer of peers) {
    const native = await openNative(peer, primitive, inputs, keys);
    if (native !== undefined) opened.push({ peer, native });
  }
  const right = opened.filter(({ peer, native: { wrong, items } }) => {
    if (wrong > 0) process.stderr.write(`${id}: ${peer} is wrong on ${wrong} of ${items} inputs, so it isn't timed\n`);
    return wrong === 0;
  });
  return {
    sides: right.map(({ peer, native }) => ({ name: peer, codes: native.items, pass: native.pass })),
    close: () => {
      for (const { native } of opened) native.close();
    },
  };
}
