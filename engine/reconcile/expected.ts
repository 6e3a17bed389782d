/** What a run expects: the codes its documents name, and what is inside the packages among them. */
import type { Core } from '../../core/host/index.js';
import type { BlockResult } from '../bulk/classify.js';
import type { CodeInput } from '../bulk/code-input.js';
import type { Pass, Runner } from '../bulk/runner.js';
import type { VerdictLog } from '../bulk/verdict-log.js';
import type { RoaringBitmap32 } from '../roaring.js';
import { MARK, type Marks } from './marks.js';
import { OUTCOME_NUMBER } from './outcomes.js';
import type { LineCount } from './settle.js';

/** Kind byte of an SSCC's key. */
const SSCC_KEY = 2;

/**
 * Reads an expected input into the universe and marks what it names. `verdicts` gets an outcome for each line: OK for a code, whatever
 * the register says of it; DUPLICATE_IN_DOCUMENT for one that was named before, by itself or by a package that holds it, and for a package
 * of which something was; what is wrong with it for a line that is none. Codes named twice by themselves go to `repeated`.
 */
export async function readExpected(
  input: CodeInput,
  verdicts: VerdictLog,
  marks: Marks,
  repeated: RoaringBitmap32,
  runner: Runner,
  core: Core,
  pass: Pass,
  onProgress: (codes: number, read: number) => void,
): Promise<LineCount> {
  const count: LineCount = { codes: 0, notCodes: 0, duplicates: 0 };
  for await (const { result, read } of input.classified(runner, core, pass)) {
    nameCodes(result, marks, count, repeated);
    verdicts.append(result.outcomes);
    onProgress(count.codes, read);
  }
  return count;
}

function nameCodes(result: BlockResult, marks: Marks, count: LineCount, repeated: RoaringBitmap32): void {
  adoptStrays(result, marks);
  const { ordinals, outcomes } = result;
  for (let i = 0; i < ordinals.length; i++) {
    const ordinal = ordinals[i];
    if (ordinal !== 0) {
      const isRepeated = marks.has(ordinal, MARK.named);
      if (isRepeated) repeated.add(ordinal);
      if (isRepeated || marks.has(ordinal, MARK.holdsNamed) || marks.hasAbove(ordinal, MARK.named)) {
        outcomes[i] = OUTCOME_NUMBER.DUPLICATE_IN_DOCUMENT;
        count.duplicates++;
      } else {
        outcomes[i] = OUTCOME_NUMBER.OK;
      }
      marks.set(ordinal, MARK.named);
      marks.setAbove(ordinal, MARK.holdsNamed);
      count.codes++;
    } else if (outcomes[i] !== OUTCOME_NUMBER.BLANK_LINE_SKIPPED) {
      count.notCodes++;
    }
  }
}

/** Takes the codes of a block that nobody knows into the universe; each line then has an ordinal. */
export function adoptStrays({ ordinals, strays }: BlockResult, marks: Marks): void {
  const { lines, prints, keys, keyOffsets } = strays;
  for (let s = 0; s < lines.length; s++) {
    const key = keys.subarray(keyOffsets[s], keyOffsets[s + 1]);
    ordinals[lines[s]] = adopt(marks, prints, s * 4, key, key[0] === SSCC_KEY);
  }
}

/** Ordinal of a code, taken into the universe when nobody knew it. */
export function adopt(marks: Marks, prints: Uint32Array, at: number, key: Uint8Array, isPackage: boolean): number {
  const ordinal = marks.universe.add(prints, at, key, isPackage);
  marks.grow();
  if (isPackage) marks.set(ordinal, MARK.package);
  return ordinal;
}

/** Ordinals of the expected units: named ones, and those inside named packages to any depth. Marks them and the packages above. */
export function expandExpected(marks: Marks): Uint32Array {
  const { universe, bits } = marks;
  for (const package_ of marks.packages()) {
    if (marks.has(package_, MARK.named) || marks.hasAbove(package_, MARK.named)) marks.set(package_, MARK.inside);
  }
  let expected = new Uint32Array(1 << 16);
  let count = 0;
  for (let ordinal = 1; ordinal < universe.size; ordinal++) {
    const parent = universe.parent(ordinal);
    if (!(bits[ordinal] & MARK.named) && (parent === 0 || !(bits[parent] & MARK.inside))) continue;
    if (bits[ordinal] & MARK.package) continue;
    marks.set(ordinal, MARK.expected);
    if (parent !== 0) marks.setAbove(ordinal, MARK.expected);
    if (count === expected.length) {
      const wider: Uint32Array<ArrayBuffer> = new Uint32Array(count * 2);
      wider.set(expected);
      expected = wider;
    }
    expected[count++] = ordinal;
  }
  return expected.slice(0, count);
}

/** Marks units of the register as named, as a document would that lists them one by one. */
export function nameUnits(units: RoaringBitmap32, marks: Marks): void {
  const { bits } = marks;
  for (const ordinal of units.toUint32Array()) bits[ordinal] |= MARK.named;
}
