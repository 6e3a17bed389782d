// Key rings as the bytes that the tail verifier reads; core/assembly/tails/layout.ts draws them. Nothing secret is in them.

import { structureNumber } from '../formats.js';
import { STRUCTURE_IDS } from '../generated/tables.js';
import { curveNumber } from './curve-number.js';
import { ALGORITHMS, ENCODINGS, HASHES, hashKeyId, RING_LAYOUT } from './ring-layout.js';
import { isMacKey, type MessagePart, type TailKey, tailBytes, tailCharacters } from './tail-key.js';

const AI_RADIX = 10_000;

/** Image of a ring; `isUsable` tells of a key's number whether its secret is here. */
export function ringImage(keys: readonly TailKey[], isUsable: (key: number) => boolean): Uint8Array {
  const lists = candidateLists(keys);
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, lists.length) * 2));
  const candidateCount = lists.reduce((sum, { keys: list }) => sum + list.length, 0);
  const programs = keys.map(({ message }) => programOf(message));
  const candidates = RING_LAYOUT.RING_HEAD_BYTES + slots * RING_LAYOUT.RING_SLOT_BYTES;
  const keyRows = roundUp8(candidates + candidateCount * 4);
  const covered = keyRows + keys.length * RING_LAYOUT.RING_KEY_BYTES;
  const programsAt = covered + STRUCTURE_IDS.length;
  const image = new Uint8Array(programs.reduce((end, program) => end + program.length, programsAt));
  const view = new DataView(image.buffer);
  [keys.length, slots - 1, candidates, keyRows, covered, programsAt].forEach((value, index) => {
    view.setUint32(index * 4, value, true);
  });

  let next = 0;
  for (const { id, format, keys: list } of lists) {
    writeSlot(view, slots - 1, id, format, next);
    for (const [index, key] of list.entries()) {
      const last = index === list.length - 1 ? RING_LAYOUT.CANDIDATE_LAST : 0;
      view.setUint32(candidates + next++ * 4, key + last, true);
    }
    if (id.some((byte) => byte !== 0)) image[covered + format] = 1;
  }
  let programAt = 0;
  for (const [index, key] of keys.entries()) {
    writeKey(view, keyRows + index * RING_LAYOUT.RING_KEY_BYTES, key, isUsable(index), programAt);
    image.set(programs[index]!, programsAt + programAt);
    programAt += programs[index]!.length;
  }
  return image;
}

interface CandidateList {
  readonly id: Uint8Array;
  readonly format: number;
  readonly keys: number[];
}

/** The keys of each key id and format, in their order. */
function candidateLists(keys: readonly TailKey[]): CandidateList[] {
  const lists = new Map<string, CandidateList>();
  for (const [index, { keyId, formats }] of keys.entries()) {
    const id = new Uint8Array(RING_LAYOUT.KEY_ID_MAX);
    for (let i = 0; i < (keyId ?? '').length; i++) id[i] = keyId!.charCodeAt(i);
    for (const format of new Set(formats)) {
      const name = `${format} ${keyId ?? ''}`;
      const list = lists.get(name);
      if (list === undefined) lists.set(name, { id, format: structureNumber(format), keys: [index] });
      else list.keys.push(index);
    }
  }
  return [...lists.values()];
}

function writeSlot(view: DataView, mask: number, id: Uint8Array, format: number, first: number): void {
  const words = new DataView(id.buffer);
  const [low, high] = [words.getUint32(0, true), words.getUint32(4, true)];
  let slot = hashKeyId(low, high, format) & mask;
  const at = (): number => RING_LAYOUT.RING_HEAD_BYTES + slot * RING_LAYOUT.RING_SLOT_BYTES;
  while (view.getUint8(at() + 10) !== 0) slot = (slot + 1) & mask;
  view.setUint32(at(), low, true);
  view.setUint32(at() + 4, high, true);
  view.setUint8(at() + 8, format);
  view.setUint8(at() + 10, 1);
  view.setUint32(at() + 12, first, true);
}

function writeKey(view: DataView, at: number, key: TailKey, usable: boolean, program: number): void {
  const mac = isMacKey(key);
  const sFirst = !mac && key.signature.order === 'sr';
  const little = !mac && key.signature.endian === 'little';
  const flags =
    (sFirst ? RING_LAYOUT.KEY_FLAG_S_FIRST : 0) |
    (little ? RING_LAYOUT.KEY_FLAG_LITTLE_ENDIAN : 0) |
    (key.padding ? RING_LAYOUT.KEY_FLAG_PADDED : 0);
  view.setUint8(at, ALGORITHMS.indexOf(key.algorithm));
  view.setUint8(at + 1, mac ? 0 : curveNumber(key));
  view.setUint8(at + 2, mac ? 0 : HASHES.indexOf(key.hash));
  view.setUint8(at + 3, ENCODINGS.indexOf(key.encoding));
  view.setUint8(at + 4, flags);
  view.setUint8(at + 5, usable ? RING_LAYOUT.KEY_STATUS_USABLE : RING_LAYOUT.KEY_STATUS_UNUSABLE);
  view.setUint16(at + 6, tailCharacters(key), true);
  view.setFloat64(at + 8, key.from ?? -Infinity, true);
  view.setFloat64(at + 16, key.to ?? Infinity, true);
  view.setFloat64(at + 24, key.revokedAt ?? Infinity, true);
  view.setUint32(at + 32, tailBytes(key), true);
  view.setUint32(at + 36, program, true);
}

/** A message template as steps; see core/assembly/tails/message.ts. */
function programOf(parts: readonly MessagePart[]): Uint8Array {
  const bytes: number[] = [];
  for (const part of parts) {
    if ('ai' in part) {
      const step = part.prefix ? RING_LAYOUT.STEP_ELEMENT : RING_LAYOUT.STEP_VALUE;
      const code = part.ai.length * AI_RADIX + Number(part.ai);
      bytes.push(step | (part.optional === true ? RING_LAYOUT.STEP_OPTIONAL : 0), code & 0xff, code >> 8);
    } else if ('line' in part) {
      const { STEP_LINE_TO_TAIL_ELEMENT, STEP_LINE_TO_TAIL_VALUE } = RING_LAYOUT;
      bytes.push(part.line === 'to-tail-element' ? STEP_LINE_TO_TAIL_ELEMENT : STEP_LINE_TO_TAIL_VALUE);
    } else {
      bytes.push(RING_LAYOUT.STEP_LITERAL, part.hex.length / 2);
      for (let i = 0; i < part.hex.length; i += 2) bytes.push(Number.parseInt(part.hex.slice(i, i + 2), 16));
    }
  }
  bytes.push(RING_LAYOUT.STEP_END);
  return Uint8Array.from(bytes);
}

function roundUp8(value: number): number {
  return Math.ceil(value / 8) * 8;
}
