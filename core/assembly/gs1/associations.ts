// Which AIs stand together in one element string: GS1 General Specifications, "Data relationships"
// (invalid pairs, and mandatory associations, of element strings), as the dictionary has them in ex= and req=.
//
// While elements are read, each is only asked whether it may break a rule together with those before it: cheap, and nearly
// always no. When one may, the whole string is judged here, in the order of the reference: excluded pairs, required AIs, repeats,
// keys that a digital signature needs a serial of.
import {
  AI_SPEC_SIZE,
  ASSOCIATION,
  ASSOCIATION_FAMILY,
  ASSOCIATION_KEY_WITH_SERIAL,
  ASSOCIATION_REQUIRES,
  ASSOCIATION_SIGNATURE,
  ERROR_DIGSIG_WITHOUT_SERIAL,
  ERROR_EXCLUDED_AI,
  ERROR_REPEATED_AI,
  ERROR_REQUIRED_AI,
  GROUP,
  SPEC,
} from '../generated/tables';
import { ELEMENT_BYTES, ELEMENTS } from '../layout';
import { aiPlace, readAi, SPEC_BYTES } from './elements';
import { report } from './report';

const ASSOCIATION_BYTES: usize = 32;
const SPECS_MAX: usize = 256;

/** Number of the string being read; what the tables below say of another is not true any more. */
let current: u32 = 0;

/** By row of SPEC: the last string that had an AI of the row. */
const SEEN: usize = memory.data(1024, 16); // SPECS_MAX × u32

/** Bits of the classes that the elements so far are in. */
let present: u64 = 0;
let suspicious: bool = false;

/** By AI: the last string that had it, and the element that had it first. By row of SPEC: the same for a family's AIs. */
const FIRST: usize = memory.data(11_168, 16); // AI_SPEC_SIZE × (u32, u32)
const FIRST_OF_FAMILY: usize = memory.data(2048, 16); // SPECS_MAX × (u32, u32)

/** Forgets the elements of the last string. */
export function beginAssociations(): void {
  present = 0;
  suspicious = false;
  if (++current !== 0) return;
  memory.fill(SEEN, 0, SPECS_MAX << 2);
  memory.fill(FIRST, 0, (<usize>AI_SPEC_SIZE) << 3);
  memory.fill(FIRST_OF_FAMILY, 0, SPECS_MAX << 3);
  current = 1;
}

function rowOf(spec: usize): usize {
  return ASSOCIATION + (spec - SPEC) * (ASSOCIATION_BYTES / SPEC_BYTES);
}

/** Adds an AI, by its row of SPEC. */
export function addAssociation(spec: usize): void {
  const row = rowOf(spec);
  const seen = SEEN + ((spec - SPEC) >> 1);
  const flags = load<u8>(row, 24);
  const conflicts = (load<u64>(row, 8) & present) !== 0;
  const missing = (flags & ASSOCIATION_REQUIRES) !== 0 && (load<u64>(row, 16) & present) === 0;
  suspicious =
    suspicious || conflicts || missing || (flags & ASSOCIATION_SIGNATURE) !== 0 || load<u32>(seen) === current;
  store<u32>(seen, current);
  present |= load<u64>(row);
}

/** True when the elements added so far can't break a rule. */
export function associationsHold(): bool {
  return !suspicious;
}

/**
 * Judges the first `count` elements of ELEMENTS, which are those of the line at `start`, and reports what is wrong. False when
 * something is and one fault is enough.
 */
export function judgeAssociations(start: usize, count: u32): bool {
  beginAssociations();
  return (
    judgePairs(start, count) &&
    judgeRequired(start, count) &&
    judgeRepeats(start, count) &&
    judgeSignature(start, count)
  );
}

/** Reads the AI of a row of ELEMENTS again. Returns its row of ASSOCIATION. */
function readAgain(start: usize, row: usize): usize {
  const at = start + load<u32>(row);
  return rowOf(readAi(at, at + load<u32>(row, 4)));
}

function elementAt(index: u32): usize {
  return ELEMENTS + <usize>(index * ELEMENT_BYTES);
}

/** Of an excluded pair the later AI is reported. */
function judgePairs(start: usize, count: u32): bool {
  let before: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const element = elementAt(i);
    const row = readAgain(start, element);
    const at = start + load<u32>(element);
    const conflicts = load<u64>(row, 8) & before;
    if (conflicts !== 0) {
      if (!report(ERROR_EXCLUDED_AI, at, load<u32>(element, 4), providerOf(conflicts, start))) return false;
    } else if ((load<u8>(row, 24) & ASSOCIATION_FAMILY) !== 0) {
      const family = FIRST_OF_FAMILY + ((row - ASSOCIATION) >> 2);
      if (load<u32>(family) === current) {
        const first = start + load<u32>(elementAt(load<u32>(family, 4)));
        const same = memory.compare(first, at, load<u32>(element, 4)) === 0;
        if (!same && !report(ERROR_EXCLUDED_AI, at, load<u32>(element, 4), first)) return false;
      } else {
        store<u32>(family, current);
        store<u32>(family, i, 4);
      }
    }
    before |= load<u64>(row);
  }
  present = before;
  return true;
}

/** Address of the first AI that is in one of the classes. */
function providerOf(classes: u64, start: usize): usize {
  let element = elementAt(0);
  while ((load<u64>(readAgain(start, element)) & classes) === 0) element += ELEMENT_BYTES;
  return start + load<u32>(element);
}

function judgeRequired(start: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const element = elementAt(i);
    const row = readAgain(start, element);
    if (isSatisfied(row)) continue;
    if (!report(ERROR_REQUIRED_AI, start + load<u32>(element), load<u32>(element, 4), 0)) return false;
  }
  return true;
}

function isSatisfied(row: usize): bool {
  if ((load<u8>(row, 24) & ASSOCIATION_REQUIRES) === 0 || (load<u64>(row, 16) & present) !== 0) return true;
  const first = GROUP + ((<usize>load<u16>(row, 26)) << 3);
  for (let i: u32 = 0; i < load<u8>(row, 25); i++) {
    const group = load<u64>(first + ((<usize>i) << 3));
    if ((group & present) === group) return true;
  }
  return false;
}

/** An AI may come again with the same value only, as when several symbols of one label are read together. */
function judgeRepeats(start: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const element = elementAt(i);
    readAgain(start, element);
    const seen = FIRST + ((<usize>aiPlace) << 3);
    if (load<u32>(seen) !== current) {
      store<u32>(seen, current);
      store<u32>(seen, i, 4);
      continue;
    }
    const first = elementAt(load<u32>(seen, 4));
    const length = load<u32>(element, 12);
    const value = start + load<u32>(element, 8);
    if (length === load<u32>(first, 12) && memory.compare(start + load<u32>(first, 8), value, length) === 0) continue;
    const at = start + load<u32>(element);
    if (!report(ERROR_REPEATED_AI, at, value + length - at, start + load<u32>(first))) return false;
  }
  return true;
}

function judgeSignature(start: usize, count: u32): bool {
  let signed = false;
  for (let i: u32 = 0; i < count; i++) {
    signed = signed || (load<u8>(readAgain(start, elementAt(i)), 24) & ASSOCIATION_SIGNATURE) !== 0;
  }
  if (!signed) return true;
  for (let i: u32 = 0; i < count; i++) {
    const element = elementAt(i);
    const at = start + load<u32>(element);
    const spec = readAi(at, at + load<u32>(element, 4));
    if ((load<u8>(rowOf(spec), 24) & ASSOCIATION_KEY_WITH_SERIAL) === 0) continue;
    if (load<u32>(element, 12) !== <u32>load<u8>(spec, 2)) continue; // longer than its key alone
    if (!report(ERROR_DIGSIG_WITHOUT_SERIAL, at, load<u32>(element, 4) + load<u32>(element, 12), 0)) return false;
  }
  return true;
}
