/** Fraction digits that are kept: the most that any format allows. */
const SCALE = 11;
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,11}))?$/;

/** A decimal as an integer of 10⁻¹¹; undefined when the text is no plain decimal number. */
export function toScaled(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const value = BigInt(match[2]! + (match[3] ?? '').padEnd(SCALE, '0'));
  return match[1] === '-' ? -value : value;
}

/** Plain decimal text of a scaled value, without trailing zeros. */
export function fromScaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}
