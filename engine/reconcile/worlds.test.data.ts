/** Generated worlds for reconciliations: a register, documents, expected lists and scans, with what each line means. */
import fc from 'fast-check';
import type { ModelLine, Registered, World } from './model.test.data.js';

export const OWNER = '300000001';
export const TODAY = '2026-03-16';
/** Behind the last day of three from {@link TODAY} on. */
export const SOON = '2026-03-19';
/** Noon of {@link TODAY} by this computer's clock. */
export const NOON = new Date(2026, 2, 16, 12, 0);

const GTINS = ['09520000001018', '09520000002022', '09520000006068'];
const GS = '\x1d';

export interface Unit {
  key: string;
  code: string;
}

/** Unit `n`; the serial sorts against the order of n, so that order of naming and order of keys differ. */
export function unit(n: number): Unit {
  const gtin = GTINS[n % GTINS.length] as string;
  const serial = `S${String(1000 - n).padStart(12, '0')}`;
  return { key: `${gtin}${serial}`, code: `01${gtin}21${serial}` };
}

/** SSCC `n` with its check digit. */
export function sscc(n: number): string {
  const body = `1952000${String(n).padStart(10, '0')}`;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += Number(body[i]) * (i % 2 === 0 ? 3 : 1);
  return body + String((10 - (sum % 10)) % 10);
}

const UNITS = 24;
const BOXES = 6;
const PALLETS = 2;
/** Packages that neither the register nor a document has. */
const STRANGERS = 2;
export const PACKAGES: ReadonlySet<string> = new Set(
  Array.from({ length: BOXES + PALLETS + STRANGERS }, (_, n) => sscc(n)),
);

interface Placed {
  box: number;
  isRegistered: boolean;
  state: string;
  owner: string;
  expiry: string;
  group: number;
}

const placed: fc.Arbitrary<Placed> = fc.record({
  box: fc.integer({ min: -2, max: BOXES - 1 }),
  isRegistered: fc.boolean(),
  state: fc.constantFrom('INTRODUCED', 'INTRODUCED', 'INTRODUCED', 'SHIPPED', '', 'RETIRED', 'EMITTED'),
  owner: fc.constantFrom(OWNER, OWNER, OWNER, '', '300000002'),
  expiry: fc.constantFrom('', '', '2028-01-31', TODAY, '2026-03-15', '2026-03-18', SOON),
  group: fc.constantFrom(0, 5, 9),
});

const line: fc.Arbitrary<ModelLine> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.nat(UNITS - 1), fc.constantFrom('', `${GS}93abcd`, `${GS}91EE06${GS}92${'A'.repeat(43)}=`))
      .map(([n, tail]) => ({ key: unit(n).key, text: unit(n).code + tail })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(PACKAGES.size - 1), fc.constantFrom('', '00'))
      .map(([n, ai]) => ({ key: sscc(n), text: ai + sscc(n) })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<ModelLine>(
      { outcome: 'BLANK_LINE_SKIPPED', text: '', shown: '' },
      { outcome: 'UNKNOWN_CODE_TYPE', text: 'garbage', shown: 'garbage' },
      { outcome: 'UNKNOWN_CODE_TYPE', text: '0109520000001018', shown: '0109520000001018' },
      { outcome: 'NOT_DATAMATRIX', text: '4601234567893', shown: '4601234567893' },
      { outcome: 'BAD_CHECK_DIGIT', text: '010952000000101921ABCDEFGHIJKLM', shown: '010952000000101921ABCDEFGHIJKLM' },
      { outcome: 'BAD_CHECK_DIGIT', text: '195200000000000118', shown: '195200000000000118' },
      {
        outcome: 'BAD_CHARACTERS',
        text: '010952000000101821ABCDEFGHIJK\u00e9',
        shown: '010952000000101821ABCDEFGHIJK\u00e9',
      },
      { outcome: 'TEMPLATE_MISMATCH', text: '010952000000101821ABCD', shown: '09520000001018ABCD' },
    ),
  },
);

export interface Scenario {
  /** Lines of expected lists. */
  expected: ModelLine[][];
  scanned: ModelLine[][];
  /** How lines are written: blanks around them, line ends. */
  pads: readonly string[];
  ends: readonly string[];
  isClosed: boolean;
}

const lists = (most: number): fc.Arbitrary<ModelLine[][]> =>
  fc.array(fc.array(line, { minLength: 1, maxLength: most }), { minLength: 1, maxLength: 3 });

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  expected: lists(10),
  scanned: lists(16),
  pads: fc.array(fc.constantFrom('', '', ' ', '\t', '  '), { minLength: 1, maxLength: 5 }),
  ends: fc.array(fc.constantFrom('\n', '\n', '\r\n'), { minLength: 1, maxLength: 3 }),
  isClosed: fc.boolean(),
});

export interface GeneratedWorld {
  world: World;
  /** The register as a table to import; empty without one. */
  snapshot: string;
  /** Aggregation documents. */
  documents: string[];
}

/** A world with a register, or with documents only. */
export function generatedWorld(hasRegister: boolean): fc.Arbitrary<GeneratedWorld> {
  return fc
    .record({
      units: fc.array(placed, { minLength: UNITS, maxLength: UNITS }),
      boxes: fc.array(fc.record({ ...recordOf(), pallet: fc.integer({ min: -1, max: PALLETS - 1 }) }), {
        minLength: BOXES,
        maxLength: BOXES,
      }),
    })
    .map(({ units, boxes }) => build(hasRegister, units, boxes));
}

function recordOf() {
  return {
    isRegistered: fc.boolean(),
    state: fc.constantFrom('INTRODUCED', 'INTRODUCED', '', 'DISAGGREGATED'),
    owner: fc.constantFrom(OWNER, OWNER, '', '300000002'),
    expiry: fc.constant(''),
    group: fc.constantFrom(0, 5),
  };
}

function build(
  hasRegister: boolean,
  units: readonly Placed[],
  boxes: readonly (Omit<Placed, 'box'> & { pallet: number })[],
): GeneratedWorld {
  const register = new Map<string, Registered>();
  const stated = new Map<string, string>();
  const put = (key: string, parent: string, { isRegistered, ...record }: Omit<Placed, 'box'>): void => {
    if (hasRegister && isRegistered) register.set(key, { ...record, parent });
    else if (parent !== '') stated.set(key, parent);
  };
  const filled = new Set(units.map(({ box }) => box));
  for (const [n, one] of units.entries()) put(unit(n).key, one.box < 0 ? '' : sscc(one.box), one);
  for (const [n, one] of boxes.entries()) {
    if (!filled.has(n)) continue;
    put(sscc(n), one.pallet < 0 ? '' : sscc(BOXES + one.pallet), one);
  }
  // What a registered code stands in is registered, too: the import makes it, and states nothing of it.
  const rows = [...register].map(
    ([key, { state, owner, expiry, parent }]) => `${key};${state};${owner};${parent};${expiry}`,
  );
  for (const { parent } of [...register.values()]) {
    if (parent !== '' && !register.has(parent))
      register.set(parent, { state: '', owner: '', expiry: '', parent: '', group: 0 });
  }
  const byParent = new Map<string, string[]>();
  for (const [child, parent] of stated) byParent.set(parent, [...(byParent.get(parent) ?? []), child]);
  return {
    world: {
      register: hasRegister ? register : null,
      documents: stated,
      packages: PACKAGES,
      owner: OWNER,
      today: TODAY,
      soon: '',
      groups: null,
    },
    snapshot: hasRegister ? ['code;status;ownerTin;parent;expiry', ...rows, ''].join('\n') : '',
    documents: [...byParent].map(([parent, children]) => unitPack(parent, children)),
  };
}

/** An aggregation document (MDLP 911). */
export function unitPack(parent: string, children: readonly string[]): string {
  const content = children.map((key) => (key.length === 18 ? `<sscc>${key}</sscc>` : `<sgtin>${key}</sgtin>`)).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?><documents version="1.37"><unit_pack action_id="911"><subject_id>00000000000101</subject_id>' +
    `<sscc>${parent}</sscc><operation_date>2026-01-12T09:40:00+03:00</operation_date><content>${content}</content></unit_pack></documents>`
  );
}

/** Lines as the bytes of a list. */
export function written(lines: readonly ModelLine[], { pads, ends, isClosed }: Scenario): string {
  return lines
    .map(({ text }, i) => {
      const pad = pads[i % pads.length] as string;
      const isLast = i === lines.length - 1;
      // Nothing at all after the last line end would be no line.
      const isOpen = isLast && !isClosed && pad + text !== '';
      return pad + text + pad + (isOpen ? '' : ends[i % ends.length]);
    })
    .join('');
}

/** A set of the register, and which of its units are in it. */
export interface AskedSet {
  query: { owner?: string; state?: string; gtin?: string; group?: number };
  units: ReadonlySet<string>;
}

/** Questions for sets, those with an empty answer too. */
export const askedSet: fc.Arbitrary<AskedSet['query']> = fc
  .record(
    {
      owner: fc.constantFrom(OWNER, OWNER, '300000002', 'nobody'),
      state: fc.constantFrom('INTRODUCED', 'in_circulation', 'RETIRED', 'SHIPPED'),
      gtin: fc.constantFrom(...GTINS, '09520000009090'),
      group: fc.constantFrom(5, 5, 9),
    },
    { requiredKeys: [] },
  )
  .filter((query) => Object.keys(query).length > 0);

/** The units of a register that have what a query names. */
export function unitsIn(register: World['register'], { owner, state, gtin, group }: AskedSet['query']): Set<string> {
  const wanted = state === 'in_circulation' ? 'INTRODUCED' : state;
  const units = [...(register ?? [])].filter(
    ([key, record]) =>
      !PACKAGES.has(key) &&
      (owner === undefined || record.owner === owner) &&
      (wanted === undefined || record.state === wanted) &&
      (gtin === undefined || key.startsWith(gtin)) &&
      (group === undefined || record.group === group),
  );
  return new Set(units.map(([key]) => key));
}
