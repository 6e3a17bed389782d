/** A server in a process of its own, which can be killed and started again on the same data and port. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../../cli/run-cli.test.files.js';

export class ChildServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'tamga-chaos-'));
  address = '';
  key = '';
  #port = '0';
  #child: ChildProcess | null = null;

  constructor(readonly flags: readonly string[] = []) {}

  async start(): Promise<void> {
    const data = join(this.folder, 'data');
    const child = start(
      [
        'serve',
        '--port',
        this.#port,
        '--log-level',
        'silent',
        '--data',
        data,
        '--workers',
        '0',
        '--json',
        ...this.flags,
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    this.#child = child;
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const said = JSON.parse(line.toString()) as { address: string; firstKey?: string };
    this.address = said.address;
    this.#port = new URL(said.address).port;
    this.key = said.firstKey ?? this.key;
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
