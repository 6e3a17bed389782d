/**
 * States of a code, common to the systems Tamga serves, and how each system's own words map to them.
 * Source: ГИС МТ statuses, table 39 of the МДЛП protocol 3.06, Asl Belgisi's statuses.
 */
export const STATES = [
  'UNKNOWN', // named by a document; its state was never stated
  'EMITTED', // issued, not on a pack yet
  'APPLIED', // on a pack, not in circulation
  'INTRODUCED', // in circulation
  'SHIPPED', // between two parties
  'PAUSED', // held or in dispute
  'PARTIALLY_SOLD', // in circulation for the rest
  'RETIRED', // sold or used
  'WITHDRAWN', // taken out of circulation otherwise
  'WRITTEN_OFF',
  'DISAGGREGATED', // a package that was dissolved
] as const;

export type State = (typeof STATES)[number];

/** Number of a state in records and sets; append only. */
export const STATE_NUMBER = Object.fromEntries(STATES.map((name, number) => [name, number])) as Record<State, number>;

/** States in which a unit may be shipped, accepted and sold; UNKNOWN is not a reason to refuse, the answer is "not known". */
export const IN_CIRCULATION: ReadonlySet<number> = new Set([
  STATE_NUMBER.UNKNOWN,
  STATE_NUMBER.INTRODUCED,
  STATE_NUMBER.SHIPPED,
  STATE_NUMBER.PARTIALLY_SOLD,
]);

const BY_STATE: Partial<Record<State, readonly string[]>> = {
  EMITTED: ['emission', 'emitted', 'emitted_paid'],
  APPLIED: [
    'applied_not_paid',
    'marked',
    'marked_not_paid',
    'released_contract',
    'released_foreign',
    'released_foreign_not_paid',
    'arrived',
    'declared',
    'declared_warehouse',
    'moved_to_warehouse',
    'transferred_to_customs',
    'transferred_to_importer',
    'transfered_to_owner',
    'transferred_for_release',
    'waiting_for_release',
    'transfer_to_production',
    'awaiting_return_confirmation',
  ],
  INTRODUCED: ['in_circulation', 'introduced_returned'],
  SHIPPED: [
    'in_realization',
    'shipped',
    'wait_shipment',
    'moving_by_ud',
    'waiting_confirmation',
    'change_owner',
    'change_owner_state_gov',
    'moved_to_unregistered',
    'transferred_to_agent',
    'moved_to_eeu',
    'waiting_change_property',
  ],
  PAUSED: ['paused_circulation', 'confirm_return_paused', 'in_arbitration'],
  PARTIALLY_SOLD: [
    'in_partial_sale',
    'in_partial_medical_use',
    'in_partial_discount_prescription_sale',
    'in_partial_dispensing_by_document',
  ],
  RETIRED: [
    'in_sale',
    'in_discount_prescription_sale',
    'in_medical_use',
    'dispensing_by_document',
    'ofd_retail_error',
    'ofd_discount_prescription_error',
    'discount_prescription_error',
    'med_care_error',
  ],
  WITHDRAWN: [
    'out_of_circulation',
    'eliminated',
    'experiment_outbound',
    'lp_sampled',
    'moved_for_disposal',
    'disposed',
    'reexported',
    'relabeled',
    'expired',
    'expired_not_paid',
    'lost_inventory',
  ],
  DISAGGREGATED: ['disaggregation'],
};

const BY_NAME = new Map<string, State>(STATES.map((state) => [state.toLowerCase(), state]));
for (const state of STATES) for (const name of BY_STATE[state] ?? []) BY_NAME.set(name, state);

/** The state that a system's own word means, in any case; `null` when no system is known to say it. */
export function stateByName(name: string): State | null {
  return BY_NAME.get(name.trim().toLowerCase()) ?? null;
}
