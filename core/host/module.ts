// The WASM module: compiled once, instantiated per core, its exports typed. Nothing here knows where its bytes come from.
import { SIGNATURE_FUNCTIONS, SIGNATURE_LAYOUT, type SignatureExports } from './crypto/signature-exports.js';
import { SYMMETRIC_FUNCTIONS, SYMMETRIC_LAYOUT, type SymmetricExports } from './crypto/symmetric-exports.js';
import { TAIL_FUNCTIONS, type TailExports } from './crypto/tail-exports.js';

type Numbers = (...values: number[]) => number;

/** A compiled core: a `WebAssembly.Module`, named here because not every set of type libraries declares it. */
export type CoreModule = object;

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of the global of this name; part of the language of every engine, of no library of TypeScript but the DOM's. */
declare const WebAssembly: {
  compile(bytes: ArrayBuffer | Uint8Array): Promise<CoreModule>;
  compileStreaming(response: Response): Promise<CoreModule>;
  instantiate(module: CoreModule, imports: object): Promise<{ exports: Record<string, unknown> }>;
  readonly Memory: abstract new () => Memory;
  readonly Global: abstract new () => { readonly value: unknown };
};

/** Functions of the module. Addresses and lengths are unsigned 32-bit numbers in its memory. */
export interface CoreExports extends SymmetricExports, SignatureExports, TailExports {
  readonly memory: Memory;
  inputStart(): number;
  inputLines(length: number): number;
  inputFrames(length: number): number;
  inputFramesEnd(): number;
  byteScan(length: number): number;
  place(columns: number, rows: number): void;
  parseLines(length: number, options: number, year: number): number;
  parseFrames(length: number, options: number, year: number): number;
  parseWhole(length: number, options: number, year: number): number;
  listElements(row: number): number;
  listFaults(row: number): number;
  placeElements(first: number, ais: number, offsets: number, lengths: number): void;
  elementsListed(): number;
  sizeOfKeys(count: number): number;
  writeKeys(count: number, into: number, offsets: number): void;
  fingerprintKeys(keys: number, offsets: number, count: number, into: number): void;
  sortKeys(
    keys: number,
    offsets: number,
    count: number,
    entries: number,
    spare: number,
    runs: number,
    into: number,
  ): void;
}

const FUNCTIONS: readonly (keyof CoreExports)[] = [
  'inputStart',
  'inputLines',
  'inputFrames',
  'inputFramesEnd',
  'byteScan',
  'place',
  'parseLines',
  'parseFrames',
  'parseWhole',
  'listElements',
  'listFaults',
  'placeElements',
  'elementsListed',
  'sizeOfKeys',
  'writeKeys',
  'fingerprintKeys',
  'sortKeys',
  ...SYMMETRIC_FUNCTIONS,
  ...SIGNATURE_FUNCTIONS,
  ...TAIL_FUNCTIONS,
];

/** Numbers of core/assembly/layout.ts, as the module exports them. */
export type Layout = Readonly<Record<LayoutName, number>>;

export const LAYOUT_NAMES = [
  'LINE_MAX',
  'KEY_MAX',
  'INPUT_PADDING',
  'FRAME_HEAD',
  'ROW_STEP',
  'ROW_BYTES',
  'COLUMN_GTIN',
  'COLUMN_FINGERPRINT',
  'COLUMN_OFFSET',
  'COLUMN_LENGTH',
  'COLUMN_ERROR_POSITION',
  'COLUMN_ERROR_LENGTH',
  'COLUMN_SERIAL_OFFSET',
  'COLUMN_KEY_ID_OFFSET',
  'COLUMN_TAIL_OFFSET',
  'COLUMN_EXPIRY',
  'COLUMN_PRODUCTION',
  'COLUMN_WEIGHT',
  'COLUMN_VOLUME',
  'COLUMN_PRICE',
  'COLUMN_FLAGS',
  'COLUMN_KIND',
  'COLUMN_FORMAT',
  'COLUMN_ERROR',
  'COLUMN_SERIAL_LENGTH',
  'COLUMN_KEY_ID_LENGTH',
  'COLUMN_TAIL_LENGTH',
  'KIND_NONE',
  'KIND_UNIT',
  'KIND_PACKAGE',
  'FLAG_TAIL',
  'FLAG_AMBIGUOUS',
  'FLAG_TEMPLATE_MISMATCH',
  'FLAG_ELEMENT_STRING',
  'FLAG_NO_SERIAL',
  'OPTION_TRIM',
  'OPTION_GS1',
  'KEY_UNIT',
  'KEY_PACKAGE',
  'KEY_OTHER',
  'SEED',
  'IN_EFFECT',
  'ELEMENTS',
  'ELEMENTS_MAX',
  'ELEMENT_BYTES',
  'FAULTS',
  'FAULTS_MAX',
  'FAULT_BYTES',
  'SORT_ENTRY_BYTES',
  'RUN_MIN',
  ...SYMMETRIC_LAYOUT,
  ...SIGNATURE_LAYOUT,
] as const;

type LayoutName = (typeof LAYOUT_NAMES)[number];

/** Compiles the bytes of the module. @throws CompileError when they are none. */
export function compileBytes(bytes: ArrayBuffer | Uint8Array): Promise<CoreModule> {
  return WebAssembly.compile(bytes);
}

/**
 * Compiles a response while it arrives. A server that doesn't know the type of .wasm files costs a copy, no more.
 * @throws CompileError when the bytes are no module.
 */
export async function compileResponse(response: Response): Promise<CoreModule> {
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/wasm\b/i.test(type)) return WebAssembly.compileStreaming(response);
  return compileBytes(await response.arrayBuffer());
}

/** A fresh instance with memory of its own. */
export async function instantiate(module: CoreModule): Promise<{ exports: CoreExports; layout: Layout }> {
  const { exports } = await WebAssembly.instantiate(module, {});
  return { exports: checkExports(exports), layout: readLayout(exports) };
}

function checkExports(exports: Record<string, unknown>): CoreExports {
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('the core module exports no memory');
  const functions: Record<string, Numbers> = {};
  for (const name of FUNCTIONS) {
    const value = exports[name];
    if (typeof value !== 'function') throw new Error(`the core module has no function ${name}`);
    functions[name] = unsigned(value as Numbers);
  }
  return Object.assign(functions, { memory }) as unknown as CoreExports;
}

/** WASM gives signed numbers; ours are addresses and counts. */
function unsigned(call: Numbers): Numbers {
  return (...values) => call(...values) >>> 0;
}

function readLayout(exports: Record<string, unknown>): Layout {
  const entries = LAYOUT_NAMES.map((name) => {
    const value = exports[name];
    if (!(value instanceof WebAssembly.Global)) throw new Error(`the core module has no number ${name}`);
    return [name, value.value as number] as const;
  });
  return Object.fromEntries(entries) as Layout;
}
