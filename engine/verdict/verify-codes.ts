/** Verdicts for single codes, in the calling thread: the same steps as in bulk, for a batch of one. */
import type { Core, ParsedCode } from '../../core/host/index.js';
import { OUTCOMES, type Outcome } from '../reconcile/outcomes.js';
import type { RecordView } from '../register/record.js';
import type { Register } from '../register/register.js';
import { wallClockOf } from '../wall-clock.js';
import { type Operation, registerOutcome, structureOutcome } from './rules.js';

export interface VerifyContext {
  operation: Operation;
  /** Default: now. */
  at?: Date;
  /** Tax number or place of activity that the code must belong to; default: anybody. */
  participant?: string;
  country?: 'RU' | 'UZ';
}

/** `yes` and `no` are answers; `unknown` says that nothing stands against the code, but not everything could be asked. */
export interface Verdict {
  allow: 'yes' | 'no' | 'unknown';
  reason: Outcome;
  code: ParsedCode;
  /** What the register says of the code; `null` without a register, or when it doesn't have it. */
  record: RecordView | null;
}

const UNKNOWN_STATE = 'UNKNOWN';

/** A verdict for each code, in order; a repeated code within the call is a DUPLICATE. */
export function verifyCodes(
  codes: readonly (string | Uint8Array)[],
  context: VerifyContext,
  core: Core,
  register: Register | null,
): Verdict[] {
  const seen = new Set<string>();
  const now = wallClockOf(context.at ?? new Date());
  register?.refresh();
  const owners =
    register && context.participant !== undefined ? [register.names.demand('owner', context.participant)] : [];
  return codes.map((raw) => {
    const code = core.parse(raw, { country: context.country, trim: true });
    const structure = structureReason(code);
    if (structure !== null) return { allow: 'no', reason: structure, code, record: null };
    const key = code.key as string;
    if (seen.has(key))
      return {
        allow: 'no',
        reason: 'DUPLICATE',
        code,
        record: register?.find(key) ?? null,
      };
    seen.add(key);
    if (!register) return { allow: 'unknown', reason: 'WELL_FORMED', code, record: null };
    const record = register.find(key);
    if (!record)
      return {
        allow: 'no',
        reason: code.kind === 'package' ? 'UNKNOWN_PACKAGE' : 'NOT_FOUND',
        code,
        record,
      };
    const words = register.hotWords(record.ordinal);
    const reason = OUTCOMES[registerOutcome(words, 0, { operation: context.operation, now, owners })];
    if (reason !== 'OK') return { allow: 'no', reason, code, record };
    return {
      allow: record.state === UNKNOWN_STATE ? 'unknown' : 'yes',
      reason,
      code,
      record,
    };
  });
}

function structureReason(code: ParsedCode): Outcome | null {
  if (code.error) return OUTCOMES[structureOutcome(code.error.code)];
  if (code.key === null) return 'UNKNOWN_CODE_TYPE';
  return code.templateMismatch ? 'TEMPLATE_MISMATCH' : null;
}
