// Which structure a sequence of elements is: one step of the trie an element.
import { STATE, STEP } from '../generated/tables';
import { IN_EFFECT } from '../layout';

export const ROOT: u32 = 0;

/** No structure goes on like this. */
export const NOWHERE: u32 = 255;

/** The AI as the tables number it: `01` and `010` differ. */
export function codeOf(digits: u32, ai: u32): u32 {
  return digits * 10_000 + ai;
}

/** The state after an element, {@link NOWHERE} when there is none. */
export function step(state: u32, code: u32, length: u32): u32 {
  if (state === NOWHERE) return NOWHERE;
  const row = load<u32>(STATE + ((<usize>state) << 2));
  const key = code | (length << 16);
  let at = STEP + ((<usize>(row & 0xffff)) << 2);
  const last = at + ((<usize>((row >> 16) & 0xff)) << 2);
  for (; at < last; at += 4) {
    const entry = load<u32>(at);
    if ((entry & 0xff_ffff) === key) return entry >> 24;
  }
  return NOWHERE;
}

/** Number of the structure in effect that ends in this state, 0 when none does. */
export function structureOf(state: u32): u32 {
  if (state === NOWHERE) return 0;
  const structure = load<u32>(STATE + ((<usize>state) << 2)) >> 24;
  return load<u8>(IN_EFFECT + structure) !== 0 ? structure : 0;
}
