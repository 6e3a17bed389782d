// Compiles parts of the core by themselves, so that what the shipped module keeps to itself can be tested.
import { readFile } from 'node:fs/promises';

/** The functions of a part, over addresses in its memory, of which everything from `free` on is the caller's. */
export interface Part {
  readonly memory: ArrayBuffer;
  readonly free: number;
  /** Calls an export; what it gives is read as an unsigned 32-bit number. */
  call(name: string, ...values: number[]): number;
}

interface Compiler {
  main(
    options: string[],
    files: {
      readFile(path: string): Promise<string | null>;
      writeFile(path: string, content: string | Uint8Array): void;
      listFiles(): string[];
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

declare const WebAssembly: {
  instantiate(bytes: Uint8Array): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

const ROOT = new URL('../../../../', import.meta.url);
const ENTRY = 'core/assembly/part.ts';
const FLAGS = '-O1 --noAssert --runtime stub --initialMemory 256 --enable simd,bulk-memory'.split(' ');

// By address, because the types of the compiler bring a world of their own.
const { default: compiler } = (await import(new URL('node_modules/assemblyscript/dist/asc.js', ROOT).href)) as {
  default: Compiler;
};

/** Compiles `source`, AssemblyScript as if it stood in core/assembly, and makes an instance with 16 MiB of memory. */
export async function compilePart(source: string): Promise<Part> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await compiler.main([ENTRY, '--outFile', 'part.wasm', ...FLAGS], {
    readFile: async (path) => {
      if (path === ENTRY) return `${source}\nexport function partEnd(): usize { return __heap_base; }`;
      if (path === 'asconfig.json') return null; // it would bring in the whole core
      return readFile(new URL(path, ROOT), 'utf8').catch(() => null);
    },
    writeFile: (_, content) => {
      if (typeof content !== 'string') binary = content;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) throw new Error(`${error?.message}\n${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(binary);
  const { memory, partEnd } = instance.exports as { memory: { buffer: ArrayBuffer }; partEnd(): number };
  return {
    memory: memory.buffer,
    free: (partEnd() + 63) & ~63,
    call(name, ...values) {
      const value = instance.exports[name];
      if (typeof value !== 'function') throw new Error(`the part has no function ${name}`);
      return Number((value as (...numbers: number[]) => number | undefined)(...values) ?? 0) >>> 0;
    },
  };
}
