import { type Command, Option } from 'commander';
import { type KeyRing, loadCore } from '../../../core/host/index.js';
import { TamgaError } from '../../../engine/errors.js';
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
  recover?: boolean;
  keys?: string;
  secrets?: string;
  at?: Date;
  all?: boolean;
}

/** `tamga parse`: what each line says, without a register. */
export function defineParse(program: Command, session: Session): void {
  const command = program
    .command('parse')
    .description('print one JSON line for each line of codes')
    .argument('[file]', 'list of codes, plain or .gz; - is standard input', '-')
    .addOption(
      new Option(
        '--format <form>',
        'accept only GS1 element strings, or only marking codes of a known structure',
      ).choices(['gs1', 'marking']),
    )
    .addOption(option.country())
    .addOption(
      new Option('--input <form>', 'codes in lines, or {"input", "id"} in lines')
        .choices(['lines', 'jsonl'])
        .default('lines'),
    )
    .option('--recover', 'repair damaged scans; every repair is reported, and believed only when one code fits')
    .option('--keys <file>', 'key file: a repair is proven by a valid crypto tail')
    .addOption(option.secrets())
    .addOption(option.at())
    .option('--all', 'list every fault of a code, not only the first')
    .addHelpText(
      'after',
      '\nExamples:\n  tamga parse codes.txt\n  zcat scans.gz | tamga parse --country RU\n\nExit code 1 when a line is not a well-formed code.',
    );
  session.define<Options>(command, async (options, [file = '-']) => {
    const core = await loadCore();
    const { country, format, input, recover, all } = options;
    const ring = await ringOf(options);
    const prove = ring && core.proveBy(ring, { at: options.at ?? new Date(), country });
    const lines = { country, recover, all, prove };
    let failed = 0;
    for await (const { bytes } of lineBlocks(
      file,
      inputBytes(file, session.signal, () => session.stdin()),
    )) {
      const block =
        input === 'jsonl'
          ? parsedJsonLines(core, bytes, lines, format)
          : parsedLines(core, bytes, { ...lines, trim: true }, format);
      failed += block.failed;
      await session.out.write(block.text);
    }
    ring?.unload();
    return failed > 0 ? EXIT.findings : EXIT.well;
  });
}

/** The keys that prove repairs. */
async function ringOf({ keys, secrets, at, recover }: Options): Promise<KeyRing | undefined> {
  if (keys === undefined && secrets === undefined && at === undefined) return undefined;
  if (keys === undefined || !recover) {
    throw new TamgaError('USAGE', { detail: '--keys goes with --recover, --secrets and --at with --keys' });
  }
  const { loadKeyRing } = await import('../../../engine/keys/index.js');
  return loadKeyRing(keys, { secrets });
}
