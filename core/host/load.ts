// Loading in Node: the module is read from beside the compiled sources. Browsers load by ./browser.ts.
import { readFile } from 'node:fs/promises';
import { type Core, type CoreOptions, openCore } from './core.js';
import { type CoreModule, compileBytes } from './module.js';

export interface LoadOptions extends CoreOptions {
  /** A module of {@link compileCore}, to share the compilation with workers. */
  module?: CoreModule;
}

let compiled: Promise<CoreModule> | undefined;

/** Compiles the core; later calls give the same module, which may be posted to workers and loaded there. */
export function compileCore(): Promise<CoreModule> {
  compiled ??= readFile(new URL('../tamga.wasm', import.meta.url)).then(compileBytes);
  return compiled;
}

/** An instance with its own memory. @throws RangeError when the seed has not 16 bytes. */
export async function loadCore({ module, ...options }: LoadOptions = {}): Promise<Core> {
  return openCore(module ?? (await compileCore()), options);
}
