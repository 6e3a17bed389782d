import { stripVTControlCharacters, styleText } from 'node:util';
import type { Severity } from '../../../engine/reconcile/outcomes.js';

/** Where text for people goes: `process.stdout`, `process.stderr` or anything that takes text like them. */
export interface TextOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** How text may look on an output. */
export interface Look {
  colours: boolean;
  /** Columns of the terminal. */
  width: number;
}

/** Width of an output that is no terminal: what a log viewer and a mail show without wrapping. */
const WIDTH_DEFAULT = 100;
const WIDTH_MIN = 40;

/** Colours only on a terminal, and never when NO_COLOR is set to anything but empty text (no-color.org). */
export function lookOf(output: TextOutput, env: NodeJS.ProcessEnv = process.env): Look {
  return {
    colours: output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
    width: Math.max(WIDTH_MIN, output.columns || WIDTH_DEFAULT),
  };
}

export type Style = Severity | 'strong' | 'soft';

const FORMATS = {
  ok: 'green',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
  strong: 'bold',
  soft: 'dim',
} as const;

/** Text in a style, or as it is where colours are off. */
export function styled(look: Look, style: Style, text: string): string {
  // The look has already decided; Node's own check would ask stdout also when the text goes to stderr.
  return look.colours ? styleText(FORMATS[style], text, { validateStream: false }) : text;
}

/** Columns that a text takes, escape sequences apart. */
export function textWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
