/** A server in a process of its own, which can be killed and started again on the same data and port. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { start } from '../../cli/run-cli.test.files.js';

/** Below those that systems give to connections, which could take it while the server is down. */
const anyPort = (): number => 10_000 + Math.floor(Math.random() * 20_000);

export class ChildServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'tamga-chaos-'));
  address = '';
  key = '';
  #port = anyPort();
  #child: ChildProcess | null = null;

  constructor(readonly flags: readonly string[] = []) {}

  /** Starts it, again on the same port. */
  async start(): Promise<void> {
    for (let tries = 0; !(await this.#begin()); tries++) {
      if (tries === 10) throw new Error(`the server does not start on port ${this.#port}`);
      // Before its first start any other port will do.
      if (this.address === '') this.#port = anyPort();
      else await setTimeout(200);
    }
  }

  async #begin(): Promise<boolean> {
    const data = join(this.folder, 'data');
    const settings = ['--port', String(this.#port), '--log-level', 'silent', '--data', data, '--workers', '0'];
    const child = start(['serve', ...settings, '--json', ...this.flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    const [line] = (await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')])) as [Buffer | number | null];
    if (!Buffer.isBuffer(line)) return false;
    const said = JSON.parse(line.toString()) as { address: string; firstKey?: string };
    this.address = said.address;
    this.key = said.firstKey ?? this.key;
    return true;
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Tells it to end, and starts it again. */
  async restart(): Promise<void> {
    await this.#end('SIGTERM');
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async get(path: string): Promise<string> {
    return (await this.#fetch(path)).text();
  }

  /** The answer; `null` when there was none: the server was down, or went down meanwhile. */
  async post<Answer>(path: string, body: object): Promise<Answer | null> {
    let text: string;
    let status: number;
    try {
      const response = await fetch(`${this.address}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      ({ status } = response);
      text = await response.text();
    } catch {
      return null;
    }
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** A figure of `/metrics`. */
  async metric(name: string): Promise<number> {
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await this.get('/metrics'))?.[1]);
  }

  /** Scans of a session as the journal has them. */
  async scans(session: string): Promise<{ device: string; seq: number; key: string | null }[]> {
    const scans: { device: string; seq: number; key: string | null }[] = [];
    for (let after: string | null = '0.0'; after !== null; ) {
      const page: Response = await this.#fetch(`/v1/sessions/${session}/scans?limit=10000&after=${after}`);
      for (const line of (await page.text()).split('\n')) if (line !== '') scans.push(JSON.parse(line));
      after = page.headers.get('x-next-after');
    }
    return scans;
  }

  async #fetch(path: string): Promise<Response> {
    const response = await fetch(`${this.address}${path}`, { headers: { authorization: `Bearer ${this.key}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
