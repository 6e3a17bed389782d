/**
 * What the code itself, its tail and this register say of codes that come to a till: facts of §1.2, three-valued. A fact that nothing here can
 * know is absent, whatever the till would like to hear; docs/tills.md lists which and why.
 */
import {
  type Batch,
  CODE_ERRORS,
  type Columns,
  type Core,
  FLAGS,
  FORMATS,
  identificationCode,
  type KeyRing,
  structureNumber,
  TAIL_RESULT_NUMBER,
} from '../../core/host/index.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { type Image, loadImage } from '../register/image.js';
import { capacityOf, FLAG, flagsOf, groupOf, reasonOf, stateOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import { STATE_NUMBER } from '../register/states.js';
import { WITHDRAWAL_REASONS } from '../register/withdrawal.js';
import { structureOutcome } from '../verdict/rules.js';
import type { Facts } from './facts.js';
import { RecordCache } from './record-cache.js';
import { WallClock } from './wall-clock-zone.js';

export interface FactsContext {
  /** Moment of the check: keys of tails are judged at it. */
  at: Date;
  /** Whose codes these are: decides whether a tobacco pack names a price. */
  country: 'RU' | 'UZ';
  /** Who asks; `isOwner` compares with it. */
  participant?: string | undefined;
  /** IANA zone of the clock by which packs expire. */
  zone: string;
  /** Keys of tails (default: the engine's); without them nothing is `verified`. */
  ring?: KeyRing | undefined;
  /** The register has every code there is: one that it lacks is `found: false`. Otherwise it is not known. */
  complete: boolean;
}

/** A code as it was asked for, with what is known of it. What only some faces tell is read when it is asked for. */
export class KnownCode {
  /** 14 digits. */
  gtin: string | null = null;
  /** КИ; `null` for what identifies nothing. */
  cis: string | null = null;
  /** 0: the register doesn't have it. */
  ordinal = 0;
  /** Number of STATES; −1 when the register doesn't have it. */
  state = -1;
  /** Absent for a code that is not known. */
  packageType: 'UNIT' | 'GROUP' | 'BOX' | undefined;
  /** Code of the enclosing package. */
  parent: string | undefined;
  series: string | undefined;
  productionDate: Date | undefined;
  /** @internal */
  ownerNumber = 0;
  /** @internal What was parsed says the key where it is not in the scan itself. */
  identity: string | null = null;
  readonly #register: Register | null;

  constructor(
    readonly scan: string,
    readonly facts: Facts,
    register: Register | null,
  ) {
    this.#register = register;
  }

  /** Text of the register's key; `null` with `cis`. */
  get key(): string | null {
    return this.identity === null || this.gtin === null ? this.identity : this.gtin + this.identity;
  }

  /** Tax number or place of activity; absent when it was never stated. */
  get owner(): string | undefined {
    return this.#register?.names.text('owner', this.ownerNumber) ?? undefined;
  }
}

/** Numbers of §1.3. */
export const CHECK_ERROR = {
  none: 0,
  validation: 1,
  noGtin: 2,
  noSerial: 3,
  characters: 4,
  tailForm: 5,
  tailWrong: 6,
  tailKey: 7,
  unsupportedAi: 9,
  notFound: 10,
} as const;

const PACKAGE_KIND = 2;
/** Of a code, in bytes of UTF-8: the frames of a batch count up to here. */
const CODE_BYTES_MAX = 0xffff;
const FRAME_HEAD = 2;
/** `01`, GTIN, `21`. */
const GS1_HEAD = 18;
const PACK_FORMATS = new Set(['tobacco-pack', 'tobacco-pack-25', 'tobacco-pack-21'].map(structureNumber));
const BLOCK_FORMATS = new Set(['01-21.7-8005', '01-21.7-8005-93'].map(structureNumber));
const BAD_CHARACTERS = OUTCOME_NUMBER.BAD_CHARACTERS;
const UNKNOWN_AI = CODE_ERRORS.indexOf('UNKNOWN_AI');
const ERROR_OF_CODE = CODE_ERRORS.map((error, number) => {
  if (number === 0) return CHECK_ERROR.none;
  if (number === UNKNOWN_AI) return CHECK_ERROR.unsupportedAi;
  return error !== '' && structureOutcome(error) === BAD_CHARACTERS ? CHECK_ERROR.characters : CHECK_ERROR.validation;
});

/** What each state says; `UNKNOWN` says nothing. */
const S = STATE_NUMBER;
const IN_TRADE = new Set([S.INTRODUCED, S.PARTIALLY_SOLD]);
const GONE = new Set([S.RETIRED, S.WITHDRAWN, S.WRITTEN_OFF]);
/** Withdrawn before it ever was on a pack, perhaps. */
const UNUSED_REASONS = new Set<number>([WITHDRAWAL_REASONS.SPOILED.number, WITHDRAWAL_REASONS.CANCELLED.number]);
/** `eliminationState` of §1.2. */
const ELIMINATION = new Map<number, 1 | 2>([
  [WITHDRAWAL_REASONS.REMOTE_SALE.number, 1],
  [WITHDRAWAL_REASONS.SAMPLES.number, 1],
  [WITHDRAWAL_REASONS.OWN_USE.number, 2],
  [WITHDRAWAL_REASONS.PRODUCTION_USE.number, 2],
]);
/** Texts of GTINs and packages repeat; the caches are emptied before they can grow large. */
const TEXTS_MAX = 20_000;
const encoder = new TextEncoder();

/** Reads facts with one core, whose seed must be the register's. */
export class FactsReader {
  readonly #core: Core;
  readonly #register: Register | null;
  readonly #records: RecordCache | null;
  readonly #gtins = new Map<number, string>();
  readonly #parents = new Map<number, string>();
  readonly #clock = new WallClock();
  #current: Image | null = null;
  #meta = Buffer.alloc(0);

  constructor(core: Core, register: Register | null) {
    this.#core = core;
    this.#register = register;
    this.#records = register && new RecordCache(register);
  }

  /** Brings the register's image to memory, which may take seconds for millions of codes; else the first question does. */
  warmUp(): void {
    if (this.#register) loadImage(this.#register, this.#core);
  }

  /** Facts of each code, in order, of one state of the register. @throws RangeError for a code of more than 64 KiB. */
  read(codes: readonly string[], context: FactsContext): KnownCode[] {
    const { country, ring, at, zone, complete } = context;
    const batch = this.#parse(codes, country);
    const tails = ring && this.#core.verifyTails(batch, ring, { at });
    const image = this.#image();
    const participant = this.#ownerOf(context.participant);
    const { columns } = batch;
    const known: KnownCode[] = [];
    for (let row = 0; row < codes.length; row++) {
      const facts = factsOfCode(columns, row);
      const code = new KnownCode(codes[row]!, facts, this.#register);
      if (columns.kind[row] !== 0) this.#identify(code, batch, columns, row);
      if (facts.valid === true) {
        if (tails) judgeTail(facts, tails[row]!);
        if (columns.expiry[row]! > 0) facts.expiresAt = this.#clock.at(columns.expiry[row]!, zone);
      }
      const ordinal = image && columns.kind[row] !== 0 ? image.table.find(columns.fingerprint, row * 4) : 0;
      if (image && ordinal !== 0 && ordinal < image.codes) {
        this.#recall(code, ordinal, columns.kind[row] === PACKAGE_KIND, participant, zone);
      } else if (image && complete && facts.valid === true) {
        facts.found = false;
        if (facts.errorCode === CHECK_ERROR.none) facts.errorCode = CHECK_ERROR.notFound;
      }
      known.push(code);
    }
    return known;
  }

  /** The register's image; looked at anew only when the register's description is another. */
  #image(): Image | null {
    const register = this.#register;
    if (!register) return null;
    register.refresh();
    const meta = register.store.meta.getBinaryFast('register');
    if (this.#current && meta && this.#meta.compare(meta, 0, this.#meta.length) === 0) return this.#current;
    this.#current = loadImage(register, this.#core);
    this.#meta = Buffer.from(register.store.meta.getBinary('register') ?? []);
    this.#records?.bringUpTo(this.#current.lastEvent);
    return this.#current;
  }

  #parse(codes: readonly string[], country: 'RU' | 'UZ'): Batch {
    let most = 0;
    for (const code of codes) most += FRAME_HEAD + code.length * 3;
    const input = this.#core.input(most);
    let at = 0;
    for (const code of codes) {
      const { written } = encoder.encodeInto(code, input.subarray(at + FRAME_HEAD));
      if (written > CODE_BYTES_MAX) throw new RangeError(`a code of ${written} bytes; ${CODE_BYTES_MAX} is the most`);
      input[at] = written & 0xff;
      input[at + 1] = written >>> 8;
      at += FRAME_HEAD + written;
    }
    return this.#core.parseInput(at, { country, framing: 'u16', trim: true });
  }

  /** What the register says. */
  #recall(code: KnownCode, ordinal: number, isSscc: boolean, participant: number, zone: string): void {
    const { facts } = code;
    const { page, at } = this.#records!.words(ordinal);
    const head = page[at + WORD.head]!;
    code.ordinal = ordinal;
    code.state = stateOf(head);
    code.ownerNumber = page[at + WORD.owner]!;
    judgeRecord(facts, page, at, participant);
    const expiry = page[at + WORD.expiry]!;
    if (expiry !== 0) facts.expiresAt = this.#clock.at(expiry, zone);
    const isPackage = (flagsOf(head) & FLAG.package) !== 0;
    code.packageType = isSscc ? 'BOX' : isPackage || facts.group === true ? 'GROUP' : 'UNIT';
    if (isPackage) {
      facts.group = true;
      facts.packageQuantity = capacityOf(page[at + WORD.details]!) || undefined;
    }
    const parent = page[at + WORD.parent]! >>> 0;
    if (parent !== 0) code.parent = this.#parentText(parent);
    const series = page[at + WORD.series]!;
    if (series !== 0) code.series = this.#register!.names.text('series', series) ?? undefined;
    const produced = page[at + WORD.produced]!;
    if (produced !== 0) code.productionDate = this.#clock.at(produced, zone);
  }

  /** КИ, cut out of the scan itself where its bytes are its characters. */
  #identify(code: KnownCode, batch: Batch, columns: Columns, row: number): void {
    const { scan } = code;
    const { kind, gtin, format, serialOffset, serialLength, offset, length } = columns;
    // Blanks were trimmed, or characters take more than a byte: the core knows where they are.
    if (length[row] !== scan.length) {
      const parsed = batch.at(row);
      code.cis = identificationCode(parsed);
      code.gtin = parsed.gtin;
      code.identity = parsed.gtin === null ? parsed.key : parsed.serial;
      return;
    }
    const from = serialOffset[row]! - offset[row]!;
    const identity = scan.slice(from, from + serialLength[row]!);
    code.identity = identity;
    if (kind[row] === PACKAGE_KIND || gtin[row]! < 0) {
      code.cis = identity;
    } else if (from === GS1_HEAD && scan.startsWith('01') && scan.startsWith('21', GS1_HEAD - 2)) {
      code.gtin = scan.slice(2, GS1_HEAD - 2);
      code.cis = scan.slice(0, GS1_HEAD + serialLength[row]!);
    } else {
      code.gtin = this.#gtinText(gtin[row]!);
      code.cis = PACK_FORMATS.has(format[row]!) ? code.gtin + identity : `01${code.gtin}21${identity}`;
    }
  }

  #gtinText(gtin: number): string {
    let text = this.#gtins.get(gtin);
    if (text === undefined) {
      if (this.#gtins.size >= TEXTS_MAX) this.#gtins.clear();
      text = String(gtin).padStart(14, '0');
      this.#gtins.set(gtin, text);
    }
    return text;
  }

  #parentText(ordinal: number): string {
    let text = this.#parents.get(ordinal);
    if (text === undefined) {
      if (this.#parents.size >= TEXTS_MAX) this.#parents.clear();
      text = this.#register?.textOf(ordinal) ?? '';
      this.#parents.set(ordinal, text);
    }
    return text;
  }

  /** Number of a participant's name; 0: nobody asks; −1: one that owns nothing here. */
  #ownerOf(participant: string | undefined): number {
    if (participant === undefined || !this.#register) return 0;
    return this.#register.names.find('owner', participant) || -1;
  }
}

/** What a code says of itself. */
function factsOfCode({ error, kind, flags, gtin, price, format }: Columns, row: number): Facts {
  const facts: Facts = {
    errorCode: errorOf(error[row]!, kind[row]!, flags[row]!, gtin[row]!),
    found: undefined,
    valid: kind[row] !== 0 && error[row] === 0 && (flags[row]! & FLAGS.templateMismatch) === 0,
    verified: undefined,
    utilised: undefined,
    isBlocked: undefined,
    sold: undefined,
    eliminationState: undefined,
    realizable: undefined,
    isTracking: undefined,
    isOwner: undefined,
    expiresAt: undefined,
    groupIds: undefined,
    innerUnitCount: undefined,
    soldUnitCount: undefined,
    printedPrice: undefined,
    packageQuantity: undefined,
    group: undefined,
  };
  if (facts.valid !== true) return facts;
  if (price[row]! >= 0) facts.printedPrice = price[row]!;
  facts.groupIds = GROUPS_OF_FORMAT[format[row]!];
  if (BLOCK_FORMATS.has(format[row]!)) facts.group = true;
  return facts;
}

/** The group that all formats of a structure belong to, by structure; nothing where several or none do. */
const GROUPS_OF_FORMAT: readonly (readonly number[] | undefined)[] = groupsOfFormats();

function groupsOfFormats(): (readonly number[] | undefined)[] {
  const groups: Set<string | null>[] = [];
  for (const { structure, productGroup, countries } of FORMATS) {
    if (structure === null || !countries.includes('RU')) continue;
    const number = structureNumber(structure);
    groups[number] ??= new Set();
    groups[number].add(productGroup);
  }
  return Array.from(groups, (found) => {
    const [only] = found ?? [];
    return found?.size === 1 && only !== null && /^\d+$/.test(only!) ? [Number(only)] : undefined;
  });
}

function errorOf(error: number, kind: number, flags: number, gtin: number): number {
  if (error !== 0) return ERROR_OF_CODE[error] ?? CHECK_ERROR.validation;
  if (kind === 0) {
    if ((flags & FLAGS.noSerial) !== 0) return CHECK_ERROR.noSerial;
    return gtin < 0 ? CHECK_ERROR.noGtin : CHECK_ERROR.validation;
  }
  return (flags & FLAGS.templateMismatch) === 0 ? CHECK_ERROR.none : CHECK_ERROR.validation;
}

/** Only a valid tail is `verified`; one that can't be checked, or isn't there, says nothing. */
function judgeTail(facts: Facts, result: number): void {
  switch (result) {
    case TAIL_RESULT_NUMBER.VALID:
      facts.verified = true;
      return;
    case TAIL_RESULT_NUMBER.ABSENT:
    case TAIL_RESULT_NUMBER.UNVERIFIABLE:
    // The national API may have a key that isn't here.
    case TAIL_RESULT_NUMBER.UNKNOWN_KEY:
      return;
    case TAIL_RESULT_NUMBER.MALFORMED_TAIL:
      facts.errorCode = CHECK_ERROR.tailForm;
      break;
    case TAIL_RESULT_NUMBER.INVALID:
      facts.errorCode = CHECK_ERROR.tailWrong;
      break;
    default:
      facts.errorCode = CHECK_ERROR.tailKey;
  }
  facts.verified = false;
}

function judgeRecord(facts: Facts, page: Int32Array, at: number, participant: number): void {
  const head = page[at + WORD.head]!;
  const state = stateOf(head);
  const flags = flagsOf(head);
  const reason = reasonOf(page[at + WORD.details]!);
  facts.found = true;
  facts.isBlocked = (flags & FLAG.blocked) !== 0;
  if (state !== S.UNKNOWN) {
    if (state === S.EMITTED) facts.utilised = false;
    else if (!UNUSED_REASONS.has(reason)) facts.utilised = true;
    facts.sold = GONE.has(state);
    facts.realizable = IN_TRADE.has(state) && (flags & FLAG.customs) === 0;
    if (facts.sold) facts.eliminationState = ELIMINATION.get(reason);
  }
  const group = groupOf(head);
  if (group !== 0) facts.groupIds = [group];
  const owner = page[at + WORD.owner]!;
  if (owner !== 0) {
    // Whose it is was stated: the register keeps account of it piece by piece.
    facts.isTracking = true;
    if (participant !== 0) facts.isOwner = owner === participant;
  }
  const parts = page[at + WORD.parts]!;
  const inner = parts & 0xffff;
  const soldParts = parts >>> 16;
  // A pack of one part is not divided. Of one that is not in trade its parts say nothing, unless it was sold in parts to the end.
  if (inner > 1 && (facts.realizable === true || (state === S.RETIRED && soldParts === inner))) {
    facts.innerUnitCount = inner;
    facts.soldUnitCount = soldParts;
  }
}
