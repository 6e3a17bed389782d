import { type Label, type Language, type MessageData, message } from '../../engine/messages/index.js';

/** Names of the texts that only the command line says: those of the catalogue that begin with `cli.`. */
export type TextName = Label extends infer L ? (L extends `cli.${infer Name}` ? Name : never) : never;

/** One of them; see {@link message}. */
export function text(language: Language, name: TextName, data: MessageData = {}): string {
  return message(language, `label.cli.${name}`, data);
}
