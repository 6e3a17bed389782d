// Verdicts, AIs, and places of faults against those of the reference implementation; data/README.md tells where they are from.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aiText, loadCore, type ParsedCode } from '../host/index.js';

interface Row {
  id: string;
  input: string;
  ok: boolean;
  ais?: [string, string][];
  error?: { class: string; markup?: string };
}

const rows = readFileSync(new URL('../../../core/test/data/conformance.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const core = await loadCore();

/** What the reference calls a class of errors, and what we do. */
const CLASSES: Record<string, RegExp> = {
  'empty-input': /^EMPTY$/,
  'unknown-ai': /^UNKNOWN_AI$/,
  'ai-empty': /^AI_EMPTY$/,
  'ai-length': /^AI_TOO_SHORT$/,
  'ai-too-long': /^AI_TOO_LONG$/,
  caret: /^CARET$/,
  'excluded-pair': /^EXCLUDED_AI$/,
  'required-ai': /^REQUIRED_AI$/,
  'repeat-differs': /^REPEATED_AI$/,
  'digsig-serial': /^DIGSIG_WITHOUT_SERIAL$/,
  'lint:numeric': /^NOT_NUMERIC$/,
  'lint:cset82': /^BAD_CHARSET$/,
  'lint:cset39': /^BAD_CHARSET$/,
  'lint:cset64': /^BAD_CHARSET$/,
  'lint:cset64-pad': /^BAD_PADDING$/,
  'lint:csum': /^BAD_CHECK_DIGIT$/,
  'lint:csumalpha': /^BAD_CHECK_CHARACTERS$/,
  'lint:day': /^BAD_DATE$/,
  'lint:month': /^BAD_DATE$/,
  'lint:hour': /^BAD_TIME$/,
  'lint:coupon': /^COUPON_/,
  'lint:iban': /^BAD_IBAN_/,
};

/** True when `(AI)before|wrong|after` tells the same place as the error. */
function samePlace({ input, error }: Row, { error: ours }: ParsedCode): boolean {
  const bytes = Buffer.from(input);
  const markup = Buffer.from(error!.markup!).toString('latin1');
  const { position, length } = ours!;
  const wrong = `|${bytes.subarray(position, position + length).toString('latin1')}|`;
  const before = bytes.subarray(0, position).toString('latin1');
  const [, ai, rest] = /^\((\d+)\)(.*)$/s.exec(markup)!;
  for (let at = rest!.indexOf(wrong); at >= 0; at = rest!.indexOf(wrong, at + 1)) {
    if (before.endsWith(ai! + rest!.slice(0, at))) return true;
  }
  return false;
}

describe('the conformance file', () => {
  it('is the whole of it', () => {
    expect(rows).toHaveLength(6000);
    expect(rows.filter(({ ok }) => ok)).toHaveLength(2407);
  });

  it('agrees on every verdict and all AIs, one at a time', () => {
    const disagreements = rows.filter(({ input, ok, ais }) => {
      const parsed = core.parse(input, { format: 'gs1' });
      return parsed.ok !== ok || (ok && JSON.stringify(parsed.ais) !== JSON.stringify(ais));
    });
    expect(disagreements.map(({ id }) => id)).toEqual([]);
  });

  it('agrees in a batch, with the AIs as columns', () => {
    const codes = rows.map(({ input }) => Buffer.from(input));
    const frames = codes.flatMap((code) => [Buffer.of(code.length & 255, code.length >> 8), code]);
    const bytes = new Uint8Array(Buffer.concat(frames));
    const batch = core.parseBatch(bytes, { format: 'gs1', framing: 'u16' });
    const { first, ai, offset, length } = batch.elements!;
    const disagreements = rows.filter(({ ok, ais = [] }, row) => {
      if ((batch.columns.error[row] === 0) !== ok) return true;
      const found = [...ai.subarray(first[row], first[row + 1])].map((number, i) => {
        const at = offset[first[row]! + i]!;
        return [aiText(number), Buffer.from(bytes.subarray(at, at + length[first[row]! + i]!)).toString()];
      });
      return JSON.stringify(found) !== JSON.stringify(ais);
    });
    expect(disagreements.map(({ id }) => id)).toEqual([]);
  });

  it('agrees on the kind of the fault and, where the reference tells it, on its place', () => {
    const wrong: string[] = [];
    let places = 0;
    for (const row of rows) {
      if (row.ok) continue;
      const parsed = core.parse(row.input, { format: 'gs1' });
      if (!(CLASSES[row.error!.class]?.test(parsed.error!.code) ?? true))
        wrong.push(`${row.id}: ${parsed.error!.code}`);
      // the markup of a byte outside ASCII was cut in the middle of a character
      if (row.error!.markup === undefined || row.error!.markup.includes('\ufffd')) continue;
      places++;
      if (!samePlace(row, parsed)) wrong.push(`${row.id}: at ${parsed.error!.position}`);
    }
    expect(wrong).toEqual([]);
    expect(places).toBeGreaterThan(1000);
  });

  it('lists the first fault among all faults', () => {
    for (const { input, ok } of rows) {
      const { error, errors } = core.parse(input, { format: 'gs1', all: true });
      expect(errors![0]).toEqual(error);
      expect(errors!.length > 0).toBe(!ok);
    }
  });
});
