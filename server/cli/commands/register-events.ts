import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CodeFilter, Engine, Register } from '../../../engine/index.js';
import { GROUP_MAX } from '../../../engine/jobs/limits.js';
import { formatCount, visible } from '../../../engine/messages/index.js';
import { STATES } from '../../../engine/register/states.js';
import { inputBytes } from '../input-bytes.js';
import { integerIn, moment } from '../options.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { text } from '../texts.js';

interface EventOptions extends CommonOptions {
  possible?: boolean;
  anyActor?: boolean;
  replay?: boolean;
  create?: boolean;
}

interface AtOptions extends CommonOptions, CodeFilter {}

/** Codes of a past set that are listed for people; --json has all. */
const CODES_SHOWN = 20;
/** Codes written as JSON at once. */
const CODES_AT_ONCE = 10_000;

/** The subcommands of `tamga register` that are about events: `event`, `export`, `history`, `at`. */
export function defineRegisterEvents(register: Command, session: Session): void {
  defineEvent(register, session);
  defineExport(register, session);
  defineHistory(register, session);
  defineAt(register, session);
}

function defineEvent(register: Command, session: Session): void {
  const command = register
    .command('event')
    .description('apply events from JSON: one event, an array, or a line each (as “export” writes them)')
    .argument('<dir>', 'folder of the register')
    .argument('[file]', 'events, plain or .gz; - is standard input', '-')
    .option('--possible', 'apply an event to the codes that it applies to, and list the others')
    .option('--any-actor', 'do not check that the actor owns what it acts on, in events that don’t say')
    .option('--replay', 'keep the times at which an export says that events were applied')
    .option('--create', 'make the register when it isn’t there')
    .addHelpText(
      'after',
      '\nExample:\n  echo \'{"kind":"sell","actor":"7701234567","codes":["046070000010425Df6hMwnNejNz"]}\' | tamga register event ./register' +
        '\n\nExit code 1 when an event, or a code of one, was refused. docs/events.md tells every kind.',
    );
  session.define<EventOptions>(command, (options, [dir, file = '-']) =>
    withEngine(dir!, { create: options.create, strictOwnership: !options.anyActor }, async (engine) => {
      const { EventFeed } = await import('../event-feed.js');
      const feed = new EventFeed(engine, session, options);
      await feed.run(
        file,
        inputBytes(file, session.signal, () => session.stdin()),
      );
      await feed.report();
      return feed.counts.refused + feed.counts.codesRefused > 0 ? EXIT.findings : EXIT.well;
    }),
  );
}

function defineExport(register: Command, session: Session): void {
  const command = register
    .command('export')
    .description('print every event as a JSON line, oldest first; “event” makes an equal register of them')
    .argument('<dir>', 'folder of the register')
    .addHelpText('after', '\nExample:\n  tamga register export ./register | gzip > events.jsonl.gz');
  session.define<CommonOptions>(command, (_, [dir]) =>
    withEngine(dir!, {}, async (engine) => {
      for (const event of engine.events()) {
        session.signal.throwIfAborted();
        await session.out.write(`${JSON.stringify(event)}\n`);
      }
      return EXIT.well;
    }),
  );
}

function defineHistory(register: Command, session: Session): void {
  const command = register
    .command('history')
    .description('what happened to a code and to the packages it was in, newest first')
    .argument('<dir>', 'folder of the register')
    .argument('<code>', 'GTIN and serial, SSCC, or the whole code as scanned');
  session.define<CommonOptions>(command, (options, [dir, code]) =>
    withEngine(dir!, {}, async (engine) => {
      const entries = [...engine.history(code!)];
      if (options.json) await session.out.write(`${JSON.stringify({ code, events: entries }, null, 2)}\n`);
      else if (entries.length === 0)
        session.err.write(`${text(session.language, 'notInRegister', { code: code!, path: dir! })}\n`);
      else {
        const { eventsText } = await import('../event-text.js');
        await session.out.write(eventsText(entries, session.language, session.out));
      }
      return entries.length === 0 ? EXIT.findings : EXIT.well;
    }),
  );
}

function defineAt(register: Command, session: Session): void {
  const command = register
    .command('at')
    .description('the register as it was: a code, the codes that fit the options, or counts by state')
    .argument('<dir>', 'folder of the register')
    .argument('<time>', 'ISO 8601, by the register’s own clock; or event:N, behind that event', momentOrEvent)
    .argument('[code]', 'GTIN and serial, SSCC, or the whole code as scanned')
    .addOption(new Option('--state <state>', 'codes in this state').choices(STATES))
    .option('--owner <id>', 'codes of this owner')
    .option('--gtin <gtin>', 'codes of this GTIN, 14 digits')
    .option('--series <series>', 'codes of this series')
    .addOption(new Option('--group <number>', 'codes of this product group').argParser(integerIn(1, GROUP_MAX)))
    .option('--document <document>', 'codes that this document had named')
    .option('--package <code>', 'codes directly in this package')
    .addHelpText('after', '\nExample:\n  tamga register at ./register 2026-03-16T09:00:00+03:00 --owner 7701234567');
  session.define<AtOptions>(command, (options, [dir, time, code]) =>
    withEngine(dir!, {}, async (engine) => {
      const then = engine.asOf(momentOrEvent(time!));
      const { json: _, lang: __, ...filter } = options;
      const what = { at: time, event: then.sequence, appliedAt: iso(then.appliedAt) };
      if (code !== undefined) return showCode(session, engine.register as Register, then, code, options, what);
      if (Object.keys(filter).length > 0)
        return showSet(session, engine.register as Register, then, filter, options, what);
      const { momentText, statesText } = await import('../event-text.js');
      const byState = then.byState();
      if (options.json) await session.out.write(`${JSON.stringify({ ...what, byState }, null, 2)}\n`);
      else
        await session.out.write(
          momentText(then, session.language) + statesText(byState, session.language, session.out),
        );
      return EXIT.well;
    }),
  );
}

type Then = ReturnType<Engine['asOf']>;

async function showCode(
  session: Session,
  register: Register,
  then: Then,
  code: string,
  options: CommonOptions,
  what: object,
): Promise<number> {
  const { lookUp, historyText } = await import('../register-text.js');
  const found = await lookUp(register, code, then);
  if (options.json) await session.out.write(`${JSON.stringify({ ...what, ...found }, null, 2)}\n`);
  else if (found.record === null) {
    session.err.write(`${text(session.language, 'notThen', { code: found.code, path: register.path })}\n`);
  } else {
    const { momentText } = await import('../event-text.js');
    await session.out.write(momentText(then, session.language) + historyText(found, session.language, session.out));
  }
  return found.record === null ? EXIT.findings : EXIT.well;
}

async function showSet(
  session: Session,
  register: Register,
  then: Then,
  filter: CodeFilter,
  options: CommonOptions,
  what: object,
): Promise<number> {
  const set = then.select(filter);
  const textOf = (ordinal: number): string => register.textOf(ordinal);
  if (!options.json) {
    const { momentText } = await import('../event-text.js');
    await session.out.write(momentText(then, session.language));
    await session.out.write(`${text(session.language, 'codes')}: ${formatCount(session.language, set.size)}\n`);
    for (const ordinal of set.rangeUint32Array(0, CODES_SHOWN))
      await session.out.write(`${visible(textOf(ordinal))}\n`);
    if (set.size > CODES_SHOWN)
      await session.out.write(`${text(session.language, 'moreCodes', { count: set.size - CODES_SHOWN })}\n`);
    return EXIT.well;
  }
  // Written as it is read: a set may have millions.
  await session.out.write(`${JSON.stringify({ ...what, count: set.size }).slice(0, -1)},"codes":[`);
  for (let from = 0; from < set.size; from += CODES_AT_ONCE) {
    session.signal.throwIfAborted();
    const codes = [...set.rangeUint32Array(from, from + CODES_AT_ONCE)].map(textOf);
    await session.out.write((from === 0 ? '\n' : ',\n') + codes.map((code) => JSON.stringify(code)).join(',\n'));
  }
  await session.out.write('\n]}\n');
  return EXIT.well;
}

function momentOrEvent(given: string): Date | { sequence: number } {
  const [, sequence] = /^event:(\d{1,10})$/.exec(given) ?? [];
  if (sequence !== undefined) return { sequence: Number(sequence) };
  if (given.startsWith('event:')) throw new InvalidArgumentError('Expected a number behind “event:”.');
  return moment(given);
}

const iso = (milliseconds: number): string | null => (milliseconds === 0 ? null : new Date(milliseconds).toISOString());

async function withEngine(
  dir: string,
  options: { create?: boolean; strictOwnership?: boolean },
  work: (engine: Engine) => Promise<number>,
): Promise<number> {
  const { openEngine } = await import('../../../engine/index.js');
  const engine = await openEngine({ register: dir, workers: 0, ...options });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}
