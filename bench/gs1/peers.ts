/** Parsers of GS1 element strings from npm, as their documentation calls them; see the table in their READMEs for what they promise. */
import { createRequire } from 'node:module';

export interface Gs1Peer {
  name: string;
  /** True when the peer takes the text for an element string. Their own exceptions mean no. */
  accepts(code: string): boolean;
}

interface PointOfSale {
  GS1: { parse(scan: { value: string; symbology: string; fnc1: number }): { elements: { ai?: string }[] } | undefined };
}
type Bark = (code: string) => { elements: unknown[] };
interface BarcodeParserMod {
  parseBarcode(code: string): { parsedCodeItems: unknown[] };
}
interface Gs1Js {
  GS1Reader: new (code: string) => { getApplicationIdentifiers(): unknown[] };
}

const require = createRequire(import.meta.url);

/** The peers that are installed, quiet: one of them reports bad codes on the console as well. */
export async function gs1Peers(): Promise<Gs1Peer[]> {
  const name: string = '@point-of-sale/barcode-parser';
  const { GS1 } = (await import(name)) as PointOfSale;
  const bark = require('bark-js') as Bark;
  const { parseBarcode } = require('gs1-barcode-parser-mod') as BarcodeParserMod;
  const { GS1Reader } = require('gs1js') as Gs1Js;
  return [
    {
      name: '@point-of-sale/barcode-parser',
      accepts: (value) => {
        const parsed = GS1.parse({ value, symbology: 'data-matrix', fnc1: 1 });
        return parsed?.elements.every(({ ai }) => ai !== undefined) ?? false;
      },
    },
    { name: 'bark-js', accepts: (code) => succeeds(() => bark(code).elements.length) },
    {
      name: 'gs1-barcode-parser-mod',
      accepts: (code) => succeeds(() => parseBarcode(`]d2${code}`).parsedCodeItems.length),
    },
    { name: 'gs1js', accepts: (code) => succeeds(() => new GS1Reader(code).getApplicationIdentifiers().length) },
  ];
}

function succeeds(count: () => number): boolean {
  try {
    return count() > 0;
  } catch {
    return false;
  }
}
