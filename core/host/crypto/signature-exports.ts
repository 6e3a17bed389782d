// Functions of the module that check signatures.

/** Addresses and counts are unsigned 32-bit numbers; `curve` is a number of core/data/curves.json. */
export interface SignatureExports {
  curveTableBytes(): number;
  keyTableBytes(kind: number): number;
  prepareScratchBytes(): number;
  prepareCurve(curve: number, at: number, scratch: number): void;
  prepareKey(curve: number, publicKey: number, at: number, kind: number, scratch: number): number;
  verifyScratchBytes(): number;
  gostVerifyMany(
    curve: number,
    curveTable: number,
    keyTable: number,
    count: number,
    digests: number,
    signatures: number,
    results: number,
    scratch: number,
  ): void;
  ecdsaVerifyMany(
    curveTable: number,
    keyTable: number,
    count: number,
    digests: number,
    signatures: number,
    results: number,
    scratch: number,
  ): void;
}

export const SIGNATURE_FUNCTIONS = [
  'curveTableBytes',
  'keyTableBytes',
  'prepareScratchBytes',
  'prepareCurve',
  'prepareKey',
  'verifyScratchBytes',
  'gostVerifyMany',
  'ecdsaVerifyMany',
] as const satisfies readonly (keyof SignatureExports)[];

export const SIGNATURE_LAYOUT = ['KEY_TABLE_SMALL', 'KEY_TABLE_LARGE'] as const;
