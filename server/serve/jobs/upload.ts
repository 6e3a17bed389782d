/**
 * Files that clients send, streamed to disk. A client's name for a file is kept as text and never becomes a path:
 *
 * ```
 * uploads/UUID/expected-1, scanned-1, …     the bytes
 * uploads/UUID/upload.json                  whose they are, and what the client called them
 * ```
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { writeFileAtomically } from '../../../engine/reconcile/render/atomic-file.js';
import { registerError } from '../../../engine/register/store.js';
import { makeFolder } from '../../../engine/replace-file.js';
import { Refusal } from '../refusals.js';

const Manifest = Type.Object({
  /** Participant that the key was bound to; `null`: a key of nobody. */
  participant: Type.Union([Type.String(), Type.Null()]),
  /** Client's names by file. */
  names: Type.Record(Type.String(), Type.String()),
});
/** What stands in `upload.json`. */
export type Manifest = Static<typeof Manifest>;
const manifest = Compile(Manifest);

/** A finished upload. */
export interface Upload extends Manifest {
  folder: string;
  expected: string[];
  scanned: string[];
  fields: ReadonlyMap<string, string>;
}

export const ROLES = ['expected', 'scanned'] as const;
const MANIFEST_FILE = 'upload.json';
/** Characters of a client's name for a file that are kept. */
const NAME_LENGTH_MAX = 200;

/**
 * Takes the parts of a multipart body as they come. Nothing is left on disk when it throws.
 * @throws Refusal BAD_REQUEST for parts that the form doesn't have, TOO_LARGE, and what the parts' reading throws.
 */
export async function receiveUpload(
  parts: () => AsyncIterable<MultipartFile | MultipartValue>,
  uploads: string,
  fieldNames: ReadonlySet<string>,
  participant: string | null,
): Promise<Upload> {
  const folder = join(uploads, randomUUID());
  const names: Record<string, string> = Object.create(null) as Record<string, string>;
  const fields = new Map<string, string>();
  const files: Record<(typeof ROLES)[number], string[]> = { expected: [], scanned: [] };
  try {
    makeFolder(folder, 0o700);
    for await (const part of parts()) {
      const { fieldname } = part;
      if (part.type === 'field') {
        if (!fieldNames.has(fieldname)) throw unknownPart(fieldname);
        if (fields.has(fieldname)) throw new Refusal('BAD_REQUEST', `The field ${fieldname} stands twice.`);
        if (part.valueTruncated) throw new Refusal('TOO_LARGE', `The field ${fieldname} is too long.`);
        if (typeof part.value !== 'string') throw unknownPart(fieldname);
        fields.set(fieldname, part.value);
        continue;
      }
      const role = ROLES.find((name) => name === fieldname);
      if (role === undefined) throw unknownPart(fieldname);
      const file = `${role}-${files[role].length + 1}`;
      await pipeline(part.file, createWriteStream(join(folder, file), { flags: 'wx', mode: 0o600, flush: true }));
      if (part.file.truncated) throw new Refusal('TOO_LARGE', `The file ${shownName(part.filename)} is too large.`);
      files[role].push(join(folder, file));
      names[file] = shownName(part.filename);
    }
    await writeManifest(folder, { participant, names });
    return { folder, participant, names, fields, ...files };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') throw registerError(folder, error);
    // The form's reader says so with bare errors: no boundary, no end, a header that is none.
    if (error instanceof Error && code === undefined && !('statusCode' in error)) {
      throw new Refusal('BAD_REQUEST', `The form can’t be read: ${error.message}.`, { cause: error });
    }
    throw error;
  }
}

/** Says whose the files of an upload's folder are, and what they are called. */
export async function writeManifest(folder: string, given: Manifest): Promise<void> {
  await writeFileAtomically(join(folder, MANIFEST_FILE), [JSON.stringify(given)]);
}

/** The manifest of the upload that a file belongs to; `null` when it belongs to none. */
export async function readManifest(path: string, uploads: string): Promise<Manifest | null> {
  const folder = dirname(path);
  if (dirname(folder) !== uploads) return null;
  const value: unknown = JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8'));
  if (!manifest.Check(value)) throw new Error(`${folder}: no manifest of an upload`);
  return value;
}

/** Removes the upload that a file belongs to. */
export async function removeUpload(path: string, uploads: string): Promise<void> {
  const folder = dirname(path);
  if (dirname(folder) === uploads) await rm(folder, { recursive: true, force: true });
}

/** A file's name as its client called it; of a file that no client sent, its own. */
export function nameIn(manifest: Manifest | null, path: string): string {
  const file = basename(path);
  return manifest !== null && Object.hasOwn(manifest.names, file) ? manifest.names[file]! : file;
}

/** The last part of a client's name, whatever its system separates folders with, without control characters. */
export function shownName(name: string | undefined): string {
  const last = (name ?? '').split(/[/\\]/).at(-1) ?? '';
  const clean = last.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '').trim();
  return clean.slice(0, NAME_LENGTH_MAX) || 'unnamed';
}

const unknownPart = (name: string): Refusal =>
  new Refusal('BAD_REQUEST', `The form has no part “${shownName(name)}”; files are ${ROLES.join(' and ')}.`);
