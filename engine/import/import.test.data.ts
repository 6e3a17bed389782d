// Files and registers for the suites of the import.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { type Core, loadCore } from '../../core/host/index.js';
import { isTamgaError } from '../errors.js';
import { Register } from '../register/register.js';
import { sscc, unit } from '../register/register.test.data.js';
import { type ImportOptions, type ImportReport, importFiles } from './import.js';

/** When the tests import; the register keeps it as the time of the last event. */
export const AT = new Date('2026-03-16T09:00:00Z');

/** Path of a sample file. */
export function sample(name: string): string {
  return fileURLToPath(new URL(`../../../engine/documents/samples/${name}`, import.meta.url));
}

export interface ImportPlace {
  folder: string;
  core: Core;
  /** Writes a file and gives its path. */
  write(name: string, content: string | Uint8Array): string;
  register(): Register;
  into(register: Register, paths: readonly string[], options?: ImportOptions): Promise<ImportReport>;
}

/** A folder for one test file, removed when its tests are done. */
export async function importPlace(): Promise<ImportPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-import-'));
  const opened: Register[] = [];
  afterAll(async () => {
    for (const register of opened) await register.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const core = await loadCore();
  return {
    folder,
    core,
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    register() {
      const register = Register.open(join(folder, `register-${opened.length}`), { create: true });
      opened.push(register);
      return register;
    },
    into: (register, paths, options) => importFiles(paths, register, core, { at: AT, ...options }),
  };
}

/** A unit's code as a label holds it: `01` GTIN `21` serial. Its text in a register is `unit(i, product)`. */
export function code(i: number, product = 1): string {
  const text = unit(i, product);
  return `01${text.slice(0, 14)}21${text.slice(14)}`;
}

/** A snapshot of `count` codes from number `first` on, with every column, deterministic: ten units in a box. */
export function snapshotCsv(count: number, first = 0): string {
  const lines = ['code;status;ownerTin;parent;expiry;series;price'];
  for (let i = 0; i < count; i++) {
    // A prime step: the file is not in key order.
    const n = first + ((i * 7919) % count);
    const status = ['INTRODUCED', 'APPLIED', 'RETIRED', 'EMITTED'][n % 4];
    lines.push(
      `${code(n, 1 + (n % 5))};${status};77000000${10 + (n % 7)};${sscc(Math.floor(n / 10))};2028-0${1 + (n % 9)}-15;S${n % 50};${n % 1000}.50`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Ids of a register's events, in their order. */
export function idsOf(register: Register): string[] {
  return Array.from({ length: register.view().lastEvent }, (_, i) =>
    Buffer.from(register.event(i + 1)?.id ?? []).toString('hex'),
  );
}

/** Code of the error that an import ends with. */
export async function failing(importing: Promise<unknown>): Promise<string> {
  try {
    await importing;
  } catch (error) {
    return isTamgaError(error) ? error.code : String(error);
  }
  return 'nothing was thrown';
}
