import { describe, expect, it } from 'vitest';
import { CODE_LENGTH_MAX, codeOfLine, GS, GS_SHOWN, type Key, Wedge } from './wedge.js';

const none = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const letter = (key: string, more: Partial<Key> = {}): Key => ({ ...none, key, code: '', ...more });
const ENTER = letter('Enter', { code: 'Enter' });
const TAB = letter('Tab', { code: 'Tab' });

function typed(wedge: Wedge, text: string, pause: number): number {
  for (const [i, key] of [...text].entries()) wedge.press(letter(key), i * pause);
  return (text.length - 1) * pause;
}

describe('a line', () => {
  it('ends with Enter, and with Tab when a scanner sends it', () => {
    const scanner = new Wedge();
    const end = typed(scanner, '0104600000', 10);
    expect(scanner.press(TAB, end + 10)).toEqual({ type: 'enter', text: '0104600000', fast: true });
    const person = new Wedge();
    const later = typed(person, '0104600000', 120);
    expect(person.press(TAB, later + 120)).toEqual({ type: 'pass' });
    expect(person.press(ENTER, later + 240)).toEqual({ type: 'enter', text: '0104600000', fast: false });
  });

  it('is read by its keys from its first character on, once a letter is Cyrillic', () => {
    const wedge = new Wedge();
    wedge.press(letter('"', { code: 'Digit2', shiftKey: true }), 0);
    expect(wedge.text).toBe('"');
    wedge.press(letter('Ф', { code: 'KeyA', shiftKey: true }), 1);
    expect(wedge.text).toBe('@A');
    expect(wedge.byKeys).toBe(true);
    wedge.become('');
    expect(wedge.byKeys).toBe(false);
  });

  it('leaves the shortcuts of browser and system alone', () => {
    const wedge = new Wedge();
    for (const key of [
      letter('v', { code: 'KeyV', ctrlKey: true }),
      letter('v', { code: 'KeyV', metaKey: true }),
      letter('F5', { code: 'F5' }),
      letter('ArrowLeft', { code: 'ArrowLeft' }),
      letter('Tab', { code: 'Tab', shiftKey: true }),
    ]) {
      expect(wedge.press(key, 0)).toEqual({ type: 'pass' });
    }
    expect(wedge.press(letter('@', { code: 'KeyQ', ctrlKey: true, altKey: true }), 0)).toEqual({
      type: 'text',
      text: '@',
    });
  });

  it('goes on behind what was pasted', () => {
    const wedge = new Wedge();
    wedge.become('0104');
    expect(wedge.press(letter('6'), 0)).toEqual({ type: 'text', text: '01046' });
  });

  it('is bounded, and still says that it is too long', () => {
    const wedge = new Wedge();
    for (let i = 0; i < CODE_LENGTH_MAX * 2; i++) wedge.press(letter('1'), i);
    expect(wedge.text.length).toBe(CODE_LENGTH_MAX + 1);
  });
});

describe('codeOfLine', () => {
  it('knows the separator by its names', () => {
    for (const name of ['<GS>', '{GS}', '[GS]', '<gs>', '\\x1d', '\\u001D', GS_SHOWN, GS]) {
      expect(codeOfLine(` 0104600000000017215abc${name}93AAAA\r`)).toBe(`0104600000000017215abc${GS}93AAAA`);
    }
  });
});
