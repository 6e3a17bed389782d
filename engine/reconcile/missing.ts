/** What was expected and is not here, by GTIN and serial, one at a time, with the line that had named it. */
import type { Core } from '../../core/host/index.js';
import type { LineSource } from '../bulk/line-findings.js';
import type { Pass } from '../bulk/runner.js';
import type { Universe } from '../bulk/universe.js';
import type { Register } from '../register/register.js';
import { RoaringBitmap32 } from '../roaring.js';
import { gtinSets } from './gtin-totals.js';
import { OUTCOMES } from './outcomes.js';
import type { Finding } from './report.js';
import { sortedByKey } from './sorted-ordinals.js';
import { CodeTexts } from './texts.js';

export interface MissingOptions {
  missing: RoaringBitmap32;
  outcomeOf: (ordinal: number) => number;
  universe: Universe;
  register: Register | null;
  /** Inputs that name what is expected. */
  documents: readonly LineSource[];
  pass: Pass;
  /** For what doesn't fit in memory. */
  folder: string;
}

/** `core` is this walk's own. */
export async function* missingFindings(options: MissingOptions, core: Core): AsyncGenerator<Finding> {
  const { missing, universe, register } = options;
  const texts = new CodeTexts(universe, register);
  const named = await NamedRows.of(options, core);
  for (const group of groups(missing, universe, register)) {
    for (const ordinal of sortedByKey(group, texts, core, options.folder)) {
      yield {
        outcome: OUTCOMES[options.outcomeOf(ordinal)],
        code: texts.text(ordinal),
        ...texts.known(ordinal),
        ...named.rowOf(ordinal),
      };
    }
  }
}

/** The missing of each GTIN, then those without one: keys of units come before all others, and by GTIN. */
function* groups(missing: RoaringBitmap32, universe: Universe, register: Register | null): Generator<RoaringBitmap32> {
  const rest = missing.clone();
  for (const [, set] of gtinSets(missing, universe, register)) {
    const group = RoaringBitmap32.and(set, missing);
    if (group.isEmpty) continue;
    rest.andNotInPlace(group);
    yield group;
  }
  if (!rest.isEmpty) yield rest;
}

/** Packages above a code that are looked at for the line that named one of them. */
const DEPTH_MAX = 32;

/** First line of the documents for each missing code, or for the package that it was expected in. */
class NamedRows {
  private constructor(
    readonly universe: Universe,
    readonly wanted: RoaringBitmap32,
    readonly paths: readonly string[],
    /** By rank in `wanted`: number of the path from 1, and line. */
    readonly inputs: Uint16Array,
    readonly lines: Uint32Array,
  ) {}

  static async of({ missing, universe, documents, pass }: MissingOptions, core: Core): Promise<NamedRows> {
    const wanted = documents.length === 0 ? new RoaringBitmap32() : missing.clone();
    if (!wanted.isEmpty) for (const ordinal of missing) addAbove(wanted, universe, ordinal);
    const rows = new NamedRows(
      universe,
      wanted,
      documents.map(({ input }) => input.path),
      new Uint16Array(wanted.size),
      new Uint32Array(wanted.size),
    );
    if (wanted.isEmpty) return rows;
    for (const [number, { input }] of documents.entries()) {
      for await (const { result, lineOf } of input.reread(core, pass)) {
        for (let i = 0; i < result.lines; i++) {
          const ordinal = result.ordinals[i];
          if (ordinal === 0 || !wanted.has(ordinal)) continue;
          const place = wanted.rank(ordinal) - 1;
          if (rows.inputs[place] !== 0) continue;
          rows.inputs[place] = number + 1;
          rows.lines[place] = lineOf(i);
        }
      }
    }
    return rows;
  }

  rowOf(ordinal: number): Pick<Finding, 'documentPath' | 'documentLine'> {
    let at = ordinal;
    for (let depth = 0; at !== 0 && depth < DEPTH_MAX && this.wanted.has(at); depth++) {
      const place = this.wanted.rank(at) - 1;
      const input = this.inputs[place];
      if (input !== 0) return { documentPath: this.paths[input - 1], documentLine: this.lines[place] };
      at = this.universe.parent(at);
    }
    return {};
  }
}

function addAbove(wanted: RoaringBitmap32, universe: Universe, ordinal: number): void {
  let at = universe.parent(ordinal);
  for (let depth = 0; at !== 0 && depth < DEPTH_MAX && wanted.tryAdd(at); depth++) at = universe.parent(at);
}
