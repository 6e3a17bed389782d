// What programs wrap a code in: blanks, quotes, JSON, XML, URLs, base64. Each step undoes one of them and gives every way
// to do so; the unwrapped scan stays beside them.
import { decodeUtf8 } from './recover-decode.js';
import { compose, cut, type Draft, edit, type Piece } from './recover-draft.js';

/** JSON texts and URLs with more values than this are no wrapping of one code. */
const VALUES_MAX = 8;
/** A code has at least this many characters: 14 digits and a serial. */
const CODE_MIN = 14;

const AROUND = /[\s\0\u0002-\u0004\u200b-\u200f\u2060\ufeff]/;
const QUOTED = /^(?:".*"|'.*'|`.*`|«.*»|“.*”|„.*[“”]|‘.*’)$/s;
const JSON_STRING = /"((?:[^"\\]|\\.)*)"(\s*:)?/y;
const JSON_ESCAPE = /\\(?:u([0-9a-f]{4})|(["\\/bfnrt]))/gi;
const JSON_LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const XML_ELEMENT = /^<([^\s<>/!?]+)(?:\s[^<>]*)?>(.*)<\/([^\s<>]+)\s*>$/s;
const CDATA = /^<!\[CDATA\[(.*)\]\]>$/s;
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const PERCENT = /(?:%[0-9a-f]{2})+/gi;
const URL_START = /^[a-z][a-z0-9+.-]*:\/\/[^?#]*\?/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Control characters that no scan has; the others are separators and blanks. */
const BINARY = /[\0-\x08\x0e-\x1b\x7f]/;

/** Blanks, line ends, NUL, STX, ETX, EOT and byte order marks at both ends; never GS. */
export function trim(draft: Draft): Draft[] {
  const { text } = draft;
  let [start, end] = [0, text.length];
  while (start < end && AROUND.test(text[start]!)) start++;
  while (end > start && AROUND.test(text[end - 1]!)) end--;
  return end - start === text.length ? [] : [cut(draft, 'blanks', start, end)];
}

/** Every wrapping that the text may stand in, taken off once. */
export function unwrap(draft: Draft): Draft[] {
  return [
    ...unquote(draft),
    ...jsonValues(draft),
    ...jsonEscapes(draft),
    ...xmlElement(draft),
    ...entities(draft),
    ...urlValues(draft),
    ...percent(draft),
    ...base64(draft),
  ];
}

/** Quotes; what they hold may be a JSON string. */
function unquote(draft: Draft): Draft[] {
  if (!QUOTED.test(draft.text)) return [];
  const content = cut(draft, 'quotes', 1, draft.text.length - 1);
  return [...jsonEscapes(content), content];
}

/** The strings of a JSON text that are no names of members; which of them is a code is a guess. */
function jsonValues(draft: Draft): Draft[] {
  if (!/^[{[]/.test(draft.text)) return [];
  const drafts: Draft[] = [];
  JSON_STRING.lastIndex = draft.text.indexOf('"');
  while (JSON_STRING.lastIndex >= 0 && drafts.length < VALUES_MAX) {
    const start = JSON_STRING.lastIndex + 1;
    const match = JSON_STRING.exec(draft.text);
    if (match === null) break;
    if (match[2] === undefined) {
      const value = cut(draft, 'json', start, start + match[1]!.length, true);
      drafts.push(jsonEscapes(value)[0] ?? value);
    }
    const next = draft.text.indexOf('"', JSON_STRING.lastIndex);
    if (next < 0) break;
    JSON_STRING.lastIndex = next;
  }
  return drafts;
}

function jsonEscapes(draft: Draft): Draft[] {
  if (!draft.text.includes('\\')) return [];
  return decoded(draft, 'json', JSON_ESCAPE, ([, code, letter]) =>
    code === undefined
      ? (JSON_LETTERS[letter!.toLowerCase()] ?? letter!)
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function xmlElement(draft: Draft): Draft[] {
  if (!draft.text.startsWith('<')) return [];
  const element = XML_ELEMENT.exec(draft.text);
  if (element !== null && element[1] === element[3]) {
    const end = draft.text.lastIndexOf('</');
    const content = cut(draft, 'xml', end - element[2]!.length, end);
    return [entities(content)[0] ?? content];
  }
  return CDATA.test(draft.text) ? [cut(draft, 'xml', 9, draft.text.length - 3)] : [];
}

/** Entities of XML and HTML. */
export function entities(draft: Draft): Draft[] {
  if (!draft.text.includes('&')) return [];
  return decoded(draft, 'entity', ENTITY, ([, name, decimal, hexadecimal]) =>
    name !== undefined
      ? ENTITIES[name.toLowerCase()]!
      : String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal!, 16) : Number(decimal)),
  );
}

/** What stands after each `=` of a URL's query. */
function urlValues(draft: Draft): Draft[] {
  const match = URL_START.exec(draft.text);
  if (match === null) return [];
  const drafts: Draft[] = [];
  let start = match[0].length;
  for (const pair of draft.text.slice(start).split('#', 1)[0]!.split('&', VALUES_MAX)) {
    const equals = pair.indexOf('=');
    if (pair.length - equals > CODE_MIN) drafts.push(cut(draft, 'url', start + equals + 1, start + pair.length, true));
    start += pair.length + 1;
  }
  return drafts;
}

/** Percent-encoding of RFC 3986, as UTF-8 or, where the bytes are none, a byte a character. */
export function percent(draft: Draft): Draft[] {
  if (!draft.text.includes('%')) return [];
  return decoded(draft, 'percent', PERCENT, ([run]) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (digits) => Number.parseInt(digits, 16));
    return decodeUtf8(bytes) ?? String.fromCharCode(...bytes);
  });
}

/** The whole text as base64 (either alphabet) of something printable; a serial can look like base64, so it is a guess. */
function base64(draft: Draft): Draft[] {
  const { text } = draft;
  if (text.length < CODE_MIN || !BASE64.test(text)) return [];
  const standard = text.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (standard.length % 4 === 1) return [];
  const bytes = Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
  const unicode = decodeUtf8(bytes);
  const content = unicode ?? String.fromCharCode(...bytes);
  if (BINARY.test(content) || (unicode === null && !/^[\x09-\x7e\u00e8]+$/.test(content))) return [];
  const pieces: Piece[] = content.split('').map((character, index) => ({
    text: character,
    at: Math.floor((index * 4) / 3),
  }));
  return [compose(draft, 'base64', pieces, true)];
}

/** The text with every match replaced, one repair each; none when there is no match. */
function decoded(
  draft: Draft,
  kind: 'json' | 'entity' | 'percent',
  pattern: RegExp,
  replace: (match: RegExpExecArray) => string,
): Draft[] {
  const edits = Array.from(draft.text.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: replace(match),
  }));
  return edits.length === 0 ? [] : [edit(draft, kind, edits)];
}
