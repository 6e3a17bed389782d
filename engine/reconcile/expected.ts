/** What a run expects: the codes its documents name, and what is inside the packages among them. */
import { type Core, textToKey } from '../../core/host/index.js';
import type { BlockResult } from '../bulk/classify.js';
import type { CodeInput } from '../bulk/code-input.js';
import type { Pass, Runner } from '../bulk/runner.js';
import type { VerdictLog } from '../bulk/verdict-log.js';
import type { AggregationStatement } from '../documents/model.js';
import { MARK, type Marks } from './marks.js';
import { OUTCOME_NUMBER } from './outcomes.js';
import type { LineCount } from './settle.js';

/** Kind byte of an SSCC's key. */
const SSCC_KEY = 2;

/**
 * Reads an expected input into the universe and marks what it names. `verdicts` gets an outcome for each line: OK for a code, whatever
 * the register says of it; what is wrong with it for a line that is none.
 */
export async function readExpected(
  input: CodeInput,
  verdicts: VerdictLog,
  marks: Marks,
  runner: Runner,
  core: Core,
  pass: Pass,
  onProgress: (codes: number) => void,
): Promise<LineCount> {
  const count: LineCount = { codes: 0, notCodes: 0 };
  for await (const { result } of input.classified(runner, core, pass)) {
    nameCodes(result, marks, count);
    verdicts.append(result.outcomes);
    onProgress(count.codes);
  }
  return count;
}

function nameCodes(result: BlockResult, marks: Marks, count: LineCount): void {
  adoptStrays(result, marks);
  const { ordinals, outcomes } = result;
  for (let i = 0; i < ordinals.length; i++) {
    if (ordinals[i] !== 0) {
      marks.set(ordinals[i], MARK.named);
      outcomes[i] = OUTCOME_NUMBER.OK;
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
function adopt(marks: Marks, prints: Uint32Array, at: number, key: Uint8Array, isPackage: boolean): number {
  const ordinal = marks.universe.add(prints, at, key, isPackage);
  marks.grow();
  if (isPackage) marks.set(ordinal, MARK.package);
  return ordinal;
}

/**
 * Takes in the trees that documents state, for codes that the register doesn't have. Of a registered code the register's tree stands
 * (S0-9, S3-32): a document can't take it out of its package.
 */
export function takeTrees(trees: readonly AggregationStatement[], marks: Marks, core: Core): void {
  for (const { parent, children } of trees) {
    const parentKey = textToKey(parent.trim());
    const parentPrint = core.fingerprintKeys(parentKey, Uint32Array.of(0, parentKey.length));
    const package_ = adopt(marks, parentPrint, 0, parentKey, true);
    const batch = core.parseBatch(children.bytes(), { trim: true });
    const { bytes, offsets } = core.keys(batch);
    const keys = bytes.slice();
    const bounds = offsets.slice();
    const prints = core.fingerprintKeys(keys, bounds);
    for (let i = 0; i + 1 < bounds.length; i++) {
      const key = keys.subarray(bounds[i], bounds[i + 1]);
      if (key.length === 0) continue;
      const child = adopt(marks, prints, i * 4, key, key[0] === SSCC_KEY);
      if (child !== package_) marks.universe.setParent(child, package_);
    }
  }
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
