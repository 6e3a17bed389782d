// Which AIs may and must stand together: the attributes ex= and req= of the dictionary as sets of AIs.
import { refuse } from './refuse.mjs';

const FILE = 'gs1-syntax-dictionary.txt';

/** As many classes as a word has bits. */
const CLASSES_MAX = 64;

/** GS1 General Specifications, AI (8030): a signature of one of these keys needs the key's serial part. */
export const SIGNATURE = '8030';
export const KEYS_WITH_SERIAL = ['253', '255', '8003'];

/**
 * Associations of every AI: `Map` from AI to `{ provides, conflicts, groups, family }`. Bits stand for classes: sets of AIs
 * that a rule names.
 *
 *   provides   bits of the classes the AI is in
 *   conflicts  bits of the classes that must not stand in one code with it; the relation is symmetric
 *   groups     sets of bits of which one must be there as a whole; empty when nothing is required
 *   family     true when the AIs of its line of the dictionary exclude each other (one decimal place of a measure)
 */
export function readAssociations(dictionary) {
  const rules = dictionary.map((entry) => ({ ...entry, ...readAttributes(entry) }));
  const classes = new Map();
  const bitOf = (ais) => {
    const key = ais.join();
    if (!classes.has(key)) classes.set(key, { bit: 1n << BigInt(classes.size), ais });
    return classes.get(key).bit;
  };
  const matching = (pattern, ai) => {
    const expression = new RegExp(`^${pattern.replaceAll('n', '[0-9]')}$`);
    const ais = rules.filter((rule) => expression.test(rule.ai)).map((rule) => rule.ai);
    if (ais.length === 0) refuse(FILE, `AI ${ai}`, `"${pattern}" matches no AI`);
    return ais;
  };
  const associations = new Map(rules.map(({ ai }) => [ai, { provides: 0n, conflicts: 0n, groups: [], family: false }]));
  for (const { ai, line, excludes, requires } of rules) {
    const own = associations.get(ai);
    const others = excludes.map((pattern) => matching(pattern, ai));
    const siblings = rules.filter((rule) => rule.line === line).map((rule) => rule.ai);
    for (const ais of others) {
      if (ais.includes(ai)) {
        if (ais.join() !== siblings.join()) refuse(FILE, `AI ${ai}`, 'excludes part of its own line, or more than it');
        own.family = true;
        continue;
      }
      own.conflicts |= bitOf(ais);
      const self = bitOf(siblings);
      for (const other of ais) associations.get(other).conflicts |= self;
    }
    own.groups = requires.map((group) => group.reduce((bits, each) => bits | bitOf(matching(each, ai)), 0n));
  }
  if (classes.size > CLASSES_MAX) refuse(FILE, 'end', `more than ${CLASSES_MAX} classes of AIs in ex= and req=`);
  for (const { bit, ais } of classes.values()) for (const ai of ais) associations.get(ai).provides |= bit;
  return associations;
}

/** `{ excludes: [pattern], requires: [[pattern]] }`: one of the groups of `requires` must be there as a whole. */
export function readAttributes({ ai, attributes }) {
  const named = (name) =>
    attributes
      .filter((attribute) => attribute.startsWith(`${name}=`))
      .map((attribute) => attribute.slice(name.length + 1));
  const requires = named('req');
  if (requires.length > 1) refuse(FILE, `AI ${ai}`, 'two attributes req=');
  return {
    excludes: named('ex').flatMap((list) => list.split(',')),
    requires: requires.flatMap((list) => list.split(',').map((group) => group.split('+'))),
  };
}

/** True when a code with these AIs, in any order and each once, violates no association. */
export function holdTogether(associations, ais) {
  const all = ais.map((ai) => associations.get(ai));
  const present = all.reduce((bits, { provides }) => bits | provides, 0n);
  return all.every(
    ({ conflicts, groups }) =>
      (conflicts & present) === 0n && (groups.length === 0 || groups.some((group) => (group & present) === group)),
  );
}
