/** What documents say, in short: for `tamga document` and `tamga import`. */
import type { DocumentIssue } from '../../engine/documents/issues.js';
import type { DocumentModel, Party } from '../../engine/documents/model.js';
import { readDocument } from '../../engine/documents/read-document.js';
import { sniff } from '../../engine/documents/source.js';
import {
  type DocumentSummary,
  summarizeDocument,
  summarizeUpd,
  type UpdSummary,
} from '../../engine/documents/summary.js';
import { sellerFileId } from './seller-file-id.js';

/** A UPD with more codes than this is given in numbers. */
export const CODES_LISTED_MAX = 10_000;

/** The head of a document, common to all kinds. */
interface DocumentHead {
  path: string;
  sender?: Party;
  receiver?: Party;
  findings: DocumentIssue[];
}

/** One document as JSON: numbers, or for a UPD of human size what stands in it. */
export type DocumentFacts = DocumentHead & (DocumentSummary | (Omit<DocumentSummary, keyof UpdSummary> & UpdSummary));

/** A document that was read. */
export interface ReadDocument {
  path: string;
  model: DocumentModel;
  /** Its own file id, for a seller's title. */
  fileId?: string;
}

/** Reads the documents among files; lists and tables are left out unless `strict`, which throws DOCUMENT_UNKNOWN for them. */
export async function readDocuments(
  paths: readonly string[],
  signal: AbortSignal,
  strict: boolean,
): Promise<ReadDocument[]> {
  const documents: ReadDocument[] = [];
  for (const path of paths) {
    const source = await sniff(path);
    if (source.content !== 'xml' && !strict) continue;
    const model = await readDocument(source, { signal });
    documents.push(
      model.kind === 'upd' ? { path, model, fileId: await sellerFileId(source, signal) } : { path, model },
    );
  }
  return documents;
}

/** Facts of documents in their order; a buyer's answer among them is joined to the title that it answers. */
export function factsOf(documents: readonly ReadDocument[]): DocumentFacts[] {
  return documents.map(({ path, model, fileId }) => {
    const { sender, receiver, issues } = model;
    const summary = summarizeDocument(model);
    const facts = { path, ...summary, sender, receiver, findings: issues };
    if (model.kind !== 'upd' || summary.codes + summary.packages > CODES_LISTED_MAX) return facts;
    const answer = documents.find((other) => other.model.acceptance?.sellerFileId === fileId);
    return { ...facts, ...summarizeUpd(model, answer?.model) };
  });
}
