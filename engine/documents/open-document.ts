/** {@link readDocument} for those who mostly read none: its grammars take longer to load than a list of a million codes to verify. */
import type { DocumentModel } from './model.js';
import type { ReadOptions } from './read-document.js';
import type { SourceForm } from './source.js';

/** See {@link ReadOptions}; reads and throws as `readDocument` does. */
export async function openDocument(source: SourceForm | string, options: ReadOptions = {}): Promise<DocumentModel> {
  const { readDocument } = await import('./read-document.js');
  return readDocument(source, options);
}
