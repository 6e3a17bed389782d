/** The public `tamga/core/browser`: what `tamga/core` offers, with a loader that needs nothing of Node. */
import { type Core, type CoreOptions, openCore } from './core.js';
import { type CoreModule, compileBytes, compileResponse } from './module.js';

export * from './portable.js';

/** Where the bytes of the module come from: an address to fetch, a response under way, or the bytes. */
export type WasmSource = string | URL | Response | ArrayBuffer | Uint8Array;

export interface LoadOptions extends CoreOptions {
  /** A module of {@link compileCore}, to share the compilation with workers. */
  module?: CoreModule;
  /** Default: `tamga.wasm` where the package has it, one folder above this file. */
  wasm?: WasmSource;
}

/**
 * Compiles the core while it arrives. The module may be posted to workers and loaded there.
 * @throws Error when the address answers with anything but success; CompileError when the bytes are no module.
 */
export async function compileCore(wasm: WasmSource = new URL('../tamga.wasm', import.meta.url)): Promise<CoreModule> {
  if (wasm instanceof ArrayBuffer || wasm instanceof Uint8Array) return compileBytes(wasm);
  const response = wasm instanceof Response ? wasm : await fetch(wasm);
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
  return compileResponse(response);
}

/** An instance with its own memory. @throws RangeError when the seed has not 16 bytes; else as {@link compileCore}. */
export async function loadCore({ module, wasm, ...options }: LoadOptions = {}): Promise<Core> {
  return openCore(module ?? (await compileCore(wasm)), options);
}
