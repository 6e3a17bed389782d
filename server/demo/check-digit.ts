/** GS1 check digit for the digits before it (GTIN or SSCC): weights 3, 1, 3 … from the right (GS1 General Specifications, 7.9). */
export function checkDigit(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    sum += Number(body[body.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}
