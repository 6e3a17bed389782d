/** Structures that a key of a product group is for. */
import { FORMATS } from '../../core/host/index.js';

/** How the tail of a structure looks, told from the structure's id; null for structures without one. */
function tailOf(structure: string): { hasKeyId: boolean; lengths: readonly number[] } | null {
  const long = /-91-92\.(\d+)$/.exec(structure);
  if (long !== null) return { hasKeyId: true, lengths: [Number(long[1])] };
  if (/-93(-|$)/.test(structure)) return { hasKeyId: false, lengths: [4] };
  // Russia's check has four characters, Uzbekistan's eight.
  return structure === 'tobacco-pack' ? { hasKeyId: false, lengths: [4, 8] } : null;
}

/**
 * Structures of a group such as `RU:8` (country, and the group's id in the table of formats) that carry a key id or don't, and a
 * tail of `length` characters. Empty when there is none; undefined when there is no such group.
 */
export function formatsOfGroup(group: string, hasKeyId: boolean, length: number): string[] | undefined {
  const [country, id] = group.split(':', 2);
  const rows = FORMATS.filter(
    ({ countries, productGroup }) => productGroup === id && (countries as readonly string[]).includes(country ?? ''),
  );
  if (rows.length === 0) return undefined;
  const structures = new Set(rows.flatMap(({ structure }) => (structure === null ? [] : [structure])));
  return [...structures].filter((structure) => {
    const tail = tailOf(structure);
    return tail !== null && tail.hasKeyId === hasKeyId && tail.lengths.includes(length);
  });
}
