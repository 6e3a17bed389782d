/** The sample documents that come with Tamga, run through the engine and compared with their expected outcomes. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { summarizeUpd } from '../../engine/documents/summary.js';
import { openEngine, readDocument } from '../../engine/index.js';

const SAMPLES = new URL('../../engine/documents/samples/', import.meta.url);

export interface SampleCheck {
  ok: boolean;
  /** What was compared, and whether it was equal. */
  checks: { name: string; equal: boolean }[];
}

/** Reconciles the МДЛП samples and reads the УПД; compares both with `expected.json`. */
export async function checkSamples(): Promise<SampleCheck> {
  const expected = JSON.parse(await readFile(new URL('expected.json', SAMPLES), 'utf8')) as {
    acceptance: Record<'expectedUnits' | 'totals' | 'codes' | 'packages', unknown>;
    upd: unknown;
  };
  const engine = await openEngine();
  try {
    const result = await engine.reconcile({
      expected: ['mdlp-415-move_order.xml', 'mdlp-911-unit_pack.xml', 'mdlp-911-unit_pack-2.xml'].map(path),
      scanned: [path('mdlp-416-receive_order.xml')],
    });
    await result.close();
    const { report } = result;
    const upd = summarizeUpd(
      await readDocument(path('upd-503-seller.xml')),
      await readDocument(path('upd-503-buyer.xml')),
    );
    const { acceptance } = expected;
    const checks = [
      {
        name: 'expectedUnits',
        equal: report.expectedUnits === acceptance.expectedUnits,
      },
      {
        name: 'totals',
        equal: isDeepStrictEqual(report.totals, acceptance.totals),
      },
      {
        name: 'codes',
        equal: isDeepStrictEqual({ ...report.codes }, acceptance.codes),
      },
      {
        name: 'packages',
        equal: isDeepStrictEqual({ ...report.packages }, acceptance.packages),
      },
      { name: 'upd', equal: isDeepStrictEqual(upd, expected.upd) },
    ];
    return { ok: checks.every(({ equal }) => equal), checks };
  } finally {
    await engine.close();
  }
}

function path(name: string): string {
  return fileURLToPath(new URL(name, SAMPLES));
}
