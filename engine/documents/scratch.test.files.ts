import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { type ErrorData, isTamgaError } from '../errors.js';
import type { DocumentModel } from './model.js';
import { readDocument } from './read-document.js';

const SAMPLES = new URL('../../../engine/documents/samples/', import.meta.url);

/** Path of a sample file. */
export function sample(name: string): string {
  return fileURLToPath(new URL(name, SAMPLES));
}

/** A folder for one test file, removed when its tests are done. */
export function scratch(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-documents-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

/** Bytes of a text in windows-1251: ASCII and the Russian letters. */
export function windows1251(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (char) => {
      const unit = char.charCodeAt(0);
      if (unit < 0x80) return unit;
      if (unit >= 0x410 && unit <= 0x44f) return unit - 0x410 + 0xc0;
      if (char === 'ё') return 0xb8;
      throw new RangeError(`${char} is not for this test`);
    }),
  );
}

/** Runs a reading that must fail with this code, and gives the error's data. */
export async function failure(reading: Promise<unknown>, code: string): Promise<ErrorData> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'TamgaError', code });
  return isTamgaError(error) ? error.data : {};
}

/** A sample as text, whatever its encoding. */
export function sampleText(name: string): string {
  return new TextDecoder(name.startsWith('upd') ? 'windows-1251' : 'utf-8').decode(readFileSync(sample(name)));
}

/** Reads a document given as text. */
export async function readText(write: ReturnType<typeof scratch>, text: string): Promise<DocumentModel> {
  return readDocument(write('document.xml', text.replace('encoding="windows-1251"', 'encoding="UTF-8"')));
}

/** Codes of the findings, in order. */
export function issueCodes(model: DocumentModel): string[] {
  return model.issues.map((issue) => issue.code);
}
