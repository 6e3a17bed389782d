import { type Command, Option } from 'commander';
import { loadCore } from '../../../core/host/index.js';
import { lineBlocks } from '../../../engine/line-blocks.js';
import { inputBytes } from '../input-bytes.js';
import { parsedJsonLines } from '../json-lines.js';
import { option } from '../options.js';
import { parsedLines, type WantedForm } from '../parsed-lines.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';

interface Options extends CommonOptions {
  format?: WantedForm;
  country?: 'RU' | 'UZ';
  input: 'lines' | 'jsonl';
}

/** `tamga parse`: what each line says, without a register. */
export function defineParse(program: Command, session: Session): void {
  const command = program
    .command('parse')
    .description('print one JSON line for each line of codes')
    .argument('[file]', 'list of codes, plain or .gz; - is standard input', '-')
    .addOption(new Option('--format <form>', 'accept only these').choices(['gs1', 'marking']))
    .addOption(option.country())
    .addOption(
      new Option('--input <form>', 'codes in lines, or {"input", "id"} in lines')
        .choices(['lines', 'jsonl'])
        .default('lines'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tamga parse codes.txt\n  zcat scans.gz | tamga parse --country RU\n\nExit code 1 when a line is not a well-formed code.',
    );
  session.define<Options>(command, async (options, [file = '-']) => {
    const core = await loadCore();
    const { country, format, input } = options;
    let failed = 0;
    for await (const { bytes } of lineBlocks(
      file,
      inputBytes(file, session.signal, () => session.stdin()),
    )) {
      const block =
        input === 'jsonl'
          ? parsedJsonLines(core, bytes, { country }, format)
          : parsedLines(core, bytes, { country, trim: true }, format);
      failed += block.failed;
      await session.out.write(block.text);
    }
    return failed > 0 ? EXIT.findings : EXIT.well;
  });
}
