import type { DocumentModel } from './model.js';

/** A UPD in short, with every code: for documents of human size. */
export interface UpdSummary {
  lines: number;
  kiz: string[];
  packages: string[];
  byQuantity: { gtin: string; quantity: number }[];
  rnpt: { number: string; unit: string; quantity: string }[];
  totals: { withoutVat?: string; vat?: string; withVat?: string };
  /** 1 accepted, 2 accepted with differences, 3 not accepted; null without the buyer's answer. */
  buyerResult: 1 | 2 | 3 | null;
}

/** Summarises a seller's title, with the buyer's answer to it if there is one. */
export function summarizeUpd(seller: DocumentModel, buyer?: DocumentModel): UpdSummary {
  const { lines } = seller;
  return {
    lines: lines.length,
    kiz: lines.flatMap((line) => [...line.codes]),
    packages: lines.flatMap((line) => [...line.packages]),
    byQuantity: lines.flatMap((line) => line.byQuantity ?? []),
    rnpt: lines.flatMap((line) =>
      (line.traceability ?? []).map(({ rnpt, unit, quantity }) => ({
        number: rnpt,
        unit,
        quantity,
      })),
    ),
    totals: { ...seller.totals },
    buyerResult: buyer?.acceptance?.result ?? null,
  };
}

/** Any document in numbers. */
export interface DocumentSummary {
  id: string;
  kind: DocumentModel['kind'];
  format: string;
  number: string | null;
  date: string | null;
  lines: number;
  /** Codes of units named in lines. */
  codes: number;
  /** Packages named in lines; one of several goods is counted under each. */
  packages: number;
  /** Packages whose contents the document states, and the codes stated to be in them. */
  statements: number;
  contents: number;
  issues: number;
}

export function summarizeDocument(model: DocumentModel): DocumentSummary {
  const { id, kind, format, number, date, lines, tree, issues } = model;
  return {
    id,
    kind,
    format,
    number: number ?? null,
    date: date ?? null,
    lines: lines.length,
    codes: lines.reduce((sum, line) => sum + line.codes.count, 0),
    packages: lines.reduce((sum, line) => sum + line.packages.count, 0),
    statements: tree.length,
    contents: tree.reduce((sum, statement) => sum + statement.children.count, 0),
    issues: issues.length,
  };
}
