import { readFileSync } from 'node:fs';
import type { ErrorCode, ErrorData } from '../errors.js';
import type { PermitText } from '../permit/reason-text.js';
import type { Outcome, PackageDecision } from '../reconcile/outcomes.js';
import type { TreeOutcome } from '../reconcile/tree-outcomes.js';
import type { EventKind } from '../register/event.js';
import type { RejectionReason } from '../register/rejections.js';
import type { WithdrawalReasonName } from '../register/withdrawal.js';
import type { Label } from './labels.js';
import { LANGUAGES, type Language } from './language.js';
import { type Entry, fillText, type MessageData, type Text } from './text.js';
import { visible } from './visible.js';

/** Name of a text: `error.DISK_FULL.remedy`, `outcome.SURPLUS.label`, `package.UNEXPECTED.meaning`, `label.section.units`. */
export type MessageKey =
  | `error.${ErrorCode}.${'problem' | 'remedy'}`
  | `outcome.${Outcome}.${'label' | 'meaning'}`
  | `package.${PackageDecision}.${'label' | 'meaning'}`
  | `tree.${TreeOutcome}.${'label' | 'meaning'}`
  | `rejection.${RejectionReason}`
  | `permit.${PermitText}`
  | `event.${EventKind}`
  | `withdrawal.${WithdrawalReasonName}`
  | `label.${Label}`;

export type { MessageData } from './text.js';

const texts = new Map<string, Entry>();

load('error', 'errors.json', 2);
load('outcome', 'outcomes.json', 2);
load('package', 'packages.json', 2);
load('tree', 'trees.json', 2);
load('rejection', 'rejections.json', 1);
load('permit', 'permits.json', 1);
load('event', 'events.json', 1);
load('withdrawal', 'withdrawals.json', 1);
load('state', 'states.json', 1);
load('label', 'labels.json', 1);
load('console', 'console.json', 1);

/**
 * The text of `key` with `{name}` replaced by `data.name`. A part in square brackets is left out when a value that it names is missing;
 * outside brackets a missing value is `?`. Text values are made {@link visible}.
 * @throws Error for a key that the catalogue doesn't have.
 */
export function message(language: Language, key: MessageKey, data: MessageData = {}): string {
  const entry = texts.get(key);
  if (entry === undefined) throw new Error(`no message ${key}`);
  return fillText(language, entry[language], data);
}

/** What went wrong and what to do about it, for an error's code and data. */
export function errorMessage(
  language: Language,
  code: ErrorCode,
  { path, line, detail, limit }: ErrorData,
): { problem: string; remedy: string } {
  const data: MessageData = { path, line: line?.toString(), detail, limit };
  return {
    problem: message(language, `error.${code}.problem`, data),
    remedy: message(language, `error.${code}.remedy`, data),
  };
}

/** Name of a register state for people; a state without one keeps its own name. */
export function stateName(language: Language, state: string): string {
  const text = texts.get(`state.${state}`)?.[language];
  return typeof text === 'string' ? text : visible(state);
}

/** Every key of the catalogue. */
export function messageKeys(): string[] {
  return [...texts.keys()];
}

/** The written forms of a text, placeholders and brackets as they stand: one, or one for each plural category. */
export function messageForms(language: Language, key: string): string[] {
  const text = texts.get(key)?.[language];
  return text === undefined ? [] : typeof text === 'string' ? [text] : Object.values(text);
}

function load(kind: string, file: string, depth: number): void {
  const content: unknown = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  const visit = (key: string, node: unknown, left: number): void => {
    if (left > 0) {
      for (const [name, child] of Object.entries(node as Record<string, unknown>))
        visit(`${key}.${name}`, child, left - 1);
    } else {
      const entry = node as Entry;
      if (!LANGUAGES.every((language) => isText(entry?.[language])))
        throw new Error(`${file}: ${key} lacks a language`);
      texts.set(key, entry);
    }
  };
  visit(kind, content, depth);
}

function isText(value: unknown): value is Text {
  if (typeof value === 'string') return value !== '';
  return typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');
}
