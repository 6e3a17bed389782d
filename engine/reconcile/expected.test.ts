/** Goal: what an expected input says and what it fails to say both show. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import type { Finding } from './report.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-expected-test-'));
let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ workers: 0 });
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const code = (serial: string): string => `010952000000101821${serial}`;

describe('lines of expected inputs', () => {
  it('that are no codes are counted apart and are findings, before those of the scans', async () => {
    const expected = file('expected.txt', `${code('A00001')}\n\nHELLO\n${code('A00002')}\n010952000000101921A00003\n`);
    const scanned = file('scanned.txt', `${code('A00001')}\nrubbish\n`);
    const result = await engine.reconcile({ expected: [expected], scanned: [scanned] });
    try {
      const { report } = result;
      expect(report.inputs.map(({ role, codes, notCodes }) => ({ role, codes, notCodes }))).toEqual([
        { role: 'expected', codes: 2, notCodes: 2 },
        { role: 'scanned', codes: 1, notCodes: 1 },
      ]);
      expect(report.totals).toEqual({ matched: 1, shortage: 1, surplus: 0 });
      const findings: Finding[] = [];
      for await (const finding of result.findings()) findings.push(finding);
      expect(findings.map(({ outcome, path, line }) => ({ outcome, path, line }))).toEqual([
        { outcome: 'UNKNOWN_CODE_TYPE', path: expected, line: 3 },
        { outcome: 'BAD_CHECK_DIGIT', path: expected, line: 5 },
        { outcome: 'UNKNOWN_CODE_TYPE', path: scanned, line: 2 },
        { outcome: 'SHORTAGE', path: undefined, line: undefined },
      ]);
    } finally {
      await result.close();
    }
  });

  it('a code named twice is expected once and is no finding', async () => {
    const expected = file('twice.txt', `${code('A00001')}\n${code('A00001')}\n`);
    const result = await engine.reconcile({ expected: [expected], scanned: [file('once.txt', code('A00001'))] });
    try {
      expect(result.report.expectedUnits).toBe(1);
      expect(result.report.totals).toEqual({ matched: 1, shortage: 0, surplus: 0 });
      for await (const finding of result.findings()) expect.unreachable(finding.code);
    } finally {
      await result.close();
    }
  });
});
