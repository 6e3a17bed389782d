import type { Command } from 'commander';
import type { CommonOptions, Session } from '../session.js';

interface Options extends CommonOptions {
  small?: boolean;
  keep?: string;
}

/** `tamga demo`: a delivery of a million codes, made, imported, reconciled and checked. */
export function defineDemo(program: Command, session: Session): void {
  const command = program
    .command('demo')
    .description('make a register of 2 million codes and a delivery with planted faults, and find exactly these')
    .option('--small', 'a hundredth of it')
    .option('--keep <dir>', 'work in this folder and leave the files there');
  session.define<Options>(command, async (options) => {
    const { runDemo } = await import('../../demo/demo.js');
    await session.out.flush();
    return runDemo({
      folder: options.keep,
      small: options.small === true,
      language: session.language,
      json: options.json === true,
    });
  });
}
