import { once } from 'node:events';
import type { Command } from 'commander';
import { TamgaError } from '../../../engine/errors.js';
import { integerIn, option, type TailChoice, tailOptions } from '../options.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';

interface Options extends CommonOptions, TailChoice {
  register?: string;
  port: number;
  host: string;
}

/** `tamga serve`: verdicts over HTTP and WebSocket until a signal ends it. */
export function defineServe(program: Command, session: Session): void {
  const command = program
    .command('serve')
    .description('answer over HTTP and WebSocket until it is interrupted')
    .option('--register <dir>', 'register to ask; without one, only the form of the codes is judged')
    .addOption(option.keys())
    .addOption(option.secrets())
    .addOption(option.tails())
    .option('--port <number>', 'TCP port; 0: any free one', integerIn(0, 65_535), 8080)
    .option(
      '--host <host>',
      'address to listen on; what is not this computer needs a proxy that checks who asks',
      '127.0.0.1',
    );
  session.define<Options>(command, async (options) => {
    const { openEngine } = await import('../../../engine/index.js');
    const { buildServer } = await import('../../serve/server.js');
    const engine = await openEngine({ register: options.register, ...tailOptions(options) });
    try {
      const server = await buildServer({ engine });
      const address = await listen(server, options);
      await session.out.write(`${options.json ? JSON.stringify({ address }) : address}\n`);
      await session.out.flush();
      if (!session.signal.aborted) await once(session.signal, 'abort');
      await server.close();
    } finally {
      await engine.close();
    }
    // A signal is how a server is meant to end.
    session.exitCode = EXIT.well;
    return EXIT.well;
  });
}

async function listen(
  server: { listen(options: { port: number; host: string }): Promise<string> },
  { port, host }: Options,
): Promise<string> {
  try {
    return await server.listen({ port, host });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new TamgaError('USAGE', { detail: `can't listen on ${host}:${port}: ${message}` }, { cause: error });
  }
}
