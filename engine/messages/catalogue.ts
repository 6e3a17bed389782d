import { readFileSync } from 'node:fs';
import type { ErrorCode, ErrorData } from '../errors.js';
import type { PermitText } from '../permit/reason-text.js';
import type { Outcome, PackageDecision } from '../reconcile/outcomes.js';
import type { TreeOutcome } from '../reconcile/tree-outcomes.js';
import type { EventKind } from '../register/event.js';
import type { RejectionReason } from '../register/rejections.js';
import type { WithdrawalReasonName } from '../register/withdrawal.js';
import { formatCount } from './format.js';
import type { Label } from './labels.js';
import { LANGUAGES, type Language } from './language.js';
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

/** Values for the placeholders. Numbers are written with the language's grouping, so pass a line number as text. */
export type MessageData = Readonly<Record<string, string | number | undefined>>;

/** One text, or its plural forms by CLDR category, chosen by the number `count`. */
type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

const texts = new Map<string, Readonly<Record<Language, Text>>>();

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

const plurals: Record<Language, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  ru: new Intl.PluralRules('ru'),
  uz: new Intl.PluralRules('uz'),
};

/**
 * The text of `key` with `{name}` replaced by `data.name`. A part in square brackets is left out when a value that it names is missing;
 * outside brackets a missing value is `?`. Text values are made {@link visible}.
 * @throws Error for a key that the catalogue doesn't have.
 */
export function message(language: Language, key: MessageKey, data: MessageData = {}): string {
  const entry = texts.get(key);
  if (entry === undefined) throw new Error(`no message ${key}`);
  return fill(language, form(language, entry[language], data), data);
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

function form(language: Language, text: Text, data: MessageData): string {
  if (typeof text === 'string') return text;
  return text[plurals[language].select(Number(data.count))] ?? text.other ?? '';
}

function fill(language: Language, text: string, data: MessageData): string {
  const value = (name: string): string | undefined => {
    const raw = Object.hasOwn(data, name) ? data[name] : undefined;
    if (raw === undefined || raw === '') return undefined;
    return typeof raw === 'number' ? formatCount(language, raw) : visible(raw);
  };
  // One pass, so that braces and brackets inside a value stay what they are.
  return text.replace(/\[([^\]]*)\]|\{(\w+)\}/g, (_, optional: string | undefined, name: string) => {
    if (optional === undefined) return value(name) ?? '?';
    let complete = true;
    const part = optional.replace(/\{(\w+)\}/g, (__, inner: string) => {
      const found = value(inner);
      if (found === undefined) complete = false;
      return found ?? '';
    });
    return complete ? part : '';
  });
}

function load(kind: string, file: string, depth: number): void {
  const content: unknown = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  const visit = (key: string, node: unknown, left: number): void => {
    if (left > 0) {
      for (const [name, child] of Object.entries(node as Record<string, unknown>))
        visit(`${key}.${name}`, child, left - 1);
    } else {
      const entry = node as Record<Language, Text>;
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
