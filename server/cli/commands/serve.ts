import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { flagOf, readSettings, SETTING_NAMES, settingSchema } from '../../serve/settings.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';

type Options = CommonOptions & Record<string, unknown>;

/** `tamga serve`: verdicts over HTTP and WebSocket until a signal ends it. Its flags are the server's settings. */
export function defineServe(program: Command, session: Session): void {
  const command = program
    .command('serve')
    .description('answer over HTTP and WebSocket until it is interrupted')
    .option('--config <file>', 'JSON file of settings; flags and TAMGA_… variables go before it');
  for (const name of SETTING_NAMES) {
    const { description = '', default: byDefault, type } = settingSchema(name);
    const told =
      byDefault === undefined || byDefault === false || Array.isArray(byDefault) ? '' : ` (default: ${byDefault})`;
    const value =
      type === 'boolean' ? '' : type === 'integer' ? ' <number>' : type === 'array' ? ' <list>' : ' <value>';
    command.addOption(new Option(`${flagOf(name)}${value}`, description + told));
  }
  session.define<Options>(command, async (options) => {
    const settings = readSettings(options, process.env);
    const { startServer } = await import('../../serve/run.js');
    const server = await startServer(settings);
    try {
      const { address, firstKey, exposed } = server;
      await session.out.write(
        options.json
          ? `${JSON.stringify({ address, ...(firstKey !== null && { firstKey }) })}\n`
          : `${address}\n${firstKey === null ? '' : `first API key, told only now: ${firstKey}\n`}`,
      );
      if (exposed)
        session.err.write(
          'Others can reach this address, and what they send goes unencrypted: --tls-cert and --tls-key.\n',
        );
      await session.out.flush();
      if (!session.signal.aborted) await once(session.signal, 'abort');
    } finally {
      await server.close();
    }
    // A signal is how a server is meant to end.
    session.exitCode = EXIT.well;
    return EXIT.well;
  });
}
