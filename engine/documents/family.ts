import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../errors.js';
import type { CodeChecks } from './codes.js';
import { shown } from './issues.js';
import type { DocumentModel } from './model.js';
import type { XmlSink } from './xml.js';

/** What the readers of one document share. */
export interface ReadContext extends CodeChecks {
  readonly path: string;
}

/** A family of document formats with one root element. */
export interface DocumentFamily {
  readonly root: string;
  /** What it reads, for messages. */
  readonly reads: string;
  begin(context: ReadContext): DocumentBuilder;
}

/** Takes the elements of one document, the root first, and gives the model. */
export interface DocumentBuilder extends XmlSink {
  /** The model with an empty `id`; call it after the root was closed. */
  finish(): DocumentModel;
}

/** A record of strings that outside names cannot harm. */
export function bareRecord(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}

/** A document of a known kind with a missing or malformed part. */
export function invalid(context: ReadContext, line: number, detail: string): TamgaError {
  return new TamgaError('DOCUMENT_INVALID', {
    path: context.path,
    line,
    detail,
  });
}

/**
 * A checker of the scalar fields of one element (attributes, or child elements by name). It returns them typed, or throws DOCUMENT_INVALID
 * naming the element, the field, what was met and, by the schema's `title`, what was expected.
 */
export function fieldsOf<Schema extends TObject>(element: string, schema: Schema) {
  const validator = Compile(schema);
  return (context: ReadContext, fields: Record<string, string>, line: number): Static<Schema> => {
    if (validator.Check(fields)) return fields as Static<Schema>;
    const names: string[] = Object.keys(schema.properties);
    for (const name of schema.required ?? []) {
      if (fields[name] === undefined) throw invalid(context, line, `${element}: ${name} is missing`);
    }
    const failed = validator.Errors(fields).map((error) => error.instancePath.slice(1));
    const name = names.find((one) => failed.includes(one)) ?? failed[0] ?? '';
    const expected = (schema.properties[name] as { title?: string } | undefined)?.title;
    throw invalid(
      context,
      line,
      `${element}: ${name} is "${shown(fields[name] ?? '')}"${expected === undefined ? '' : `; expected ${expected}`}`,
    );
  };
}
