// The planted numbers are checked against a second, naive opinion: read the written files as anybody could and apply the rules of acceptance
// literally, one Map entry a code. Nothing here shares code with the planter but the names, and with the check of tails the primitives.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { type GostCurve, loadCore, type TailResult } from '../../core/host/index.js';
import type { Outcome, PackageDecision } from '../../engine/reconcile/outcomes.js';
import type { GtinTotals, ReconcileReport } from '../../engine/reconcile/report.js';
import { compareWithPlanted } from './check.js';
import { type Corpus, writeCorpus } from './corpus.js';

interface Entry {
  type: string;
  status: string;
  ownerTin: string;
  parent: string;
  expiry: string;
}

interface KeyFileEntry {
  keyId: string;
  algorithm: string;
  curve: GostCurve;
  publicKey: { x: string; y: string };
  secret: string;
  status: string;
}

const core = await loadCore();
const GS = '\x1d';
const SET_82 = /^[\dA-Za-z!"%&'()*+,\-./:;<=>?_]*$/;
const CODE = /^01(\d{14})21(.*)$/s;
/** GTIN, serial, price and check of a tobacco pack. */
const TOBACCO = /^((\d{14})(.{7})[A-Za-z0-9]{4})(.{4})$/;
const TAILS: Record<number, RegExp> = {
  6: /^(\x1d93.{4})?$/,
  7: /^(\x1d93.{4})?$/,
  13: /^(\x1d93.{4}|\x1d91.{4}\x1d92(.{44}|.{88}))?$/,
  20: /^(\x1d91.{4}\x1d92.{44})?$/,
};

describe.each([
  [20_000, 10_000, 1],
  [20_000, 10_000, 20260316],
  [30_000, 3_000, 7],
  [200_000, 20_000, 3],
])('corpus of %i registered, %i delivered, seed %i', (registered, delivered, seed) => {
  it('holds exactly what was planted', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tamga-oracle-'));
    try {
      const corpus = await writeCorpus(folder, {
        registered,
        delivered,
        seed,
      });
      const { report, missing } = await judge(corpus);
      expect(compareWithPlanted(report, corpus.planted, missing).rows.filter(({ equal }) => !equal)).toEqual([]);
      expect(report.expectedUnits).toBe(delivered);
      expect(report.lines.count).toBe(corpus.counts.scanLines);
      expect(missing.sort()).toEqual(corpus.planted.missing);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a small corpus', () => {
  it('has every finding', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tamga-oracle-'));
    try {
      const { planted } = await writeCorpus(folder, {
        registered: 20_000,
        delivered: 10_000,
        seed: 5,
      });
      expect(Object.keys(planted.outcomes).sort()).toEqual([
        'EXPIRED',
        'MATCHED',
        'MATCHED_PACKAGE_OPENED',
        'MATCHED_VIA_PACKAGE',
        'NOT_FOUND',
        'OTHER_OWNER',
        'SHORTAGE',
        'SHORTAGE_INSIDE_PACKAGE',
        'STATE_FORBIDS',
        'SURPLUS',
        'SURPLUS_FOREIGN',
      ]);
      expect(Object.keys(planted.lines.outcomes).sort()).toEqual([
        'BAD_CHARACTERS',
        'BAD_CHECK_DIGIT',
        'BLANK_LINE_SKIPPED',
        'COVERED_BY_PACKAGE',
        'DUPLICATE',
        'EXPIRED',
        'MATCHED',
        'MATCHED_PACKAGE_OPENED',
        'NOT_DATAMATRIX',
        'NOT_FOUND',
        'OPENED_PACKAGE_USED_AS_WHOLE',
        'OTHER_OWNER',
        'PACKAGE_ACCEPTED',
        'STATE_FORBIDS',
        'SURPLUS',
        'SURPLUS_FOREIGN',
        'TAIL_INVALID',
        'TAIL_KEY_REVOKED',
        'TAIL_KEY_UNKNOWN',
        'TEMPLATE_MISMATCH',
        'UNKNOWN_CODE_TYPE',
        'UNKNOWN_PACKAGE',
      ]);
      expect(Object.keys(planted.tails).sort()).toEqual(['ABSENT', 'INVALID', 'KEY_REVOKED', 'UNKNOWN_KEY', 'VALID']);
      expect(Object.keys(planted.packageDecisions).sort()).toEqual([
        'ACCEPTED_WHOLE',
        'NEEDS_DISAGGREGATION',
        'NOT_SCANNED',
        'UNEXPECTED',
        'UNKNOWN_PACKAGE',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function judge(corpus: Corpus): Promise<{ report: ReconcileReport; missing: string[] }> {
  const register = await readRegister(corpus.paths.register);
  const named = await readDelivery(corpus.paths.delivery);
  const above = (key: string) => {
    const chain: string[] = [];
    for (let parent = register.get(key)?.parent; parent; parent = register.get(parent)?.parent) chain.push(parent);
    return chain;
  };
  const inside = new Map<string, string[]>();
  for (const [key, { type }] of register) {
    for (const pack of type === 'UNIT' ? above(key) : []) {
      const contents = inside.get(pack) ?? [];
      inside.set(pack, contents);
      contents.push(key);
    }
  }

  const namedKeys = new Set(named.codes);
  const expected = new Set(named.codes.filter((key) => key.length > 18));
  for (const key of named.codes) for (const unit of inside.get(key) ?? []) expected.add(unit);
  const byGoods = tally([...expected].map((key) => key.slice(0, 14)));
  expect(Object.fromEntries(named.quantities)).toEqual(byGoods);

  // first pass: lines in their order
  const scannedUnits = new Map<string, 'own' | 'covered'>();
  const scannedPackages = new Map<string, { unitBefore: boolean }>();
  const lines: (Outcome | { unit: string })[] = [];
  const tailOf = await tailJudge(corpus);
  const tails: TailResult[] = [];
  for (const line of (await readFile(corpus.paths.scans, 'utf8')).split('\n').slice(0, -1)) {
    const read = readLine(line);
    const tail = 'outcome' in read || read.key.length === 18 ? undefined : tailOf(line);
    if (tail !== undefined) tails.push(tail);
    if ('outcome' in read) lines.push(read.outcome);
    else if (tail !== undefined && REFUSED[tail]) lines.push(REFUSED[tail]);
    else if (scannedUnits.has(read.key) || scannedPackages.has(read.key)) lines.push('DUPLICATE');
    else if (read.key.length === 18) {
      const contents = inside.get(read.key) ?? [];
      const unitBefore = contents.some((unit) => scannedUnits.has(unit));
      scannedPackages.set(read.key, { unitBefore });
      const owner = register.get(read.key)?.ownerTin;
      if (owner === undefined) lines.push('UNKNOWN_PACKAGE');
      else if (contents.some((unit) => expected.has(unit))) {
        lines.push(unitBefore ? 'OPENED_PACKAGE_USED_AS_WHOLE' : 'PACKAGE_ACCEPTED');
      } else lines.push(owner === corpus.supplier ? 'SURPLUS' : 'SURPLUS_FOREIGN');
    } else {
      const covered = above(read.key).some((pack) => scannedPackages.has(pack));
      scannedUnits.set(read.key, covered ? 'covered' : 'own');
      lines.push(covered ? 'COVERED_BY_PACKAGE' : { unit: read.key });
    }
  }

  // second pass: units
  const covered = new Set([...scannedPackages.keys()].flatMap((pack) => inside.get(pack) ?? []));
  const present = (key: string) => scannedUnits.has(key) || covered.has(key);
  const throughPackage = (key: string) => above(key).some((pack) => namedKeys.has(pack));
  const problem = (key: string): Outcome | undefined => {
    const { status, ownerTin, expiry } = register.get(key)!;
    if (status !== 'INTRODUCED') return 'STATE_FORBIDS';
    if (ownerTin !== corpus.supplier) return expected.has(key) ? 'OTHER_OWNER' : 'SURPLUS_FOREIGN';
    return expiry !== '' && expiry < corpus.today ? 'EXPIRED' : undefined;
  };
  const outcomeOf = (key: string): Outcome => {
    if (!register.has(key)) return 'NOT_FOUND';
    if (!present(key)) {
      const siblings = throughPackage(key) ? inside.get(register.get(key)!.parent)! : [];
      return siblings.some(present) ? 'SHORTAGE_INSIDE_PACKAGE' : 'SHORTAGE';
    }
    if (!expected.has(key)) return problem(key) ?? 'SURPLUS';
    if (scannedUnits.get(key) !== 'own') return problem(key) ?? 'MATCHED_VIA_PACKAGE';
    return problem(key) ?? (throughPackage(key) ? 'MATCHED_PACKAGE_OPENED' : 'MATCHED');
  };
  const units = new Map([...expected, ...scannedUnits.keys(), ...covered].map((key) => [key, outcomeOf(key)]));

  // third pass: packages
  const problems = new Set<Outcome | undefined>(['STATE_FORBIDS', 'OTHER_OWNER', 'EXPIRED']);
  const decide = (pack: string): PackageDecision => {
    const contents = inside.get(pack);
    if (contents === undefined) return 'UNKNOWN_PACKAGE';
    if (!contents.some((unit) => expected.has(unit))) return 'UNEXPECTED';
    if (!contents.some(present)) return 'NOT_SCANNED';
    const whole = [pack, ...above(pack)].some((one) => scannedPackages.has(one));
    const unitBefore = contents.some((unit) => scannedUnits.get(unit) === 'own');
    return whole && !unitBefore && !contents.some((unit) => problems.has(units.get(unit)))
      ? 'ACCEPTED_WHOLE'
      : 'NEEDS_DISAGGREGATION';
  };
  const packages = new Set([...named.codes.filter((key) => key.length === 18), ...scannedPackages.keys()]);

  const missing = [...units].filter(([, outcome]) => outcome.startsWith('SHORTAGE')).map(([key]) => key);
  const byGtin = new Map<string, GtinTotals>();
  for (const [key, outcome] of units) {
    const gtin = key.slice(0, 14);
    const totals = byGtin.get(gtin) ?? {
      gtin,
      expected: 0,
      matched: 0,
      shortage: 0,
      surplus: 0,
    };
    byGtin.set(gtin, totals);
    if (expected.has(key)) {
      totals.expected++;
      totals[outcome.startsWith('SHORTAGE') ? 'shortage' : 'matched']++;
    }
    if (outcome.startsWith('SURPLUS')) totals.surplus++;
  }
  const shortage = missing.length;
  const surplus = [...units.values()].filter((outcome) => outcome.startsWith('SURPLUS')).length;
  const report: ReconcileReport = {
    expectedUnits: expected.size,
    totals: { matched: expected.size - shortage, shortage, surplus },
    outcomes: tally(units.values()),
    lines: {
      count: lines.length,
      outcomes: tally(lines.map((line) => (typeof line === 'string' ? line : units.get(line.unit)!))),
    },
    tails: tally(tails),
    packageDecisions: tally([...packages].map(decide)),
    byGtin: [...byGtin.values()],
    byPackage: [],
    trees: { stated: 0, oneKind: false, outcomes: {}, findings: [] },
    inputs: [],
    expectedSet: null,
    register: null,
    at: '2026-03-16T09:00:00.000Z',
    timings: [],
  };
  return { report, missing };
}

async function readRegister(path: string): Promise<Map<string, Entry>> {
  const rows: (Entry & { code: string })[] = parse(await readFile(path), {
    delimiter: ';',
    columns: true,
  });
  const register = new Map<string, Entry>();
  for (const row of rows) {
    const key = row.type === 'UNIT' ? row.code.slice(2, 16) + row.code.slice(18) : row.code;
    if (register.has(key)) expect.fail(`${key} is twice in the register`);
    if (row.parent !== '' && register.get(row.parent)?.ownerTin !== row.ownerTin) expect.fail(`owner of ${key}`);
    register.set(key, row);
  }
  return register;
}

async function readDelivery(path: string): Promise<{ codes: string[]; quantities: Map<string, number> }> {
  const codes: string[] = [];
  const quantities = new Map<string, number>();
  let [text, gtin, quantity, net] = ['', '', 0, 0];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    text = '';
    if (name === 'СведТов') {
      quantity = Number(attributes.КолТов);
      net += Math.round(Number(attributes.СтТовБезНДС) * 100);
    }
    if (name === 'ДопСведТов') {
      gtin = attributes.ГТИН!;
      quantities.set(gtin, quantity);
    }
    if (name === 'ВсегоОпл') expect(Math.round(Number(attributes.СтТовБезНДСВсего) * 100)).toBe(net);
  });
  parser.on('text', (part) => {
    text += part;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'НомУпак') codes.push(text.slice(2));
    if (name === 'КИЗ') {
      if (text.slice(2, 16) !== gtin) expect.fail(`${text} is under ${gtin}`);
      codes.push(text.slice(2, 16) + text.slice(18));
    }
  });
  parser.write(new TextDecoder('windows-1251').decode(await readFile(path))).close();
  return { codes, quantities };
}

function readLine(line: string): { key: string } | { outcome: Outcome } {
  if (line.trim() === '') return { outcome: 'BLANK_LINE_SKIPPED' };
  if (!SET_82.test(line.replaceAll(GS, ''))) return { outcome: 'BAD_CHARACTERS' };
  if (/^(\d{8}|\d{13}|\d{14})$/.test(line) && digitsRight(line)) return { outcome: 'NOT_DATAMATRIX' };
  if (/^(00)?\d{18}$/.test(line) && digitsRight(line.slice(-18))) return { key: line.slice(-18) };
  const [, , pack, packSerial] = TOBACCO.exec(line) ?? [];
  if (pack !== undefined && digitsRight(pack)) return { key: `${pack}${packSerial}` };
  const [, gtin, rest] = CODE.exec(line) ?? [];
  if (gtin === undefined || rest === undefined) return { outcome: 'UNKNOWN_CODE_TYPE' };
  if (!digitsRight(gtin)) return { outcome: 'BAD_CHECK_DIGIT' };
  const [serial] = rest.split(GS, 1) as [string];
  const fits = TAILS[serial.length]?.test(rest.slice(serial.length)) ?? false;
  return fits ? { key: gtin + serial } : { outcome: 'TEMPLATE_MISMATCH' };
}

const REFUSED: Partial<Record<TailResult, Outcome>> = {
  INVALID: 'TAIL_INVALID',
  KEY_REVOKED: 'TAIL_KEY_REVOKED',
  UNKNOWN_KEY: 'TAIL_KEY_UNKNOWN',
};

/** Judges the tail of a line by the key file, one code and one primitive at a time. */
async function tailJudge({ paths }: Corpus): Promise<(line: string) => TailResult> {
  const { keys } = JSON.parse(await readFile(paths.keys, 'utf8')) as { keys: KeyFileEntry[] };
  const secrets = JSON.parse(await readFile(paths.secrets, 'utf8')) as Record<string, string>;
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
  const holds = (key: KeyFileEntry, message: Uint8Array, tail: string): boolean => {
    const bytes = Uint8Array.from(Buffer.from(tail, 'base64'));
    const secret = hex(secrets[key.secret] ?? '');
    switch (key.algorithm) {
      case 'hmac-streebog256':
        return Buffer.compare(core.hmacStreebog256(secret, message), bytes) === 0;
      case 'kuznyechik-cmac':
        return Buffer.compare(core.kuznyechikCmac(secret, message).subarray(0, 3), bytes) === 0;
      case 'magma-cmac':
        return Buffer.compare(core.magmaCmac(secret, message).subarray(0, 3), bytes) === 0;
      default:
        return core.gost3410Verify({
          curve: key.curve,
          publicKey: { x: hex(key.publicKey.x), y: hex(key.publicKey.y) },
          digest: core.streebog256(message),
          signature: { r: bytes.subarray(32), s: bytes.subarray(0, 32) },
        });
    }
  };
  return (line) => {
    const tobacco = TOBACCO.exec(line);
    const [identity, second, third] = line.split(GS) as [string, string?, string?];
    const message = tobacco?.[1] ?? identity;
    const tail = tobacco?.[4] ?? (third ?? second)?.slice(2);
    if (tail === undefined) return 'ABSENT';
    const wanted = tobacco ? 'magma-cmac' : third === undefined ? 'kuznyechik-cmac' : undefined;
    const key = keys.find(({ algorithm, keyId }) => (wanted ? algorithm === wanted : keyId === second!.slice(2)));
    if (key === undefined) return 'UNKNOWN_KEY';
    if (key.status === 'revoked') return 'KEY_REVOKED';
    return holds(key, Buffer.from(message, 'latin1'), tail) ? 'VALID' : 'INVALID';
  };
}

/** GS1 check digit, by its textbook property: the weighted sum of all digits is a multiple of ten. */
function digitsRight(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

function tally<Name extends string>(names: Iterable<Name>): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
