import { isoDateOfDeclaration } from './dates.js';
import { type Issues, shown } from './issues.js';

/** Formed by the participant from a declaration on goods: customs office, date, number, ordinal number of the goods. */
const OF_DECLARATION = /^(\d{8})\/(\d{6})\/(\d{7})\/(\d{1,3})$/;

/** UPD 5.03: 25 to 29 characters; 5.01: 1 to 29. */
export const RNPT_LENGTH = { '5.03': [25, 29], '5.01': [1, 29] } as const;

/**
 * Checks the registration number of a goods lot. Only numbers made from a declaration have a known structure; those that the tax service
 * gives are opaque. `documentDate` is an ISO date: the declaration cannot be later.
 */
export function checkRnpt(
  issues: Issues,
  rnpt: string,
  version: keyof typeof RNPT_LENGTH,
  documentDate: string | undefined,
  line: number,
): void {
  const [least, most] = RNPT_LENGTH[version];
  if (rnpt.length < least || rnpt.length > most) {
    issues.add('RNPT_FORM', `${shown(rnpt)}: ${rnpt.length} characters; expected ${least} to ${most}`, line);
    return;
  }
  const parts = OF_DECLARATION.exec(rnpt);
  if (parts === null) return;
  const date = isoDateOfDeclaration(parts[2]!);
  if (date === undefined) issues.add('RNPT_FORM', `${rnpt}: there is no day ${parts[2]}`, line);
  else if (documentDate !== undefined && date > documentDate)
    issues.add('RNPT_DATE', `${rnpt}: later than the document, ${documentDate}`, line);
  if (Number(parts[4]) === 0) issues.add('RNPT_FORM', `${rnpt}: ordinal number of the goods is 0`, line);
}
