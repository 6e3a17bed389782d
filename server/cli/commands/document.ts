import type { Command } from 'commander';
import { type CommonOptions, EXIT, type Session } from '../session.js';

/** `tamga document`: what documents say, without a register. */
export function defineDocument(program: Command, session: Session): void {
  const command = program
    .command('document')
    .description('print what documents say: parties, lines, packages, and what does not fit together')
    .argument('<files...>', 'XML documents: MDLP 415, 416, 911, 311 …, UPD 5.01 and 5.03, plain or .gz')
    .addHelpText(
      'after',
      "\nA buyer's title of a UPD is joined to the seller's when both are named.\n\nExample:\n  tamga document seller.xml buyer.xml --json",
    );
  session.define<CommonOptions>(command, async (options, files) => {
    const { factsOf, readDocuments } = await import('../document-facts.js');
    const documents = factsOf(await readDocuments(files, session.signal, true));
    if (options.json) await session.out.write(`${JSON.stringify({ documents }, null, 2)}\n`);
    else {
      const { documentText } = await import('../document-text.js');
      for (const facts of documents) await session.out.write(documentText(facts, session.language, session.out));
    }
    return documents.some(({ findings }) => findings.length > 0) ? EXIT.findings : EXIT.well;
  });
}
