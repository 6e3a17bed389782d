import { type Command, InvalidArgumentError, Option } from 'commander';
import { TamgaError } from '../../../engine/errors.js';
import { option } from '../options.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { text } from '../texts.js';

/** A key on standard input is at most so long, in characters. */
const KEY_JSON_MAX = 64 * 1024;

interface AddOptions extends CommonOptions {
  keyId?: string;
  algorithm?: string;
  curve?: string;
  x?: string;
  y?: string;
  pointOrder?: string;
  hash?: string;
  signatureOrder?: string;
  endian?: string;
  secret?: string;
  macBytes?: string;
  encoding?: string;
  padding?: boolean;
  format?: string[];
  group?: string[];
  message?: object[];
  from?: string;
  to?: string;
  comment?: string;
}

interface CheckOptions extends CommonOptions {
  secrets?: string;
  at?: Date;
  country?: 'RU' | 'UZ';
}

/** `tamga keys`: key files of the check of tails. Secrets are never printed. */
export function defineKeys(program: Command, session: Session): void {
  const keys = program.command('keys').description('list, add, revoke and check the keys of crypto tails');
  defineList(keys, session);
  defineAdd(keys, session);
  defineRevoke(keys, session);
  defineCheck(keys, session);
}

function defineList(keys: Command, session: Session): void {
  const list = keys
    .command('list')
    .description('the keys of a file, with their fingerprints; secrets are not read')
    .argument('<file>', 'key file');
  session.define<CommonOptions>(list, async (options, [file]) => {
    const { fingerprintOf, readKeyFile } = await import('../../../engine/keys/index.js');
    const { keys: entries } = await readKeyFile(file!);
    if (options.json) {
      const listed = entries.map((entry) => ({ fingerprint: fingerprintOf(entry), ...entry }));
      await session.out.write(`${JSON.stringify(listed, null, 2)}\n`);
    } else {
      const { keyListText } = await import('../keys-text.js');
      await session.out.write(keyListText(entries, session.language, session.out));
    }
    return EXIT.well;
  });
}

function defineAdd(keys: Command, session: Session): void {
  const add = keys
    .command('add')
    .description('add a key, described by options, or as JSON on the standard input when --algorithm is not given')
    .argument('<file>', 'key file; made when there is none')
    .option('--key-id <id>', 'AI 91 of the codes; “default” for codes without one')
    .option('--algorithm <name>', 'such as gost3410-2012-256 or kuznyechik-cmac')
    .option('--curve <name>', 'of a GOST key, such as CryptoPro-A')
    .option('--x <hex>', 'public key, 32 bytes')
    .option('--y <hex>', 'public key, 32 bytes')
    .addOption(new Option('--point-order <order>', 'order of the bytes of x and y').choices(['big', 'little']))
    .addOption(new Option('--hash <name>', 'of the message').choices(['none', 'streebog256', 'sha256']))
    .addOption(new Option('--signature-order <order>', 'of the two numbers of a signature').choices(['rs', 'sr']))
    .addOption(new Option('--endian <order>', 'order of the bytes of each number').choices(['big', 'little']))
    .option('--secret <name>', 'name of the secret of a MAC key; the secret itself goes into the file of secrets')
    .option('--mac-bytes <count>', 'bytes of the MAC that a tail holds')
    .addOption(new Option('--encoding <name>', 'of the tail').choices(['base64', 'base64url', 'raw']))
    .option('--padding', 'the tail ends in = signs where base64 has them')
    .option('--no-padding', 'it does not')
    .option('--format <id...>', 'structures that the key is for')
    .option('--group <id...>', 'product groups that it is for, such as RU:8')
    .addOption(
      new Option(
        '--message <parts>',
        'what a tail signs, in order: (21) an AI with its value, 21 its value, GS, FNC1, line, line-with-tail-ai, hex:00; a ? behind an AI: may be absent',
      ).argParser(messageParts),
    )
    .option('--from <date>', 'first day, or moment, of validity')
    .option('--to <date>', 'last day, or the moment that ends it')
    .option('--comment <text>');
  session.define<AddOptions>(add, async (options, [file]) => {
    const { addKey } = await import('../../../engine/keys/index.js');
    const entry = options.algorithm === undefined ? await keyFromStdin(session) : keyFromOptions(options);
    const fingerprint = await addKey(file!, entry);
    return told(session, options, 'keys.added', { file: file!, fingerprint });
  });
}

function defineRevoke(keys: Command, session: Session): void {
  const revoke = keys
    .command('revoke')
    .description('mark a key as revoked: from --at on, or from ever')
    .argument('<file>', 'key file')
    .argument('<key>', 'key id, or the beginning of the fingerprint')
    .addOption(
      new Option('--at <time>', 'moment from which on its tails count no longer').argParser(option.at().parseArg!),
    );
  session.define<CommonOptions & { at?: Date }>(revoke, async (options, [file, key]) => {
    const { revokeKey } = await import('../../../engine/keys/index.js');
    const fingerprint = await revokeKey(file!, key!, options.at);
    return told(session, options, 'keys.revoked', { file: file!, fingerprint });
  });
}

function defineCheck(keys: Command, session: Session): void {
  const check = keys
    .command('check')
    .description('examine a key file and its secrets; with codes, check their tails and count the results by key')
    .argument('<file>', 'key file')
    .argument('[codes]', 'list of codes, plain or .gz; - is standard input')
    .option('--secrets <file>', 'file of secrets (default: the one that the key file names)')
    .addOption(option.at())
    .addOption(option.country())
    .addHelpText('after', '\nExit code 1 when something is wrong with a key, or a tail is not valid.');
  session.define<CheckOptions>(check, async (options, [file, codes]) => {
    const { examineKeys } = await import('../examine-keys.js');
    const found = await examineKeys(file!, codes, options, session);
    if (options.json) await session.out.write(`${JSON.stringify(found, null, 2)}\n`);
    else {
      const { examinationText } = await import('../keys-text.js');
      await session.out.write(examinationText(found, session.language, session.out));
    }
    return found.well ? EXIT.well : EXIT.findings;
  });
}

async function told(
  session: Session,
  { json }: CommonOptions,
  name: 'keys.added' | 'keys.revoked',
  data: { file: string; fingerprint: string },
): Promise<number> {
  await session.out.write(`${json ? JSON.stringify(data) : text(session.language, name, data)}\n`);
  return EXIT.well;
}

async function keyFromStdin(session: Session): Promise<unknown> {
  const { parseJson } = await import('../../../engine/keys/index.js');
  let json = '';
  for await (const chunk of session.stdin().setEncoding('utf8')) {
    json += chunk as string;
    if (json.length > KEY_JSON_MAX) throw new TamgaError('FILE_TOO_LARGE', { path: '-', limit: `${KEY_JSON_MAX}` });
  }
  return parseJson(json, '-', 'KEYS_INVALID');
}

function keyFromOptions(options: AddOptions): unknown {
  const { algorithm, keyId, format, group, message, from, to, comment, encoding, padding } = options;
  const common = { keyId, formats: format, groups: group, algorithm, message, from, to, status: 'active', comment };
  const entry =
    options.secret === undefined
      ? {
          ...common,
          curve: options.curve,
          publicKey: { x: options.x, y: options.y, order: options.pointOrder },
          hash: options.hash,
          signature: { order: options.signatureOrder, endian: options.endian },
          tail: { encoding, padding },
        }
      : { ...common, secret: options.secret, tail: { encoding, padding, bytes: wholeNumber(options.macBytes) } };
  // Options that were not given are not there at all, as in JSON.
  return JSON.parse(JSON.stringify(entry)) as unknown;
}

function wholeNumber(given: string | undefined): number | undefined {
  return given === undefined ? undefined : Number(given);
}

/** Parts of a message template as they are written on the command line. */
function messageParts(given: string): object[] {
  return given
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const ai = /^(?:\((\d{2,4})\)|(\d{2,4}))(\?)?$/.exec(word);
      if (ai !== null) {
        const part = { ai: ai[1] ?? ai[2], prefix: ai[1] !== undefined };
        return ai[3] === undefined ? part : { ...part, optional: true };
      }
      if (word === 'GS' || word === 'FNC1') return { separator: word };
      if (word === 'line') return { line: 'to-tail-element' };
      if (word === 'line-with-tail-ai') return { line: 'to-tail-value' };
      if (word.startsWith('hex:')) return { hex: word.slice('hex:'.length) };
      throw new InvalidArgumentError(`“${word}” is no part of a message.`);
    });
}
