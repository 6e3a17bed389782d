// A damaged scan under repair: its characters, where each came from, and what has been done to it so far.

/** One change made to a scan. */
export interface Repair {
  /** What was wrong; docs/recovery.md has the list. */
  kind: RepairKind;
  /** Byte of the input where the change begins; 0 for an empty place at the very beginning. */
  position: number;
  /** The characters that stood there, at most 80 of them and then `…`; control characters as they are. */
  found: string;
  /** What they became, likewise cut. */
  replaced: string;
}

export type RepairKind =
  | 'encoding'
  | 'blanks'
  | 'quotes'
  | 'json'
  | 'xml'
  | 'entity'
  | 'percent'
  | 'url'
  | 'base64'
  | 'layout'
  | 'case'
  | 'symbology'
  | 'brackets'
  | 'digitalLink'
  | 'leadingSeparator'
  | 'doubledSeparator'
  | 'separator'
  | 'lostSeparator';

export interface Draft {
  readonly text: string;
  /** Byte of the input that each character (UTF-16 unit) of the text came from. */
  readonly at: readonly number[];
  readonly repairs: readonly Repair[];
  /** True when a repair among them is one explanation of several: the result must then be a known structure. */
  readonly guessed: boolean;
}

/** A part of the text that stays, or characters that come in at a place of it (`each`: one for one from there on). */
export type Piece =
  | readonly [start: number, end: number]
  | { readonly text: string; readonly at: number; readonly each?: boolean };

/** Characters of the text to be replaced, in order and not overlapping. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const SHOWN_MAX = 80;
const shown = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);

/** Makes the edits, each a repair of its own. */
export function edit(draft: Draft, kind: RepairKind, edits: readonly Edit[], guessed = false): Draft {
  const pieces: Piece[] = [];
  const repairs: Repair[] = [];
  let from = 0;
  for (const { start, end, text } of edits) {
    pieces.push([from, start], { text, at: start, each: text.length === end - start });
    repairs.push({
      kind,
      position: positionOf(draft, start),
      found: shown(draft.text.slice(start, end)),
      replaced: shown(text),
    });
    from = end;
  }
  pieces.push([from, draft.text.length]);
  const { text, at } = join(draft, pieces);
  return { text, at, repairs: [...draft.repairs, ...repairs], guessed: draft.guessed || guessed };
}

/** The text put together anew from pieces, as one repair. */
export function compose(draft: Draft, kind: RepairKind, pieces: readonly Piece[], guessed = false): Draft {
  const { text, at } = join(draft, pieces);
  const repair = { kind, position: positionOf(draft, 0), found: shown(draft.text), replaced: shown(text) };
  return { text, at, repairs: [...draft.repairs, repair], guessed: draft.guessed || guessed };
}

/** Characters replaced one by one by those of a text as long, from the first that differs to the last, as one repair. */
export function rewrite(draft: Draft, kind: RepairKind, text: string, guessed: boolean): Draft {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === draft.text[start]) start++;
  while (end > start && text[end - 1] === draft.text[end - 1]) end--;
  return edit(draft, kind, [{ start, end, text: text.slice(start, end) }], guessed);
}

/** Only the characters from `start` to `end`; what stood around them is a repair at each side that had something. */
export function cut(draft: Draft, kind: RepairKind, start: number, end: number, guessed = false): Draft {
  const edits: Edit[] = [];
  if (start > 0) edits.push({ start: 0, end: start, text: '' });
  if (end < draft.text.length) edits.push({ start: end, end: draft.text.length, text: '' });
  return edit(draft, kind, edits, guessed);
}

function join(draft: Draft, pieces: readonly Piece[]): { text: string; at: number[] } {
  let text = '';
  const at: number[] = [];
  for (const piece of pieces) {
    if ('text' in piece) {
      for (let i = 0; i < piece.text.length; i++)
        at.push(positionOf(draft, piece.each === true ? piece.at + i : piece.at));
      text += piece.text;
    } else {
      const [start, end] = piece;
      text += draft.text.slice(start, end);
      for (let i = start; i < end; i++) at.push(draft.at[i]!);
    }
  }
  return { text, at };
}

/** The byte of a character; past the end that of the last one. */
function positionOf({ at }: Draft, index: number): number {
  return at[Math.min(index, at.length - 1)] ?? 0;
}
