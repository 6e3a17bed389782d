/** What a session counts against: the units that documents name, by themselves or through packages of the register. */
import { keyToText, loadCore } from '../../core/host/index.js';
import { openInput } from '../bulk/open-input.js';
import type { Pass } from '../bulk/runner.js';
import type { Runners } from '../bulk/runners.js';
import { Universe } from '../bulk/universe.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { emptyImage, loadImageBySlices } from '../register/image.js';
import { FLAG, flagsOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import { RoaringBitmap32 } from '../roaring.js';
import { RunFolder } from '../run-folder.js';

export interface ExpectedCodes {
  /** Units of the register. */
  ordinals: RoaringBitmap32;
  /** Keys of codes that the register doesn't have. */
  keys: Set<string>;
  /** Both together. */
  total: number;
}

/** Deepest package tree that is followed. */
const DEPTH_MAX = 32;

/** Reads lists, tables and documents. Throws a TamgaError that names a file that can't be read. */
export async function readExpectedCodes(
  paths: readonly string[],
  register: Register | null,
  runners: Runners,
): Promise<ExpectedCodes> {
  const folder = new RunFolder();
  try {
    const seed = register?.seed ?? new Uint8Array(16);
    const core = await loadCore({ module: runners.module, seed });
    const universe = new Universe(register ? await loadImageBySlices(register, core) : emptyImage());
    const pass: Pass = {
      universe,
      options: {
        context: { operation: 'accept', now: 0, owners: [] },
        forSets: true,
        unregistered: OUTCOME_NUMBER.NOT_FOUND,
        unknownPackage: OUTCOME_NUMBER.UNKNOWN_PACKAGE,
      },
      seed,
      trim: true,
    };
    const ordinals = new RoaringBitmap32();
    const keys = new Set<string>();
    for (const path of paths) {
      const input = await openInput(path, folder);
      for await (const { result } of input.classified(runners.for([input]), core, pass)) {
        for (const ordinal of result.ordinals) {
          if (ordinal === 0) continue;
          if (register && universe.isPackage(ordinal)) ordinals.addMany(contentsOf(register, ordinal) ?? []);
          else ordinals.add(ordinal);
        }
        const { lines, keys: bytes, keyOffsets } = result.strays;
        for (let s = 0; s < lines.length; s++) keys.add(keyToText(bytes.subarray(keyOffsets[s], keyOffsets[s + 1])));
      }
    }
    return { ordinals, keys, total: ordinals.size + keys.size };
  } finally {
    folder.remove();
  }
}

/** Ordinals of the units in a package, at any depth; `null` for what is none. */
export function contentsOf(register: Register, ordinal: number): number[] | null {
  if (!isPackage(register, ordinal)) return null;
  const units: number[] = [];
  let level = [ordinal];
  for (let depth = 0; level.length > 0 && depth < DEPTH_MAX; depth++) {
    const next: number[] = [];
    for (const package_ of level) {
      for (const child of register.children(package_)) (isPackage(register, child) ? next : units).push(child);
    }
    level = next;
  }
  return units;
}

function isPackage(register: Register, ordinal: number): boolean {
  return (flagsOf(register.hotWords(ordinal)[WORD.head]) & FLAG.package) !== 0;
}
