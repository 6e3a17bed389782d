// Goal: `--keys` checks tails in every command that has it, says what it found, and no secret ever stands in an output.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCore } from '../../core/host/index.js';
import { keyFolder, SECRETS } from '../../engine/keys/keys.test.files.js';
import { type CliResult, tamga as run } from './run-cli.test.files.js';

const folder = keyFolder();
const core = await loadCore();
const AT = ['--at', '2026-03-16T09:00:00Z'];

async function tamga(args: readonly string[], input?: string): Promise<CliResult> {
  const result = await run(args, input);
  for (const hex of Object.values(SECRETS)) {
    for (const said of [result.out, result.err]) {
      expect(said.toLowerCase()).not.toContain(hex.slice(0, 12));
      expect(said).not.toContain(Buffer.from(hex, 'hex').toString('base64').slice(0, 12));
    }
  }
  return result;
}

function milk(serial: string): { identity: string; code: string } {
  const identity = `010460700000109721${serial}`;
  const mac = core.kuznyechikCmac(Buffer.from(SECRETS.milk, 'hex'), Buffer.from(identity)).subarray(0, 3);
  return { identity, code: `${identity}\x1d93${Buffer.from(mac).toString('base64')}` };
}

const genuine = milk('5abcde');
const forged = `${milk('5abcdf').identity}\x1d93${genuine.code.slice(-4)}`;
const list = folder.file('codes.txt', `${genuine.code}\n${forged}\n${milk('5abcdg').identity}\n`);
const good = folder.file('good.txt', `${genuine.code}\n`);

it('verifies tails, and sums up their results', async () => {
  const json = await tamga(['verify', list, '--keys', folder.keys, ...AT, '--json']);
  expect(json).toMatchObject({ code: 1, err: '' });
  const [one, two, three, last] = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(one).toMatchObject({ outcome: 'WELL_FORMED', tail: 'VALID' });
  expect(two).toMatchObject({ outcome: 'TAIL_INVALID', tail: 'INVALID' });
  expect(three).toMatchObject({ outcome: 'WELL_FORMED', tail: 'ABSENT' });
  expect(last).toMatchObject({ summary: { tails: { VALID: 1, INVALID: 1, ABSENT: 1 } } });

  const text = await tamga(['verify', list, '--keys', folder.keys, '--secrets', folder.secrets, ...AT]);
  expect(text.out.split('\n')[1]).toMatch(/^TAIL_INVALID\t/);
  expect(text.err).toMatch(/not valid\s+1\n/);
  const required = await tamga(['verify', list, '--keys', folder.keys, '--tails', 'required', ...AT]);
  expect(required.out.split('\n')[2]).toMatch(/^TAIL_ABSENT\t/);
  expect((await tamga(['verify', good, '--keys', folder.keys, '--tails', 'required', ...AT])).code).toBe(0);
});

it('compares tails that no key decides with those that the register has seen', async () => {
  const register = join(folder.path, 'register');
  const strange = (tail: string): string => `0104607000001035215555551\x1d93${tail}`;
  const seen = folder.file('seen.txt', `${strange('abcd')}\n${strange('abcd').replace('5551', '5552')}\n`);
  const shown = folder.file('shown.txt', `${strange('abcd')}\n${strange('abce').replace('5551', '5552')}\n`);
  expect((await tamga(['import', seen, '--register', register])).code).toBe(0);
  const options = ['--register', register, '--keys', folder.keys, ...AT, '--registered-tails'];
  const json = await tamga(['verify', shown, ...options, '--json']);
  expect(json.code).toBe(1);
  const [same, other, last] = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(same).toMatchObject({ outcome: 'OK', tail: 'UNVERIFIABLE' });
  expect(other).toMatchObject({ outcome: 'TAIL_DIFFERS', tail: 'UNVERIFIABLE' });
  expect(last).toMatchObject({ summary: { registeredTails: { SAME_AS_REGISTERED: 1, DIFFERS_FROM_REGISTERED: 1 } } });
  const text = await tamga(['verify', shown, ...options, '--lang', 'ru']);
  expect(text.out).toMatch(/^OK\t.*\nTAIL_DIFFERS\t/);
  expect(text.err).toMatch(/такой же, как в реестре\s+1\n/);
  const jobs = ['--job', join(folder.path, 'jobs-of-tails')];
  const job = await tamga(['verify', shown, ...options, ...jobs, '--json']);
  expect(JSON.parse(job.out)).toMatchObject({
    summary: { registeredTails: { SAME_AS_REGISTERED: 1, DIFFERS_FROM_REGISTERED: 1 } },
  });
  const compared = ['reconcile', '--expected', seen, '--scanned', shown, ...options, '--json'];
  for (const more of [[], jobs]) {
    const { out } = await tamga([...compared, ...more]);
    // What documents name is compared with nothing: a line that shows another tail is not the code that it shows.
    expect(JSON.parse(out)).toMatchObject({
      totals: { matched: 1, shortage: 1, surplus: 0 },
      lines: { outcomes: { MATCHED: 1, TAIL_DIFFERS: 1 } },
      registeredTails: { SAME_AS_REGISTERED: 1, DIFFERS_FROM_REGISTERED: 1 },
    });
  }
  for (const args of [
    ['verify', shown],
    ['reconcile', '--expected', seen, '--scanned', shown],
  ]) {
    const { code, err } = await tamga([...args, '--registered-tails']);
    expect([code, err]).toEqual([2, expect.stringContaining('needs a register')]);
  }
}, 60_000);

it('verifies tails of what was scanned, not of what documents name', async () => {
  const expected = folder.file('expected.txt', `${genuine.identity}\n${milk('5abcdf').identity}\n`);
  const options = ['--keys', folder.keys, '--tails', 'required', ...AT, '--json'];
  const { out } = await tamga(['reconcile', '--expected', expected, '--scanned', list, ...options]);
  expect(JSON.parse(out)).toMatchObject({
    totals: { matched: 1, shortage: 1, surplus: 0 },
    lines: { outcomes: { MATCHED: 1, TAIL_INVALID: 1, TAIL_ABSENT: 1 } },
    tails: { VALID: 1, INVALID: 1, ABSENT: 1 },
  });
});

it('keeps results of tails in jobs, which go on only with the same keys', async () => {
  const jobs = join(folder.path, 'jobs');
  const begun = await tamga(['verify', list, '--keys', folder.keys, ...AT, '--job', jobs, '--json']);
  const { job, summary } = JSON.parse(begun.out) as { job: string; summary: unknown };
  expect(summary).toMatchObject({ tails: { VALID: 1, INVALID: 1, ABSENT: 1 } });
  const shown = JSON.parse((await tamga(['jobs', 'show', jobs, job, '--json'])).out) as { keys: string };
  expect(shown.keys).toMatch(/^[0-9a-f]{64}$/);
});

it('refuses keys that others can read', async () => {
  const exposed = folder.file('exposed.json', JSON.stringify(SECRETS), 0o644);
  const { code, err } = await tamga(['verify', list, '--keys', folder.keys, '--secrets', exposed]);
  expect(code).toBe(2);
  expect(err).toContain('SECRETS_EXPOSED');
});

it('proves a repair by its tail', async () => {
  const lost = genuine.code.replace('\x1d', '');
  const { out } = await tamga(['parse', '--recover', '--keys', folder.keys, ...AT], `${lost}\n`);
  expect(JSON.parse(out)).toMatchObject({ ok: true, serial: '5abcde', recovered: { proven: true } });
});
