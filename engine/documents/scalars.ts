import Type from 'typebox';

/** Scalar types of the outside formats, as patterns over their text. `title` completes "expected …" in a message. */

export const GTIN = Type.String({ pattern: '^\\d{14}$', title: '14 digits' });
export const SSCC = Type.String({ pattern: '^\\d{18}$', title: '18 digits' });
/** MDLP `subject_any_type`: a place of activity or a participant. */
export const SUBJECT = Type.String({
  pattern: '^(\\d{14}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
  title: '14 digits or a GUID',
});
/** The day itself is checked when it is converted. */
export const DATE = Type.String({
  pattern: '^\\d{2}\\.\\d{2}\\.\\d{4}$',
  title: 'DD.MM.YYYY',
});
export const INSTANT = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$',
  title: 'an ISO date-time with an offset',
});
/** MDLP `price_type`: 16 digits, two after the point. */
export const MDLP_PRICE = Type.String({
  pattern: '^\\d{1,16}(\\.\\d{1,2})?$',
  title: 'an amount with at most two decimals',
});
/** UPD quantity or price: 26.11. */
export const UPD_DECIMAL = Type.String({
  pattern: '^\\d{1,26}(\\.\\d{1,11})?$',
  title: 'a decimal number',
});
/** UPD amount: 19.2; corrections may be negative. */
export const UPD_AMOUNT = Type.String({
  pattern: '^-?\\d{1,19}(\\.\\d{1,2})?$',
  title: 'an amount with at most two decimals',
});

/** Text of bounded length, not empty. */
export function text(maxLength: number) {
  return Type.String({
    minLength: 1,
    maxLength,
    title: `1 to ${maxLength} characters`,
  });
}

/** One of a closed list of short codes. */
export function oneOf(...values: string[]) {
  return Type.String({
    pattern: `^(${values.join('|')})$`,
    title: values.join(', '),
  });
}
