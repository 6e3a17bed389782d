/**
 * What the code itself, its tail and this register say of codes that come to a till: facts of §1.2, three-valued. A fact that nothing here can
 * know is absent, whatever the till would like to hear; docs/tills.md lists which and why.
 */
import {
  type Batch,
  CODE_ERRORS,
  type Core,
  FLAGS,
  FORMATS,
  identificationCode,
  type KeyRing,
  structureNumber,
  TAIL_RESULT_NUMBER,
} from '../../core/host/index.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { loadImage } from '../register/image.js';
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
  /** Keys of tails; without them nothing is `verified`. */
  ring?: KeyRing | undefined;
  /** The register has every code there is: one that it lacks is `found: false`. Otherwise it is not known. */
  complete: boolean;
}

/** A code as it was asked for, with what is known of it. */
export interface KnownCode {
  readonly scan: string;
  /** КИ; `null` for what identifies nothing. */
  readonly cis: string | null;
  /** Text of the register's key; `null` with `cis`. */
  readonly key: string | null;
  /** 14 digits. */
  readonly gtin: string | null;
  /** 0: the register doesn't have it. */
  readonly ordinal: number;
  readonly facts: Facts;
  /** Number of STATES; −1 when the register doesn't have it. */
  readonly state: number;
  /** Absent for a code that is not known. */
  readonly packageType: 'UNIT' | 'GROUP' | 'BOX' | undefined;
  /** Code of the enclosing package. */
  readonly parent: string | undefined;
  readonly owner: string | undefined;
  readonly series: string | undefined;
  readonly productionDate: Date | undefined;
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
} as const;

const PACKAGE_KIND = 2;
/** Of a code, in bytes of UTF-8: the frames of a batch count up to here. */
const CODE_BYTES_MAX = 0xffff;
const FRAME_HEAD = 2;
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
    const { country, ring, at } = context;
    const batch = this.#parse(codes, country);
    const tails = ring && this.#core.verifyTails(batch, ring, { at });
    const image = this.#register && loadImage(this.#register, this.#core);
    if (image) this.#records?.bringUpTo(image.lastEvent);
    const participant = this.#ownerOf(context.participant);
    const { fingerprint, kind } = batch.columns;
    const known: KnownCode[] = [];
    for (let row = 0; row < codes.length; row++) {
      const facts = this.#factsOfCode(batch, row, tails?.[row], context.zone);
      let ordinal = 0;
      if (image && kind[row] !== 0) {
        ordinal = image.table.find(fingerprint, row * 4);
        if (ordinal >= image.codes) ordinal = 0;
      }
      known.push(this.#known(codes[row]!, batch, row, ordinal, facts, participant, context));
    }
    return known;
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

  #factsOfCode(batch: Batch, row: number, tail: number | undefined, zone: string): Facts {
    const { error, kind, flags, gtin, expiry, price, format } = batch.columns;
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
    if (!facts.valid) return facts;
    if (tail !== undefined) judgeTail(facts, tail);
    if (expiry[row]! > 0) facts.expiresAt = this.#clock.at(expiry[row]!, zone);
    if (price[row]! >= 0) facts.printedPrice = price[row]!;
    facts.groupIds = GROUPS_OF_FORMAT[format[row]!];
    if (BLOCK_FORMATS.has(format[row]!)) facts.group = true;
    return facts;
  }

  #known(
    scan: string,
    batch: Batch,
    row: number,
    ordinal: number,
    facts: Facts,
    participant: number,
    { zone, complete }: FactsContext,
  ): KnownCode {
    const { gtin, kind } = batch.columns;
    const identity = this.#identity(scan, batch, row);
    const code = {
      scan,
      cis: identity?.cis ?? null,
      key: identity?.key ?? null,
      gtin: kind[row] !== 0 && gtin[row]! >= 0 ? this.#gtinText(gtin[row]!) : null,
      ordinal,
      facts,
      state: -1,
      packageType: undefined as KnownCode['packageType'],
      parent: undefined as string | undefined,
      owner: undefined as string | undefined,
      series: undefined as string | undefined,
      productionDate: undefined as Date | undefined,
    };
    if (ordinal === 0 || !this.#records || !this.#register) {
      if (facts.valid && this.#register && complete) facts.found = false;
      return code;
    }
    const { names } = this.#register;
    const { page, at } = this.#records.words(ordinal);
    const head = page[at + WORD.head]!;
    code.state = stateOf(head);
    judgeRecord(facts, page, at, participant);
    const expiry = page[at + WORD.expiry]!;
    if (expiry !== 0) facts.expiresAt = this.#clock.at(expiry, zone);
    const isPackage = (flagsOf(head) & FLAG.package) !== 0;
    code.packageType = kind[row] === PACKAGE_KIND ? 'BOX' : isPackage || facts.group === true ? 'GROUP' : 'UNIT';
    if (isPackage) {
      facts.group = true;
      facts.packageQuantity = capacityOf(page[at + WORD.details]!) || undefined;
    }
    const parent = page[at + WORD.parent]! >>> 0;
    if (parent !== 0) code.parent = this.#parentText(parent);
    code.owner = names.text('owner', page[at + WORD.owner]!) ?? undefined;
    code.series = names.text('series', page[at + WORD.series]!) ?? undefined;
    const produced = page[at + WORD.produced]!;
    if (produced !== 0) code.productionDate = this.#clock.at(produced, zone);
    return code;
  }

  /** КИ and key, cut out of the scan itself where its bytes are its characters. */
  #identity(scan: string, batch: Batch, row: number): { cis: string; key: string } | null {
    const { kind, gtin, format, serialOffset, serialLength, offset, length } = batch.columns;
    if (kind[row] === 0) return null;
    // Blanks were trimmed, or characters take more than a byte: the core knows where they are.
    if (length[row] !== scan.length) {
      const code = batch.at(row);
      const cis = identificationCode(code);
      return cis === null || code.key === null ? null : { cis, key: code.key };
    }
    const from = serialOffset[row]! - offset[row]!;
    const identity = scan.slice(from, from + serialLength[row]!);
    if (kind[row] === PACKAGE_KIND || gtin[row]! < 0) return { cis: identity, key: identity };
    const digits = this.#gtinText(gtin[row]!);
    const key = digits + identity;
    return { cis: PACK_FORMATS.has(format[row]!) ? key : `01${digits}21${identity}`, key };
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
