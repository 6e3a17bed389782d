/**
 * A naive opinion of what a reconciliation must come to: Maps, Sets and one pass a question, written from the rules of acceptance
 * (code verification, coverage of packages, comparison, package decisions) and not from the engine.
 */
import type { Outcome, PackageDecision, PackageState } from './outcomes.js';

/** What the register has of a code. */
export interface Registered {
  state: string;
  owner: string;
  /** ISO date, or empty. */
  expiry: string;
  parent: string;
  /** Number of the product group; 0: not stated. */
  group: number;
}

/** One line of a file as the generator meant it: a code's key, or a line that is none, its outcome and what a finding shows of it. */
export type ModelLine = { key: string; text: string } | { outcome: Outcome; text: string; shown: string };

export interface World {
  /** `null`: a run without a register. */
  register: ReadonlyMap<string, Registered> | null;
  /** Package of a code by the documents of the run; it counts for codes that the register doesn't have. */
  documents: ReadonlyMap<string, string>;
  packages: ReadonlySet<string>;
  /** Owner that codes must have. */
  owner: string;
  /** ISO date. */
  today: string;
  /** ISO date: what expires before it, expires soon; empty: nobody asks. */
  soon: string;
  /** Declared product groups; null: any. */
  groups: readonly number[] | null;
}

export interface ModelFinding {
  outcome: Outcome;
  code: string;
  file?: number;
  line?: number;
  firstFile?: number;
  firstLine?: number;
}

export interface ModelReport {
  expectedUnits: number;
  totals: { matched: number; shortage: number; surplus: number };
  lines: Outcome[];
  codes: Record<string, Outcome>;
  packages: Record<string, PackageDecision>;
  packageStates: Record<string, PackageState>;
  byGtin: Record<string, { expected: number; matched: number; shortage: number; surplus: number }>;
  /** Lines of expected files that somebody must look at, in order. */
  listFindings: ModelFinding[];
  /** Scanned lines that somebody must look at, in order. */
  findings: ModelFinding[];
  /** File and line that named what is absent, by code. */
  namedAt: Record<string, { file: number; line: number }>;
}

const SELLABLE = new Set(['', 'INTRODUCED', 'SHIPPED']);
const PROBLEMS = new Set<Outcome>(['NOT_FOUND', 'STATE_FORBIDS', 'OTHER_OWNER', 'EXPIRED', 'BLOCKED']);
const QUIET = new Set<Outcome>([
  'MATCHED',
  'MATCHED_VIA_PACKAGE',
  'MATCHED_PACKAGE_OPENED',
  'PACKAGE_ACCEPTED',
  'COVERED_BY_PACKAGE',
  'BLANK_LINE_SKIPPED',
]);

/** `lists` are the expected files, `set` the units of an expected set of the register, `files` what was scanned. */
export function judge(
  world: World,
  lists: readonly (readonly ModelLine[])[],
  set: ReadonlySet<string>,
  files: readonly (readonly ModelLine[])[],
): ModelReport {
  const { register, packages } = world;
  const named = new Set([...set, ...lists.flat().flatMap((line) => ('key' in line ? [line.key] : []))]);
  const parentOf = (key: string): string =>
    register?.get(key)?.parent || (register?.has(key) ? '' : (world.documents.get(key) ?? ''));
  const above = (key: string): string[] => {
    const chain: string[] = [];
    for (let at = parentOf(key); at !== ''; at = parentOf(at)) chain.push(at);
    return chain;
  };
  const scannedKeys = files.flat().flatMap((line) => ('key' in line ? [line.key] : []));
  const everything = new Set([...(register?.keys() ?? []), ...world.documents.keys(), ...named, ...scannedKeys]);
  const units = [...everything].filter((key) => !packages.has(key));
  const inside = new Map<string, string[]>();
  for (const unit of units) for (const box of above(unit)) inside.set(box, [...(inside.get(box) ?? []), unit]);

  const expected = new Set(units.filter((unit) => named.has(unit) || above(unit).some((box) => named.has(box))));
  const isExpectedPackage = (box: string): boolean => (inside.get(box) ?? []).some((unit) => expected.has(unit));

  const byRegister = (key: string): Outcome => {
    if (register === null) return 'OK';
    const known = register.get(key);
    if (!known) return 'NOT_FOUND';
    if (!SELLABLE.has(known.state)) return 'STATE_FORBIDS';
    if (known.owner !== '' && known.owner !== world.owner) return 'OTHER_OWNER';
    if (known.expiry !== '' && known.expiry < world.today) return 'EXPIRED';
    if (world.groups && known.group !== 0 && !world.groups.includes(known.group)) return 'GROUP_NOT_DECLARED';
    return known.expiry !== '' && known.expiry < world.soon ? 'EXPIRES_SOON' : 'OK';
  };
  const notExpected = (key: string): Outcome => {
    const outcome = byRegister(key);
    if (['OK', 'EXPIRES_SOON', 'GROUP_NOT_DECLARED'].includes(outcome)) return 'SURPLUS';
    return outcome === 'OTHER_OWNER' ? 'SURPLUS_FOREIGN' : outcome;
  };

  /** The register has it, or an aggregation speaks of it. */
  const isKnown = (box: string): boolean =>
    register?.has(box) || world.documents.has(box) || [...world.documents.values()].includes(box);

  // The expected lines, one after the other.
  const firstNamed = new Map<string, { file: number; line: number }>();
  const listFindings: ModelFinding[] = [];
  for (const [file, list] of lists.entries()) {
    for (const [i, one] of list.entries()) {
      const place = { file, line: i + 1 };
      if ('outcome' in one) {
        if (one.outcome !== 'BLANK_LINE_SKIPPED')
          listFindings.push({ outcome: one.outcome, code: one.shown, ...place });
        continue;
      }
      const { key } = one;
      const first = firstNamed.get(key);
      const isHeld =
        above(key).some((box) => firstNamed.has(box)) ||
        [...firstNamed.keys()].some((other) => above(other).includes(key));
      if (first || isHeld) {
        listFindings.push({
          outcome: 'DUPLICATE_IN_DOCUMENT',
          code: key,
          ...place,
          ...(first && { firstFile: first.file, firstLine: first.line }),
        });
      }
      if (!first) firstNamed.set(key, place);
    }
  }

  // The scanned lines, one after the other.
  const seen = new Map<string, { file: number; line: number }>();
  /** Scanned while no package above it had been. */
  const loose = new Set<string>();
  const settle = (line: ModelLine): Outcome => {
    if ('outcome' in line) return line.outcome;
    const { key } = line;
    if (seen.has(key)) return 'DUPLICATE';
    const covered = above(key).some((box) => seen.has(box));
    if (covered) return 'COVERED_BY_PACKAGE';
    const isOpened = [...loose].some((code) => above(code).includes(key));
    loose.add(key);
    if (packages.has(key)) {
      if (!inside.has(key) && (named.has(key) || !isKnown(key))) return 'UNKNOWN_PACKAGE';
      const outcome = isExpectedPackage(key) ? 'PACKAGE_ACCEPTED' : notExpected(key);
      const isTakeable = outcome === 'PACKAGE_ACCEPTED' || outcome === 'SURPLUS';
      return isTakeable && isOpened ? 'OPENED_PACKAGE_USED_AS_WHOLE' : outcome;
    }
    if (!expected.has(key)) return notExpected(key);
    if (byRegister(key) !== 'OK') return byRegister(key);
    return named.has(key) ? 'MATCHED' : 'MATCHED_PACKAGE_OPENED';
  };
  const lines: Outcome[] = [];
  const findings: ModelFinding[] = [];
  for (const [file, list] of files.entries()) {
    for (const [i, line] of list.entries()) {
      const outcome = settle(line);
      lines.push(outcome);
      const key = 'key' in line ? line.key : '';
      if (!QUIET.has(outcome)) {
        const first = outcome === 'DUPLICATE' ? seen.get(key) : undefined;
        findings.push({
          outcome,
          code: 'shown' in line ? line.shown : key,
          file,
          line: i + 1,
          ...(first && { firstFile: first.file, firstLine: first.line }),
        });
      }
      if (key !== '' && !seen.has(key)) seen.set(key, { file, line: i + 1 });
    }
  }

  // The units, each once.
  const isCovered = (key: string): boolean => above(key).some((box) => seen.has(box));
  const present = new Set(units.filter((unit) => seen.has(unit) || isCovered(unit)));
  const outcomeOf = (unit: string): Outcome => {
    if (!present.has(unit)) {
      const box = parentOf(unit);
      const throughBox = box !== '' && [box, ...above(box)].some((one) => named.has(one));
      const isOpened = (inside.get(box) ?? []).some((other) => present.has(other));
      return throughBox && isOpened ? 'SHORTAGE_INSIDE_PACKAGE' : 'SHORTAGE';
    }
    if (!expected.has(unit)) return notExpected(unit);
    if (byRegister(unit) !== 'OK') return byRegister(unit);
    if (!loose.has(unit)) return 'MATCHED_VIA_PACKAGE';
    return named.has(unit) ? 'MATCHED' : 'MATCHED_PACKAGE_OPENED';
  };
  const codes: Record<string, Outcome> = {};
  const byGtin: ModelReport['byGtin'] = {};
  for (const unit of new Set([...expected, ...present])) {
    const outcome = outcomeOf(unit);
    codes[unit] = outcome;
    const isSurplus = outcome === 'SURPLUS' || outcome === 'SURPLUS_FOREIGN';
    if (!expected.has(unit) && !isSurplus) continue;
    const gtin = unit.slice(0, 14);
    byGtin[gtin] ??= { expected: 0, matched: 0, shortage: 0, surplus: 0 };
    if (expected.has(unit)) byGtin[gtin].expected++;
    if (expected.has(unit)) byGtin[gtin][present.has(unit) ? 'matched' : 'shortage']++;
    if (isSurplus) byGtin[gtin].surplus++;
  }

  const decide = (box: string): PackageDecision => {
    const contents = inside.get(box);
    if (!contents) return seen.has(box) ? 'UNKNOWN_PACKAGE' : 'NOT_SCANNED';
    if (!isExpectedPackage(box)) return 'UNEXPECTED';
    if (!contents.some((unit) => present.has(unit))) return 'NOT_SCANNED';
    const isWhole = seen.has(box) || isCovered(box);
    const isOpened = [...loose].some((code) => above(code).includes(box));
    const hasProblem = contents.some((unit) => PROBLEMS.has(codes[unit] ?? 'OK'));
    return isWhole && !isOpened && !hasProblem ? 'ACCEPTED_WHOLE' : 'NEEDS_DISAGGREGATION';
  };
  const decisions: Record<string, PackageDecision> = {};
  const stateOf = (box: string): PackageState => {
    if (register ? !register.has(box) : !inside.has(box)) return 'UNKNOWN';
    if (register?.get(box)?.state === 'DISAGGREGATED') return 'DISSOLVED';
    if (!inside.has(box)) return 'EMPTY';
    return [...loose].some((code) => above(code).includes(box)) ? 'OPENED' : 'INTACT';
  };
  const packageStates: ModelReport['packageStates'] = {};
  for (const box of packages) {
    if (!named.has(box) && !seen.has(box)) continue;
    decisions[box] = decide(box);
    packageStates[box] = stateOf(box);
  }

  const namedAt: ModelReport['namedAt'] = {};
  for (const unit of expected) {
    const by = [unit, ...above(unit)].find((one) => firstNamed.has(one));
    if (!present.has(unit) && by !== undefined) namedAt[unit] = firstNamed.get(by)!;
  }
  const here = [...expected].filter((unit) => present.has(unit)).length;
  return {
    expectedUnits: expected.size,
    totals: {
      matched: here,
      shortage: expected.size - here,
      surplus: Object.values(codes).filter((outcome) => outcome === 'SURPLUS' || outcome === 'SURPLUS_FOREIGN').length,
    },
    lines,
    codes,
    packages: decisions,
    packageStates,
    byGtin,
    listFindings,
    findings,
    namedAt,
  };
}
