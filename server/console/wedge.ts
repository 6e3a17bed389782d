/**
 * Keystrokes of a scanner that types like a keyboard ("keyboard wedge"), as a code.
 *
 * A scanner presses the keys of a US keyboard. What the system makes of them depends on its layout, so a line that shows a Cyrillic
 * letter is read by its keys instead: `KeyboardEvent.code` names the key whatever the layout. The separator GS has no key; scanners are
 * set to send F8, Ctrl+], the character itself, or its name in letters.
 */

/** A key that went down, as much of a `KeyboardEvent` as matters. */
export interface Key {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** What becomes of a key: the box's new text, the end of a scan, or nothing of ours. */
export type Stroke = { type: 'text'; text: string } | { type: 'enter'; text: string; fast: boolean } | { type: 'pass' };

/** Separator of a code's parts. */
export const GS = '\u001d';
/** How the box shows it. */
export const GS_SHOWN = '\u241d';
/** No code is longer; the server takes as many. */
export const CODE_LENGTH_MAX = 1024;
/** Milliseconds between two keys of a scanner at most: slow ones send a key each 20, people type one each 100. */
const FAST_MS_MAX = 50;
/** Keys that must have come so fast in a row. */
const FAST_KEYS_MIN = 6;

const PASS: Stroke = { type: 'pass' };
const CYRILLIC = /\p{Script=Cyrillic}/u;

/** Characters of the keys of a US keyboard: plain and with Shift. */
const US_KEYS: Readonly<Record<string, string>> = {
  Backquote: '`~',
  Minus: '-_',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
  Space: '  ',
};
const SHIFTED_DIGITS = ')!@#$%^&*(';

/** What a key types on a US keyboard; `undefined` for keys that type nothing there. */
export function usCharacter(code: string, shift: boolean): string | undefined {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shift ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return shift && code.startsWith('D') ? SHIFTED_DIGITS[Number(digit)] : digit;
  return US_KEYS[code]?.[shift ? 1 : 0];
}

/** One line as it is typed. */
export class Wedge {
  /** Each character as the layout made it, and as the keys say. */
  #line: { typed: string; meant: string }[] = [];
  #byKeys = false;
  #last = Number.NEGATIVE_INFINITY;
  #fastKeys = 0;

  /** The line was read by its keys, since the layout is Cyrillic. */
  get byKeys(): boolean {
    return this.#byKeys;
  }

  /** So many keys have come so fast that no person types them. */
  get fast(): boolean {
    return this.#fastKeys >= FAST_KEYS_MIN;
  }

  /** What the box shows. */
  get text(): string {
    return this.#line.map(({ typed, meant }) => (this.#byKeys ? meant : typed)).join('');
  }

  /** Takes a key that was pressed with the caret behind the line's end; `now` in milliseconds. */
  press(key: Key, now: number): Stroke {
    const stroke = this.#strokeOf(key);
    // Shift is a key of its own, and takes its time.
    if (now - this.#last > FAST_MS_MAX) this.#fastKeys = 0;
    this.#last = now;
    if (stroke === 'other') return PASS;
    this.#fastKeys++;
    if (stroke === 'end') {
      const { text, fast } = this;
      // By hand, Tab goes to the next field.
      if (key.key === 'Tab' && !fast) return PASS;
      return { type: 'enter', text, fast };
    }
    if (CYRILLIC.test(stroke.typed)) this.#byKeys = true;
    // Beyond the limit only that it is too long matters.
    if (this.#line.length <= CODE_LENGTH_MAX) this.#line.push(stroke);
    return { type: 'text', text: this.text };
  }

  /** The box's text was changed otherwise: pasted, corrected, cleared. */
  become(text: string): void {
    this.#line = Array.from(text, (character) => ({ typed: character, meant: character }));
    if (text === '') this.#byKeys = false;
  }

  #strokeOf(key: Key): { typed: string; meant: string } | 'end' | 'other' {
    const { ctrlKey, altKey, metaKey, shiftKey, code } = key;
    if (metaKey) return 'other';
    if (
      key.key === GS ||
      (ctrlKey && !altKey && code === 'BracketRight') ||
      (key.key === 'F8' && !ctrlKey && !altKey)
    ) {
      return { typed: GS_SHOWN, meant: GS_SHOWN };
    }
    if ((key.key === 'Enter' || key.key === 'Tab') && !ctrlKey && !altKey) {
      return key.key === 'Tab' && shiftKey ? 'other' : 'end';
    }
    // AltGr is Ctrl+Alt to some systems and types characters.
    if (ctrlKey !== altKey || [...key.key].length !== 1) return 'other';
    return { typed: key.key, meant: usCharacter(code, shiftKey) ?? key.key };
  }
}

/** The code that a line means: separators by their character, however they were written; blanks around it are the scanner's. */
export function codeOfLine(line: string): string {
  return line.replace(/<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|\u241d/gi, GS).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/** A code or line as the box shows it. */
export function shownLine(code: string): string {
  return code.replaceAll(GS, GS_SHOWN);
}
