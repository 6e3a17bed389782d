/** Processes that a load is put on: the server that ships, on data of its own, and a bare `ws` echo. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TAMGA = fileURLToPath(new URL('../../server/cli/main.js', import.meta.url));
const ECHO = fileURLToPath(new URL('./echo-process.js', import.meta.url));

export interface Child {
  address: string;
  /** API key; empty for the echo. */
  key: string;
  get(path: string): Promise<string>;
  /** A page of lines, and where the next one begins. */
  page(path: string): Promise<{ text: string; next: string | null }>;
  stop(): Promise<void>;
}

/** `tamga serve` over a register of these codes. */
export async function startTamga(codes: readonly string[]): Promise<Child> {
  const folder = mkdtempSync(join(tmpdir(), 'tamga-bench-server-'));
  const data = join(folder, 'data');
  const list = join(folder, 'codes.csv');
  writeFileSync(list, `code;status\n${codes.map((code) => `${code};INTRODUCED`).join('\n')}\n`);
  const importing = spawn(process.execPath, [TAMGA, 'import', list, '--register', join(data, 'register'), '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = (await once(importing, 'exit')) as [number];
  if (status !== 0) throw new Error(`tamga import ended with ${status}`);
  const child = spawn(
    process.execPath,
    [TAMGA, 'serve', '--port', '0', '--data', data, '--log-level', 'silent', '--workers', '0', '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const { address, firstKey } = JSON.parse(await firstLine(child)) as { address: string; firstKey: string };
  const asked = (path: string): Promise<Response> =>
    fetch(`${address}${path}`, { headers: { authorization: `Bearer ${firstKey}` } });
  return {
    address,
    key: firstKey,
    get: async (path) => (await asked(path)).text(),
    page: async (path) => {
      const response = await asked(path);
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return { text: await response.text(), next: response.headers.get('x-next-after') };
    },
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A WebSocket server of the package `ws` that sends back what it gets, and does nothing else. */
export async function startEcho(): Promise<Child> {
  const child = spawn(process.execPath, [ECHO], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = (await firstLine(child)).trim();
  return {
    address,
    key: '',
    get: async () => '',
    page: async () => ({ text: '', next: null }),
    stop: () => end(child),
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return line.toString();
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
