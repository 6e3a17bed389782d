// Recovery of damaged scans: undoes what scanners, keyboards and programs do to a code, and believes a result only when it
// is the only one. The repairs are tried in the order of the groups below, each on everything that the earlier ones gave
// and that is no code yet; what is a code is not repaired any further.
import { codeErrorMessage } from './errors.js';
import { failedCode, type ParsedCode } from './parsed-code.js';
import { decode } from './recover-decode.js';
import type { Draft, Repair } from './recover-draft.js';
import { brackets, digitalLink, symbology } from './recover-forms.js';
import { layouts, swapCase, swapLetters } from './recover-keyboard.js';
import {
  blankSeparators,
  lostSeparators,
  namedSeparators,
  removeBlanks,
  signs,
  someSeparators,
  spelledSeparators,
  tidy,
} from './recover-separators.js';
import { entities, percent, trim, unwrap } from './recover-wrappings.js';

/** How a scan was repaired. */
export interface Recovered {
  /** In the order in which they were made. */
  repairs: Repair[];
  /** Different codes that fitted. More than one here means that a proof decided. */
  candidates: number;
  /** The repaired code; it parses without recovery. Separators are GS. */
  text: string;
  /** What the proof said of it; absent when none was given, or it could not tell. */
  proven?: boolean;
}

/**
 * Whether a candidate is genuine, as far as can be told: a tail that verifies, a register that knows it. Asked of every
 * candidate that fits, and for Caps Lock. `bytes` are the candidate's, good during the call only.
 */
export type Proof = (candidate: ParsedCode, bytes: Uint8Array) => boolean | undefined;

export interface RecoveryOptions {
  /** Repair what is no code of a known structure. Off by default. */
  recover?: boolean;
  /**
   * Caps Lock may have been on: every repaired candidate is offered in both cases, too; and a code that needs no repair
   * is read in the other case when `prove` is true of that and not of the code itself. Without this option case is
   * inverted only where nothing else fits (fur tags and alcohol stamps hold capitals only).
   */
  caseInverted?: boolean;
  prove?: Proof;
}

/** Parses the bytes of a candidate strictly. */
type Parse = (bytes: Uint8Array) => ParsedCode;

/** With `gs1` any element string is what is wanted, of a known structure or not. */
type Options = RecoveryOptions & { format?: 'gs1' | 'marking' };

/** Longer scans are left as they are; base64, percent-encoding and JSON around the longest code fit well. */
const INPUT_MAX = 4096;
/** Bounds on one search, far above what real damage takes; a search that meets one believes nothing. */
const DRAFTS_MAX = 400;
const CHARACTERS_MAX = 200_000;
/** The most candidates that an ambiguous result lists. */
const LISTED_MAX = 16;

type Step = (draft: Draft) => Draft[];

/** What programs put around a code, from the outside in. */
const WRAPPINGS: readonly Step[] = [trim, symbology, unwrap, trim, unwrap, trim, unwrap, trim];
const STAGES: readonly Step[] = [
  layouts,
  symbology,
  digitalLink,
  brackets,
  namedSeparators,
  tidy,
  brackets,
  signs,
  blankSeparators,
  tidy,
  spelledSeparators,
  tidy,
];
/** Tried when nothing fits yet: what is left is that separators are missing, or short texts stand for them. */
const LOST: readonly Step[] = [someSeparators, tidy, lostSeparators];
/** What a repaired code may still hold although it fits: a serial that only looks like one. */
const HIDDEN: readonly Step[] = [percent, entities, namedSeparators, spelledSeparators, tidy];
/** Nothing that these take away can belong to a code, so that what they are done to is not looked at again. */
const CERTAIN: ReadonlySet<Step> = new Set([trim, symbology]);
/** Tried when that doesn't help either. */
const LAST: readonly Step[] = [removeBlanks, ...LOST];

/** The code, or what can be made of the scan when it is damaged; see docs/recovery.md. `original` is what it parses to. */
export function recover(original: ParsedCode, scan: string | Uint8Array, options: Options, parse: Parse): ParsedCode {
  const valid = isCode(original, options);
  if (valid && (options.caseInverted !== true || options.prove === undefined)) return original;
  if (scan.length === 0 || scan.length > INPUT_MAX) return original;
  // bytes are copied, because they may be a view of memory that parsing writes to
  const bytes = typeof scan === 'string' ? encoder.encode(scan) : scan.slice();
  if (bytes.length > INPUT_MAX) return original;
  if (valid) return uninverted(original, bytes, options, parse);
  const search = new Search(parse, options);
  const wrapped = search.run(search.start(decode(bytes)), WRAPPINGS);
  if (search.found.length === 0) search.runGroups(wrapped);
  if (search.found.length === 0 || options.caseInverted === true) {
    search.runGroups(search.start([...wrapped, ...search.found].flatMap(swapCase)));
  }
  search.run(search.found, HIDDEN);
  search.run(search.found.filter(wasTyped), LOST);
  if (search.exhausted) return original;
  return choose(original, search, options.prove);
}

/** True when the scan came through a keyboard, which loses separators: what fits may be a code that had more of them. */
function wasTyped({ repairs }: Draft): boolean {
  return repairs.some(({ kind }) => kind === 'layout' || kind === 'symbology');
}

/** True for a code that recovery leaves alone: well formed, and of no unknown structure. */
function isCode(code: ParsedCode, { format }: Options): boolean {
  return code.ok && (code.templateMismatch !== true || format === 'gs1');
}

interface Candidate extends Draft {
  readonly code: ParsedCode;
}

/** Drafts by their texts, and what became of them. */
class Search {
  readonly found: Candidate[] = [];
  /** Well formed, without a known structure, by repairs that have no other explanation. */
  readonly wellFormed: Candidate[] = [];
  exhausted = false;
  readonly #parse: Parse;
  readonly #options: Options;
  readonly #seen = new Set<string>();
  #characters = 0;

  constructor(parse: Parse, options: Options) {
    this.#parse = parse;
    this.#options = options;
  }

  /** Notes new drafts. Gives those that are no codes. */
  start(drafts: readonly Draft[]): Draft[] {
    return drafts.filter((draft) => this.#isOpen(draft));
  }

  /** Takes drafts through the groups of steps, the later ones when the earlier ones found nothing. */
  runGroups(drafts: readonly Draft[]): void {
    const before = this.found.length;
    let open = [...drafts];
    for (const steps of [STAGES, LOST, LAST]) {
      open = this.run(open, steps);
      if (this.found.length > before) return;
    }
  }

  /** Takes drafts through steps. Gives those that are no codes, and those they became that are none. */
  run(drafts: readonly Draft[], steps: readonly Step[]): Draft[] {
    let open = [...drafts];
    for (const step of steps) {
      const kept: Draft[] = [];
      const made: Draft[] = [];
      for (const draft of open) {
        const results = step(draft);
        if (results.length === 0 || !CERTAIN.has(step)) kept.push(draft);
        for (const next of results) if (this.#isOpen(next)) made.push(next);
        if (this.exhausted) return [];
      }
      open = [...kept, ...made];
    }
    return open;
  }

  /** Notes a draft. True when it is new and no code. */
  #isOpen(draft: Draft): boolean {
    if (this.exhausted || draft.text === '' || this.#seen.has(draft.text)) return false;
    this.#seen.add(draft.text);
    this.#characters += draft.text.length;
    if (this.#seen.size > DRAFTS_MAX || this.#characters > CHARACTERS_MAX) {
      this.exhausted = true;
      return false;
    }
    if (draft.repairs.length === 0) return true;
    const bytes = asBytes(draft.text);
    if (bytes === null) return true;
    const code = this.#parse(bytes);
    if (!code.ok) return true;
    const known = code.kind !== null && code.format !== 'gs1';
    if (isCode(code, this.#options) && (known || !draft.guessed)) {
      this.found.push({ ...draft, code });
      return false;
    }
    if (!draft.guessed) this.wellFormed.push({ ...draft, code });
    return true;
  }
}

/** The one candidate, or what to say when there is none or are several. */
function choose(original: ParsedCode, { found, wellFormed }: Search, prove: Proof | undefined): ParsedCode {
  if (found.length === 1) return repaired(found[0]!, 1, prove?.(found[0]!.code, asBytes(found[0]!.text)!));
  if (found.length === 0) {
    return !original.ok && wellFormed.length === 1 ? repaired(wellFormed[0]!, 1) : original;
  }
  const proofs = found.map(({ code, text }) => prove?.(code, asBytes(text)!));
  const proved = found.filter((_, index) => proofs[index] === true);
  const possible = found.filter((_, index) => proofs[index] !== false);
  const left = proved.length > 0 ? proved : possible.length > 0 ? possible : found;
  if (left.length === 1) return repaired(left[0]!, found.length, proofs[found.indexOf(left[0]!)]);
  return ambiguous(
    original,
    left.map((candidate) => repaired(candidate, left.length)),
  );
}

function repaired({ code, repairs, text }: Candidate, candidates: number, proven?: boolean): ParsedCode {
  const recovered: Recovered = { repairs: [...repairs], candidates, text };
  if (proven !== undefined) recovered.proven = proven;
  return { ...code, recovered };
}

function ambiguous(original: ParsedCode, candidates: readonly ParsedCode[]): ParsedCode {
  const code = 'AMBIGUOUS_RECOVERY';
  const position = Math.min(
    ...candidates.flatMap(({ recovered }) => recovered!.repairs.map((repair) => repair.position)),
  );
  const message = codeErrorMessage(code, { position, limit: candidates.length });
  const error = { code, position, length: 1, message } as const;
  const failed: ParsedCode = { ...failedCode(error), candidates: candidates.slice(0, LISTED_MAX) };
  if (original.errors !== undefined) failed.errors = [error];
  return failed;
}

/** A code that is one in both cases: the other one only when it is proved and this one is not. */
function uninverted(original: ParsedCode, bytes: Uint8Array, options: Options, parse: Parse): ParsedCode {
  const { prove } = options;
  const text = String.fromCharCode(...bytes);
  const swapped = swapLetters(text);
  const other = swapped === text ? null : asBytes(swapped);
  if (other === null || prove?.(original, bytes) === true) return original;
  const code = parse(other);
  if (!isCode(code, options) || prove?.(code, other) !== true) return original;
  const [draft] = swapCase({ text, at: Array.from(bytes, (_, index) => index), repairs: [], guessed: true });
  return repaired({ ...draft!, code }, 2, true);
}

const encoder = new TextEncoder();

/** The bytes of a text of ASCII characters; null for others, which no code holds. */
function asBytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7e) return null;
    bytes[i] = code;
  }
  return bytes;
}
