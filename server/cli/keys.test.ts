// Goal: `tamga keys` does what it says, and no secret ever stands in its output.
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { fingerprintOf } from '../../engine/keys/index.js';
import { GOST_KEY, keyFolder, MEDICINES_KEY, MILK_KEY, SECRETS } from '../../engine/keys/keys.test.files.js';
import { type CliResult, tamga as run } from './run-cli.test.files.js';

const folder = keyFolder();
const core = await loadCore();

/** Runs the program and looks for secrets in what it says, in any of the ways a byte is written. */
async function tamga(args: readonly string[], input?: string): Promise<CliResult> {
  const result = await run(args, input);
  for (const hex of Object.values(SECRETS)) {
    const bytes = Buffer.from(hex, 'hex');
    for (const said of [result.out, result.err]) {
      expect(said.toLowerCase()).not.toContain(hex.slice(0, 12));
      expect(said).not.toContain(bytes.toString('base64').slice(0, 12));
      expect(said.replaceAll(/\s/g, '')).not.toContain([...bytes].slice(0, 6).join(','));
    }
  }
  return result;
}

function milkCode(serial: string, forged = false): string {
  const identity = `010460700000109721${serial}`;
  const mac = core.kuznyechikCmac(Buffer.from(SECRETS.milk, 'hex'), Buffer.from(identity)).subarray(0, 3);
  if (forged) mac[0]! ^= 1;
  return `${identity}\x1d93${Buffer.from(mac).toString('base64')}`;
}

describe('tamga keys', () => {
  it('lists keys for people and machines', async () => {
    const { code, out } = await tamga(['keys', 'list', folder.keys]);
    expect(code).toBe(0);
    for (const key of [GOST_KEY, MILK_KEY, MEDICINES_KEY]) expect(out).toContain(fingerprintOf(key));
    expect(out).toMatch(/G001\s+gost3410-2012-256 CryptoPro-A/);
    expect(out).toContain('2024-01-01 – 2026-12-31');
    const listed = JSON.parse((await tamga(['keys', 'list', folder.keys, '--json'])).out) as unknown[];
    expect(listed).toEqual(
      [GOST_KEY, MILK_KEY, MEDICINES_KEY].map((key) => ({ fingerprint: fingerprintOf(key), ...key })),
    );
    const russian = await tamga(['keys', 'list', folder.keys, '--lang', 'ru']);
    expect(russian.out).toContain('отпечаток');
    const uzbek = await tamga(['keys', 'check', folder.keys, '--lang', 'uz', '--at', '2026-03-16T09:00:00Z']);
    expect(uzbek.out).toContain('Kalitlar: 3');
  });

  it('adds keys by options or as JSON, and revokes them', async () => {
    const path = join(folder.path, 'cli.json');
    const { publicKey } = GOST_KEY as Extract<typeof GOST_KEY, { publicKey: unknown }>;
    const options =
      '--key-id G001 --algorithm gost3410-2012-256 --curve CryptoPro-A --point-order big --hash streebog256 --signature-order sr --endian big --encoding base64 --padding --format 01-21.13-91-92.88';
    const added = await tamga([
      'keys',
      'add',
      path,
      ...options.split(' '),
      ...['--x', publicKey.x, '--y', publicKey.y, '--message', '(01) (21)'],
    ]);
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toContain(fingerprintOf(GOST_KEY));
    const mac =
      '--key-id default --algorithm kuznyechik-cmac --secret milk --mac-bytes 3 --encoding base64 --padding --group RU:8';
    const message = ['--message', 'line GS 21 (8005)? hex:00ff line-with-tail-ai FNC1'];
    expect((await tamga(['keys', 'add', path, ...mac.split(' '), ...message, '--comment', 'мк'])).code).toBe(0);
    expect((await tamga(['keys', 'add', path, '--json'], JSON.stringify(MEDICINES_KEY))).code).toBe(0);
    const keys = (JSON.parse(readFileSync(path, 'utf8')) as { keys: (typeof MILK_KEY)[] }).keys;
    expect([keys[0], keys[2]]).toEqual([GOST_KEY, MEDICINES_KEY]);
    expect(keys[1]!.message).toEqual([
      { line: 'to-tail-element' },
      { separator: 'GS' },
      { ai: '21', prefix: false },
      { ai: '8005', prefix: true, optional: true },
      { hex: '00ff' },
      { line: 'to-tail-value' },
      { separator: 'FNC1' },
    ]);
    const revoked = await tamga(['keys', 'revoke', path, 'EE06', '--at', '2026-02-01T00:00:00Z', '--json']);
    expect(JSON.parse(revoked.out)).toEqual({ file: path, fingerprint: fingerprintOf(MEDICINES_KEY) });
    expect((await tamga(['keys', 'list', path])).out).toContain('revoked 2026-02-01T00:00:00.000Z');
  });

  it('checks a file, its secrets, and codes with it', async () => {
    const at = ['--at', '2026-03-16T09:00:00Z'];
    expect(await tamga(['keys', 'check', folder.keys, ...at])).toMatchObject({ code: 0 });
    const codes = folder.file('codes.txt', [milkCode('abcdef'), milkCode('abcdeg'), ''].join('\n'));
    const well = await tamga(['keys', 'check', folder.keys, codes, ...at, '--json']);
    expect(well.code).toBe(0);
    expect(JSON.parse(well.out)).toMatchObject({
      keys: 3,
      well: true,
      codes: [{ keyId: 'default', counts: { VALID: 2 } }],
    });
    const mixed = [milkCode('abcdef'), milkCode('abcdeg', true), '01046070000010972151234x', 'garbage'].join('\n');
    const bad = await tamga(['keys', 'check', folder.keys, '-', ...at, '--json'], mixed);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({
      well: false,
      codes: [{ keyId: 'default', counts: { ABSENT: 2, INVALID: 1, VALID: 1 } }],
    });
    const alone = folder.file('alone.json', JSON.stringify({ version: 1, keys: [MILK_KEY] }));
    const without = await tamga(['keys', 'check', alone, codes, ...at]);
    expect(without.code).toBe(1);
    expect(without.out).toContain('its secret is not in the file of secrets');
    expect(without.out).toMatch(/default\s+can't be checked\s+2/);
  });

  it('refuses exposed secrets and wrong keys with exit code 2, and changes nothing', async () => {
    chmodSync(folder.secrets, 0o644);
    const exposed = await tamga(['keys', 'check', folder.keys]);
    expect(exposed).toMatchObject({ code: 2 });
    expect(exposed.err).toContain('chmod 600');
    chmodSync(folder.secrets, 0o600);
    const before = readFileSync(folder.keys);
    const { mtimeMs } = statSync(folder.keys);
    for (const [args, input] of [
      [['keys', 'add', folder.keys], '{'],
      [['keys', 'add', folder.keys], JSON.stringify({ ...MILK_KEY, secret: undefined })],
      [['keys', 'add', folder.keys], JSON.stringify({ ...MILK_KEY, secretValue: SECRETS.milk })],
      [['keys', 'add', folder.keys, '--algorithm', 'rot13'], ''],
      [['keys', 'add', folder.keys, '--algorithm', 'x', '--message', '01 21 nonsense'], ''],
      [['keys', 'revoke', folder.keys, 'ZZZZ'], ''],
      [['keys', 'list', folder.secrets], ''],
      [['keys', 'check', folder.keys, '--secrets', folder.keys], ''],
      [['keys', 'list', join(folder.path, 'absent.json')], ''],
      [['keys', 'nothing'], ''],
    ] as const) {
      const { code, err } = await tamga(args, input);
      expect([args.join(' '), code]).toEqual([args.join(' '), 2]);
      expect(err).not.toBe('');
    }
    expect(readFileSync(folder.keys)).toEqual(before);
    expect(statSync(folder.keys).mtimeMs).toBe(mtimeMs);
  });
});
