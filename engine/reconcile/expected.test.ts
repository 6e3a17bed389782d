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

  it('a code named twice is expected once, and the second line says where the first was', async () => {
    const expected = file('twice.txt', `${code('A00001')}\n${code('A00002')}\n${code('A00001')}\n`);
    const more = file('more.txt', `${code('A00002')}\n`);
    const scanned = file('both.txt', `${code('A00001')}\n${code('A00002')}\n`);
    const result = await engine.reconcile({ expected: [expected, more], scanned: [scanned] });
    try {
      expect(result.report.expectedUnits).toBe(2);
      expect(result.report.totals).toEqual({ matched: 2, shortage: 0, surplus: 0 });
      expect(result.report.inputs.map(({ codes, duplicates }) => [codes, duplicates])).toEqual([
        [3, 1],
        [1, 1],
        [2, 0],
      ]);
      const findings: Finding[] = [];
      for await (const finding of result.findings()) findings.push(finding);
      expect(findings).toEqual([
        expect.objectContaining({
          outcome: 'DUPLICATE_IN_DOCUMENT',
          path: expected,
          line: 3,
          firstPath: expected,
          firstLine: 1,
        }),
        expect.objectContaining({
          outcome: 'DUPLICATE_IN_DOCUMENT',
          path: more,
          line: 1,
          firstPath: expected,
          firstLine: 2,
        }),
      ]);
    } finally {
      await result.close();
    }
  });

  it('what is absent says which line had named it', async () => {
    const first = file('first.txt', `${code('A00009')}\n${code('A00001')}\n`);
    const second = file('second.txt', `\n${code('A00005')}\n`);
    const result = await engine.reconcile({ expected: [first, second], scanned: [file('none.txt', 'x\n')] });
    try {
      const missing: Finding[] = [];
      for await (const finding of result.missing()) missing.push(finding);
      expect(
        missing.map(({ code: text, documentPath, documentLine }) => [text.slice(14), documentPath, documentLine]),
      ).toEqual([
        ['A00001', first, 2],
        ['A00005', second, 2],
        ['A00009', first, 1],
      ]);
    } finally {
      await result.close();
    }
  });
});
