import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** The program that ships. */
export const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const SAMPLES = new URL('../../../engine/documents/samples/', import.meta.url);

/** Path of a sample file. */
export function sample(name: string): string {
  return fileURLToPath(new URL(name, SAMPLES));
}

/** A folder for one test file, removed when its tests are done. */
export function scratchFolder(): { path: string; file(name: string, content: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), 'tamga-cli-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    file(name, content) {
      const full = join(path, name);
      writeFileSync(full, content);
      return full;
    },
  };
}

export interface CliResult {
  code: number | null;
  out: string;
  err: string;
}

const env = { ...process.env, LC_ALL: '', LC_MESSAGES: '', LANG: 'C.UTF-8', NO_COLOR: '1' };

/** Starts the program; its environment says English. */
export function start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { env, ...options });
}

/** Runs the program to its end. */
export async function tamga(
  args: readonly string[],
  input?: string | Uint8Array,
  options: SpawnOptions = {},
): Promise<CliResult> {
  const child = start(args, options);
  const result = collect(child);
  // A program that refuses its options doesn't read what it is given.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  return result;
}

/** What a program prints until it ends. */
export function collect(child: ChildProcess): Promise<CliResult> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') });
    });
  });
}

/** Lines of JSON. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A well-formed code of the demonstration prefix; equal numbers give equal codes. */
export function demoCode(number: number): string {
  return `0109520000001018215${String(number).padStart(12, '0')}\x1d91FFD0\x1d92${'dGVzdA'.repeat(8).slice(0, 43)}=`;
}
