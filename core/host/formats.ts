// Structures and the product groups that use them: the table of core/data/marking-formats.json.
import { FORMAT_ROWS, STRUCTURE_IDS } from './generated/tables.js';

export type Country = 'RU' | 'UZ';

/** A row of the table of formats: a product group and the structure of its codes. */
export interface MarkingFormat {
  /** Name of the row in the table. */
  readonly group: string;
  readonly countries: readonly Country[];
  /** Id of the product group in the check answer (Russia) or of the scheme (Uzbekistan). */
  readonly productGroup: string | null;
  /** Code-order template. */
  readonly template: string | null;
  /** Id of the structure; null when none is published. */
  readonly structure: string | null;
  /** A made-up code: check digits are right, tails are not. */
  readonly example: string | null;
  readonly levels: string;
  readonly source: string;
  readonly status: 'documented' | 'recalled';
  /** First and last day of effect, YYYY-MM-DD; null when not known. */
  readonly from: string | null;
  readonly until: string | null;
}

/** Every row of the table. */
export const FORMATS: readonly MarkingFormat[] = FORMAT_ROWS;

/** Number of a structure in the format column; −1 when there is none of this id. */
export function structureNumber(id: string): number {
  return id === '' ? -1 : STRUCTURE_IDS.indexOf(id);
}

/** Id of the structure with this number of the format column; null for 0. */
export function structureId(number: number): string | null {
  return STRUCTURE_IDS[number] || null;
}

/** The rows whose codes have this structure. */
export function formatsOf(structure: string, formats = FORMATS): MarkingFormat[] {
  return formats.filter((format) => format.structure === structure);
}

/**
 * One byte per structure number: 1 when a row with this structure is in effect on the day of `at` (UTC), or no row has it.
 * Without `at` all are.
 */
export function structuresInEffect(at?: Date, formats = FORMATS): Uint8Array {
  const inEffect = new Uint8Array(STRUCTURE_IDS.length).fill(1);
  if (at === undefined) return inEffect;
  const day = at.toISOString().slice(0, 10);
  STRUCTURE_IDS.forEach((id, number) => {
    const rows = formatsOf(id, formats);
    const effective = rows.some(({ from, until }) => (from ?? day) <= day && day <= (until ?? day));
    inEffect[number] = rows.length === 0 || effective ? 1 : 0;
  });
  return inEffect;
}
