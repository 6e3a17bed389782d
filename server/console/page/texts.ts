/** The catalogue's texts in the language that the person chose. */
import { signal } from '@preact/signals';
import consoleTexts from '../../../engine/messages/console.json';
import labelTexts from '../../../engine/messages/labels.json';
import { isLanguage, type Language } from '../../../engine/messages/language.js';
import outcomeTexts from '../../../engine/messages/outcomes.json';
import stateTexts from '../../../engine/messages/states.json';
import { type Entry, fillText, type MessageData } from '../../../engine/messages/text.js';
import { visible } from '../../../engine/messages/visible.js';
import { type Outcome, SEVERITY, type Severity } from '../../../engine/reconcile/outcomes.js';
import { keep, kept } from './keep.js';

/** What the languages call themselves. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { ru: 'Русский', uz: 'Oʻzbekcha', en: 'English' };

export const language = signal<Language>(firstLanguage());
language.subscribe((value) => {
  document.documentElement.lang = value;
  document.title = t('title');
});

function firstLanguage(): Language {
  const wanted = [kept('language') ?? '', ...navigator.languages].map((tag) => tag.split('-', 1)[0]!.toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}

export function chooseLanguage(value: string): void {
  if (!isLanguage(value)) return;
  keep('language', value);
  language.value = value;
}

/** A text of the console. */
export function t(key: keyof typeof consoleTexts, data?: MessageData): string {
  return fillText(language.value, (consoleTexts[key] as Entry)[language.value], data);
}

/** A text that the console shares with the reports. */
export function label(key: keyof typeof labelTexts, data?: MessageData): string {
  return fillText(language.value, (labelTexts[key] as Entry)[language.value], data);
}

export function outcomeLabel(outcome: string): string {
  return isOutcome(outcome) ? outcomeTexts[outcome].label[language.value] : visible(outcome);
}

export function outcomeMeaning(outcome: string): string {
  return isOutcome(outcome) ? outcomeTexts[outcome].meaning[language.value] : '';
}

export function severityOf(outcome: string): Severity {
  return isOutcome(outcome) ? SEVERITY[outcome] : 'warn';
}

/** Name of a register state; one that the catalogue doesn't have keeps its own. */
export function stateName(state: string): string {
  const entry: Entry | undefined = Object.hasOwn(stateTexts, state)
    ? stateTexts[state as keyof typeof stateTexts]
    : undefined;
  return entry === undefined ? visible(state) : fillText(language.value, entry[language.value]);
}

function isOutcome(name: string): name is Outcome & keyof typeof outcomeTexts {
  return Object.hasOwn(outcomeTexts, name);
}
