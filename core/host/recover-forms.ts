// Other ways to write an element string: with a symbology identifier, with AIs in brackets, as a GS1 Digital Link URI.
import { LINK_KEYS, SYMBOLOGIES } from './generated/recovery.js';
import { AI_ROWS } from './generated/tables.js';
import { compose, cut, type Draft, type Piece } from './recover-draft.js';
import { GS } from './recover-separators.js';
import { percent } from './recover-wrappings.js';

/** Values that look like a bracketed AI are possible; more AIs than this are all taken for AIs. */
const BRACKETS_MAX = 6;

const IDENTIFIERS = new Set(Object.keys(SYMBOLOGIES).map((id) => id.toLowerCase()));
const BRACKETED = /(?:\((\d{2,4})\)|\[(\d{2,4})\]|\{(\d{2,4})\})/g;
const LINK = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#\s]+)(\/[^?#]*)(\?[^#]*)?(?:#.*)?$/i;

/** The identifier of ISO/IEC 15424 in front, in either case. */
export function symbology(draft: Draft): Draft[] {
  return IDENTIFIERS.has(draft.text.slice(0, 3).toLowerCase()) ? [cut(draft, 'symbology', 3, draft.text.length)] : [];
}

interface Tag {
  readonly ai: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The human-readable form, `(01)…(21)…`, also with other brackets and with blanks around them. A value may itself hold
 * what looks like an AI in brackets, so every choice of AIs is tried, all of them first.
 */
export function brackets(draft: Draft): Draft[] {
  const tags: Tag[] = Array.from(draft.text.matchAll(BRACKETED), (match) => ({
    ai: match[1] ?? match[2] ?? match[3]!,
    start: match.index,
    end: match.index + match[0].length,
  })).filter(({ ai }) => AI_ROWS[ai] !== undefined);
  const [first, ...others] = tags;
  if (first === undefined || first.start > 0) return [];
  if (others.length >= BRACKETS_MAX) return [withoutBrackets(draft, tags, false)];
  const drafts: Draft[] = [];
  for (let left = 0; left < 2 ** others.length; left++) {
    const chosen = others.filter((_, index) => (left & (1 << index)) === 0);
    drafts.push(withoutBrackets(draft, [first, ...chosen], left > 0));
  }
  return drafts;
}

function withoutBrackets(draft: Draft, tags: readonly Tag[], guessed: boolean): Draft {
  const pieces: Piece[] = [];
  tags.forEach(({ ai, start, end }, index) => {
    const next = tags[index + 1];
    let [from, to] = [end, next?.start ?? draft.text.length];
    while (from < to && draft.text[from] === ' ') from++;
    while (to > from && draft.text[to - 1] === ' ') to--;
    pieces.push([start + 1, end - 1], [from, to]);
    if (next !== undefined && AI_ROWS[ai]?.predefined !== true) pieces.push({ text: GS, at: next.start });
  });
  return compose(draft, 'brackets', pieces, guessed);
}

interface Part {
  readonly text: string;
  readonly start: number;
}

/**
 * A GS1 Digital Link URI (uncompressed, numeric AIs), with or without its scheme: the primary key, its qualifiers in one
 * of the orders that the syntax dictionary's `dlpkey` allows, then the AIs of the query. Other parameters are left out.
 */
export function digitalLink(draft: Draft): Draft[] {
  const match = LINK.exec(draft.text);
  if (match === null) return [];
  const [, scheme = '', host, wholePath, query = ''] = match as unknown as [string, string?, string?, string?, string?];
  if (host === undefined || wholePath === undefined || !(host.includes('.') || scheme !== '')) return [];
  const pathStart = scheme.length + host.length;
  const path = parts(wholePath.slice(1).replace(/\/$/, ''), pathStart + 1, /\//);
  const key = path.findIndex((_, index) => isKeyAndQualifiers(path.slice(index)));
  if (key < 0) return [];
  const elements: [ai: Part, value: Part][] = [];
  for (let i = key; i < path.length; i += 2) elements.push([path[i]!, path[i + 1]!]);
  for (const { text, start } of parts(query.slice(1), pathStart + wholePath.length + 1, /[&;]/)) {
    const equals = text.indexOf('=');
    const ai = text.slice(0, equals);
    if (equals < 0 || AI_ROWS[ai] === undefined) continue;
    elements.push([
      { text: ai, start },
      { text: text.slice(equals + 1), start: start + equals + 1 },
    ]);
  }
  const composed = compose(draft, 'digitalLink', elements.flatMap(linkElement));
  return percent(composed).length > 0 ? percent(composed) : [composed];
}

function linkElement([ai, value]: [Part, Part], index: number, all: readonly [Part, Part][]): Piece[] {
  const pieces: Piece[] = [[ai.start, ai.start + ai.text.length]];
  if (ai.text === '01' && /^(?:\d{8}|\d{12,13})$/.test(value.text)) {
    pieces.push({ text: '0'.repeat(14 - value.text.length), at: value.start });
  }
  pieces.push([value.start, value.start + value.text.length]);
  if (index < all.length - 1 && AI_ROWS[ai.text]?.predefined !== true) pieces.push({ text: GS, at: value.start });
  return pieces;
}

/** True for `key/value` followed by pairs of qualifiers in order. */
function isKeyAndQualifiers(path: readonly Part[]): boolean {
  const ways = LINK_KEYS[path[0]?.text ?? ''];
  if (ways === undefined || path.length % 2 !== 0 || path.some(({ text }) => text === '')) return false;
  const qualifiers = path.filter((_, index) => index > 0 && index % 2 === 0).map(({ text }) => text);
  return ways.some((way) => {
    let next = 0;
    return qualifiers.every((qualifier) => {
      next = way.indexOf(qualifier, next) + 1;
      return next > 0;
    });
  });
}

/** The parts between separators of one character, and where they begin. */
function parts(text: string, start: number, separator: RegExp): Part[] {
  let at = start;
  return text.split(separator).map((part) => {
    const found = { text: part, start: at };
    at += part.length + 1;
    return found;
  });
}
