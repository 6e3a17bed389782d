// Goal: the real samples of acceptance come to exactly what is written beside them.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sample } from '../documents/scratch.test.files.js';
import { openEngine } from '../engine.js';
import type { Outcome, PackageDecision } from './outcomes.js';
import type { ReconcileReport } from './report.js';

interface Acceptance {
  expectedUnits: number;
  codes: Record<string, Outcome>;
  packages: Record<string, PackageDecision>;
  totals: ReconcileReport['totals'];
}

const { acceptance } = JSON.parse(readFileSync(sample('expected.json'), 'utf8')) as { acceptance: Acceptance };
const DISPATCH = sample('mdlp-415-move_order.xml');
const PACKS = [sample('mdlp-911-unit_pack.xml'), sample('mdlp-911-unit_pack-2.xml')];
const RECEIPT = sample('mdlp-416-receive_order.xml');
const SURPLUS = '095200000010187DEMOSURP0001';

const folder = mkdtempSync(join(tmpdir(), 'reconcile-samples-'));
afterAll(() => rmSync(folder, { recursive: true }));

function acceptanceOf({ expectedUnits, codes, packages, totals }: ReconcileReport): Acceptance {
  return { expectedUnits, codes: { ...codes }, packages: { ...packages }, totals };
}

const { expectedUnits, codes, packages, totals } = acceptance;

describe('the samples of acceptance: MDLP 415 and 911 against 416', () => {
  it.each([
    ['the dispatch first', [DISPATCH, ...PACKS]],
    ['the packing first', [...PACKS, DISPATCH]],
  ])('without a register, %s', async (_, expected) => {
    const engine = await openEngine({ workers: 0 });
    const result = await engine.reconcile({ expected, scanned: [RECEIPT] });
    expect(acceptanceOf(result.report)).toEqual({ expectedUnits, codes, packages, totals });
    expect(result.report.register).toBeNull();
    const findings = [];
    for await (const { code, outcome } of result.findings()) findings.push([code, outcome]);
    expect(findings).toEqual([
      [SURPLUS, 'SURPLUS'],
      ['095200000020227DEMOBX2B0003', 'SHORTAGE_INSIDE_PACKAGE'],
      ['095200000020227DEMOLSEC0002', 'SHORTAGE'],
    ]);
    await result.close();
    await engine.close();
  });

  it('with a register of the same documents: what no document announced is unknown to it', async () => {
    const engine = await openEngine({ register: join(folder, 'register'), create: true, workers: 0 });
    await engine.import([DISPATCH, ...PACKS, sample('mdlp-311-register_end_packing.xml')]);
    // The tree is the register's now: the packing documents may be named again or not.
    for (const expected of [[DISPATCH], [DISPATCH, ...PACKS]]) {
      const result = await engine.reconcile({ expected, scanned: [RECEIPT], at: new Date(2026, 1, 4) });
      expect(acceptanceOf(result.report)).toEqual({
        expectedUnits,
        // The register never met this code, so that it is not the sender's surplus but no known code at all.
        codes: { ...codes, [SURPLUS]: 'NOT_FOUND' },
        packages,
        totals: { ...totals, surplus: 0 },
      });
      expect(result.report.register?.codes).toBe(expectedUnits + 2);
      await result.close();
    }
    await engine.close();
  });
});
