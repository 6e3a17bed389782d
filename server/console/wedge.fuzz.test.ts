// Goal: whatever a scanner types, on whatever layout, the code arrives as it was printed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfLine, GS, type Key, usCharacter, Wedge } from './wedge.js';

const CODES = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `Key${letter}`);
const KEYS = [...CODES, ...[...'0123456789'].map((digit) => `Digit${digit}`)].concat(
  ['Backquote', 'Minus', 'Equal', 'BracketLeft', 'BracketRight', 'Backslash'],
  ['Semicolon', 'Quote', 'Comma', 'Period', 'Slash'],
);
/** Every character that a US keyboard types, by key. */
const keyOf = new Map(
  KEYS.flatMap((code) => [false, true].map((shift) => [usCharacter(code, shift)!, { code, shift }] as const)),
);

/** ЙЦУКЕН as Windows has it; Uzbek Cyrillic has ў қ ғ ҳ on four of the punctuation keys. */
const RUSSIAN = {
  plain: 'фисвуапршолдьтщзйкыегмцчня',
  marks: { Backquote: 'ёЁ', Minus: '-_', Equal: '=+', BracketLeft: 'хХ', BracketRight: 'ъЪ', Backslash: '\\/' },
  more: { Semicolon: 'жЖ', Quote: 'эЭ', Comma: 'бБ', Period: 'юЮ', Slash: '.,' },
  digits: ')!"№;%:?*(',
};
const UZBEK = { ...RUSSIAN, marks: { ...RUSSIAN.marks, Minus: 'ғҒ', Equal: 'ҳҲ', BracketRight: 'ўЎ' } };

function typedOn(layout: typeof RUSSIAN | null, code: string, shift: boolean): string {
  if (layout === null) return usCharacter(code, shift)!;
  if (code.startsWith('Key')) {
    const letter = layout.plain[CODES.indexOf(code)]!;
    return shift ? letter.toUpperCase() : letter;
  }
  if (code.startsWith('Digit')) return shift ? layout.digits[Number(code.at(-1))]! : code.at(-1)!;
  return { ...layout.marks, ...layout.more }[code]![shift ? 1 : 0]!;
}

const none = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const SEPARATORS: Key[][] = [
  [{ ...none, key: 'F8', code: 'F8' }],
  [
    { ...none, key: 'Control', code: 'ControlLeft', ctrlKey: true },
    { ...none, key: 'ъ', code: 'BracketRight', ctrlKey: true },
  ],
  [{ ...none, key: GS, code: '' }],
];

function keysOf(code: string, layout: typeof RUSSIAN | null, separator: Key[]): Key[] {
  return [...code].flatMap((character) => {
    if (character === GS) return separator;
    const { code: key, shift } = keyOf.get(character)!;
    const stroke = { ...none, key: typedOn(layout, key, shift), code: key, shiftKey: shift };
    return shift ? [{ ...none, key: 'Shift', code: 'ShiftLeft', shiftKey: true }, stroke] : [stroke];
  });
}

const characters = [...keyOf.keys()];
// A GTIN and a serial, then parts behind separators: as marking codes are. The serial has a letter, as it must to show the layout.
const code = fc
  .tuple(
    fc.constantFrom(...'abcxyzABCXYZ'),
    fc.array(fc.array(fc.constantFrom(...characters), { maxLength: 40 }), { minLength: 1, maxLength: 4 }),
  )
  .map(([letter, parts]) => `0104600000000017215${letter}${parts.map((part) => part.join('')).join(GS)}`)
  // What spells the separator's name, or ends it, is a separator; no printed code does.
  .filter((text) => codeOfLine(text) === text);

describe('a scanner', () => {
  it('types the same code on every layout, with every separator', () => {
    fc.assert(
      fc.property(
        code,
        fc.constantFrom(null, RUSSIAN, UZBEK),
        fc.constantFrom(...SEPARATORS),
        fc.integer({ min: 0, max: 50 }),
        (text, layout, separator, pause) => {
          const wedge = new Wedge();
          let now = 5000;
          for (const key of keysOf(text, layout, separator)) {
            now += pause;
            wedge.press(key, now);
          }
          const end = wedge.press({ ...none, key: 'Enter', code: 'Enter' }, now + pause);
          expect(end).toMatchObject({ type: 'enter', fast: true });
          expect(codeOfLine(wedge.text)).toBe(text);
          expect(wedge.byKeys).toBe(layout !== null);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never makes the page fail, whatever comes', () => {
    const key = fc.record({
      key: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 3 }),
        fc.constantFrom('Enter', 'Tab', 'F8', 'Dead', 'Process'),
      ),
      code: fc.oneof(fc.constantFrom(...KEYS, 'NumpadEnter', 'constructor', '__proto__'), fc.string({ maxLength: 8 })),
      shiftKey: fc.boolean(),
      ctrlKey: fc.boolean(),
      altKey: fc.boolean(),
      metaKey: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
        const wedge = new Wedge();
        for (const stroke of keys) {
          const before = wedge.text;
          const answer = wedge.press(stroke, 0);
          const shown = answer.type === 'text' ? answer.text : before;
          if (shown !== wedge.text) throw new Error(`the box shows ${shown}, the line is ${wedge.text}`);
        }
      }),
      { numRuns: 300 },
    );
  });
});
