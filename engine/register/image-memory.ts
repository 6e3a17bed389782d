/**
 * The memory of a large image: two shared memories of WebAssembly, one with the table of fingerprints and one with the rows, so that the
 * kernel of assembly/image can look codes up in them. Whoever doesn't use the kernel sees the same bytes as typed arrays.
 *
 * ```
 * | the kernel's own | claims: 4 bytes an area | areas: what a thread hands in and gets back | table or rows | two slots |
 * 0                  196608                    200704                                        2297856
 * ```
 */

/** A `WebAssembly.Memory`; named here because not every set of type libraries declares it. It may be posted to other threads. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** A `WebAssembly.Module`, which may be posted to other threads. */
export type KernelModule = object;

interface KernelInstance {
  readonly exports: Record<string, unknown>;
}

/** What is used of the global of this name. */
export interface WebAssemblyPart {
  readonly Memory: new (description: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => KernelModule;
  readonly Instance: new (module: KernelModule, imports: object) => KernelInstance;
}

export const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyPart }).WebAssembly;

const PAGE = 65_536;
const PAGES_MAX = 65_536;
export const CLAIMS_AT = 3 * PAGE;
export const CLAIMS = 64;
const CLAIMS_BYTES = 4096;
export const AREA_BYTES = 32_768;
export const AREAS_AT = CLAIMS_AT + CLAIMS_BYTES;
export const DATA_AT = AREAS_AT + CLAIMS * AREA_BYTES;
/** Read, not used, behind the last slot. */
const BEHIND = 64;

/** The two memories of an image; they go to other threads as they are. */
export interface ImageMemory {
  /** Tells the images of one thread from one another, in those that it posts them to. */
  readonly id: number;
  readonly table: SharedMemory;
  readonly rows: SharedMemory;
}

let images = 0;

/** Memory for so many bytes of table and rows; `null` when one of them is larger than a memory, or the system has none to give. */
export function imageMemory(tableBytes: number, rowBytes: number): ImageMemory | null {
  return withRows(memoryOf(tableBytes), rowBytes);
}

/** The table of another image, and rows of its own. */
export function memoryBeside({ table }: ImageMemory, rowBytes: number): ImageMemory | null {
  return withRows(table, rowBytes);
}

function withRows(table: SharedMemory | null, rowBytes: number): ImageMemory | null {
  const rows = table && memoryOf(rowBytes);
  return rows && { id: ++images, table, rows };
}

function memoryOf(bytes: number): SharedMemory | null {
  const pages = Math.ceil((DATA_AT + bytes + BEHIND) / PAGE);
  if (pages > PAGES_MAX) return null;
  try {
    return new wasm.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
