import type { CodeList } from './code-list.js';
import type { DocumentIssue } from './issues.js';

/** What a document does. */
export type DocumentKind =
  | 'dispatch'
  | 'receipt'
  | 'aggregation'
  | 'disaggregation'
  | 'extract'
  | 'append'
  | 'endPacking'
  | 'upd'
  | 'updBuyer';

/** A decimal number as the document wrote it. Never a float: a UPD's price has up to 11 fraction digits. */
export type Decimal = string;

export interface Party {
  tin?: string;
  kpp?: string;
  /** Place of activity or participant in MDLP: 14 digits or a GUID. */
  mdlpSubjectId?: string;
  /** Participant of an electronic document exchange. */
  ediId?: string;
  name?: string;
}

/** One line of goods. */
export interface Line {
  /** Number of the line: the document's own in a UPD, else counted from 1. */
  no: number;
  name?: string;
  /** 14 digits. */
  gtin?: string;
  series?: string;
  /** ISO date. */
  expiry?: string;
  quantity?: Decimal;
  /** Unit of {@link quantity}: OKEI code. */
  unit?: string;
  /** Of one unit. */
  price?: Decimal;
  /** MDLP: yes. UPD: no. */
  priceIncludesVat?: boolean;
  /** MDLP: of one unit. UPD: of the line. */
  vat?: Decimal;
  totalWithoutVat?: Decimal;
  /** With VAT. */
  total?: Decimal;
  /** Codes of units as the document wrote them. */
  codes: CodeList;
  /** Group and transport packages as the document wrote them; one with several goods stands under each of their lines. */
  packages: CodeList;
  /** Goods accounted by quantity, without codes. */
  byQuantity?: { gtin: string; quantity: number };
  traceability?: Traceability[];
  customsDeclarations?: { number: string; country?: string }[];
}

/** Goods under national traceability. */
export interface Traceability {
  /** Registration number of the goods lot. */
  rnpt: string;
  /** OKEI code. */
  unit: string;
  quantity: Decimal;
  valueWithoutVat?: Decimal;
}

/** A package and what the document says is directly in it. It is the document's statement, not the register's. */
export interface AggregationStatement {
  /** As the document wrote it. */
  parent: string;
  /** Units and packages. */
  children: CodeList;
  /** ISO date-time with offset. */
  at?: string;
}

/** The buyer's answer to a UPD. */
export interface Acceptance {
  /** File id of the seller's title that is answered. */
  sellerFileId: string;
  /** 1 accepted without differences, 2 with differences, 3 not accepted. */
  result?: 1 | 2 | 3;
  /** The buyer's own words. */
  operation?: string;
  /** ISO date. */
  acceptedAt?: string;
  /** The paper on differences. */
  differences?: { name: string; number?: string; date?: string };
}

export interface DocumentModel {
  /** Format and the first 128 bits of SHA-256 of the (decompressed) file: the same content has the same id. ASCII, at most 64 characters. */
  id: string;
  kind: DocumentKind;
  /** `mdlp:415@1.37`, `upd:5.03`, `upd-buyer:5.03`. */
  format: string;
  number?: string;
  /** ISO date. */
  date?: string;
  /** ISO date-time with offset. */
  operationAt?: string;
  sender?: Party;
  receiver?: Party;
  basis?: { name: string; number?: string; date?: string }[];
  /** What this document corrects: the original UPD's number, or MDLP's original session. */
  revisionOf?: string;
  lines: Line[];
  tree: AggregationStatement[];
  /** Null prototype. */
  flags: Record<string, string>;
  issues: DocumentIssue[];
  /** As the document states them. */
  totals?: { withoutVat?: Decimal; vat?: Decimal; withVat?: Decimal };
  acceptance?: Acceptance;
}
