// Registers, codes and events for the suites of the register.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { type ErrorCode, isTamgaError } from '../errors.js';
import { type Attribute, type EventColumns, type EventKind, NOT_STATED, type RegisterEvent, STATED } from './event.js';
import { type KeyColumn, packKeys } from './packed-keys.js';
import { Register } from './register.js';

/** A number with its GS1 check digit. */
export function checked(digits: string): string {
  let sum = 0;
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += Number(digits[i]) * weight;
  return digits + ((10 - (sum % 10)) % 10);
}

/** A unit's text: GTIN `product` and serial `i`. */
export function unit(i: number, product = 1): string {
  return `${checked(`0460${String(product).padStart(9, '0')}`)}S${String(i).padStart(7, '0')}`;
}

/** A package's text: SSCC `i`. */
export function sscc(i: number): string {
  return checked(`1460000${String(i).padStart(10, '0')}`);
}

/** Keys one after the other, as the core hands them out. */
export function keyColumn(keys: readonly Uint8Array[]): KeyColumn {
  const offsets = new Uint32Array(keys.length + 1);
  keys.forEach((key, i) => {
    offsets[i + 1] = offsets[i] + key.length;
  });
  return { bytes: Uint8Array.from(Buffer.concat(keys)), offsets };
}

/** Keys of texts, front-coded. */
export function packTexts(texts: readonly string[]): Uint8Array {
  return packKeys(keyColumn(texts.map(textToKey)), 0, texts.length);
}

export type Stated = Partial<Record<Attribute, number | null>>;

export interface EventPlan {
  kind?: EventKind;
  actor?: string;
  document?: string;
  at?: number;
  /** Texts of codes and what is stated of each; `null` or absent: nothing. */
  codes: readonly (readonly [text: string, stated?: Stated])[];
  texts?: readonly string[];
  parents?: readonly string[];
  /** Tells apart events of the same content. */
  salt?: string | number;
}

/** An event of a plan; its id is its content. */
export function eventOf(plan: EventPlan): RegisterEvent {
  const { kind = 'restate', actor = '', document = '', at = 1_700_000_000_000, codes, texts = [], parents = [] } = plan;
  const columns: EventColumns = {};
  codes.forEach(([, stated = {}], i) => {
    for (const [attribute, value] of Object.entries(stated) as [Attribute, number | null][]) {
      columns[attribute] ??= new Int32Array(codes.length).fill(NOT_STATED);
      columns[attribute][i] = value ?? NOT_STATED;
    }
  });
  return {
    ...STATED,
    id: Uint8Array.from(
      createHash('md5')
        .update(JSON.stringify({ ...plan, at: 0 }))
        .digest(),
    ),
    kind,
    at,
    actor,
    document,
    count: codes.length,
    keys: packTexts(codes.map(([text]) => text)),
    texts: [...texts],
    parents: packTexts(parents),
    columns,
  };
}

/** A folder for one test file, removed when its tests are done. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-register-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes empty registers in a folder of their own; they are closed and removed when the tests are done. */
export function scratchRegisters(): (name?: string) => Register {
  const folder = scratchFolder();
  const opened: Register[] = [];
  let made = 0;
  afterAll(async () => {
    for (const register of opened) await register.close();
  });
  return (name) => {
    const register = Register.open(join(folder, name ?? `register-${made++}`), {
      create: true,
    });
    opened.push(register);
    return register;
  };
}

/** Runs what must fail with this code, and gives the error. */
export function failure(run: () => unknown, code: ErrorCode): Error {
  try {
    run();
  } catch (error) {
    expect(isTamgaError(error) ? error.code : error).toBe(code);
    return error as Error;
  }
  throw new Error(`${code} was expected and nothing was thrown`);
}

/** A deterministic stream of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Everything a register says of its codes, by their texts: independent of ordinals and numbers of names. */
export function contentsOf(register: Register): Map<string, Record<string, unknown>> {
  const contents = new Map<string, Record<string, unknown>>();
  const { codes } = register.view();
  for (let ordinal = 1; ordinal <= codes; ordinal++) {
    const { ordinal: own, parent, lastEvent, ...record } = register.record(ordinal);
    expect(own).toBe(ordinal);
    expect(lastEvent).toBeLessThanOrEqual(register.view().lastEvent);
    contents.set(register.textOf(ordinal), {
      ...record,
      parent: parent === null ? null : register.textOf(parent),
      children: [...register.children(ordinal)].map((child) => register.textOf(child)).sort(),
    });
  }
  return contents;
}
