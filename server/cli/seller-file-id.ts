import { openBytes, type SourceForm } from '../../engine/documents/source.js';
import { readXml } from '../../engine/documents/xml.js';

/** Ends the reading once the root element is known. */
class RootKnown extends Error {
  constructor(readonly fileId: string | undefined) {
    super('the root element is known');
  }
}

/** File id that a seller's title gives itself (ИдФайл of the root): what the buyer's answer names. Errors as `readXml`. */
export async function sellerFileId(source: SourceForm, signal: AbortSignal): Promise<string | undefined> {
  try {
    await readXml(source, openBytes(source, signal), {
      open(_name, attributes) {
        throw new RootKnown(attributes.ИдФайл);
      },
      text: () => undefined,
      close: () => undefined,
    });
    return undefined;
  } catch (error) {
    if (error instanceof RootKnown) return error.fileId;
    throw error;
  }
}
