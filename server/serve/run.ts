/** A server with everything it keeps: data folder, register, keys. What `tamga serve` starts and stops. */
import { mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { TamgaError } from '../../engine/errors.js';
import { openParts } from './parts.js';
import { buildServer } from './server.js';
import type { Settings } from './settings.js';

const SWEEP_MS = 50;

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  address: string;
  /** The first API key, when this run made it; it is told only once. */
  firstKey: string | null;
  /** Others than this computer can reach it, and what they send goes unencrypted. */
  exposed: boolean;
  /** Stops accepting, lets open work end, and closes the register. */
  close(): Promise<void>;
}

/** @throws TamgaError for a folder, register, certificate or port that can't be used. */
export async function startServer(settings: Settings): Promise<RunningServer> {
  makeFolder(settings.data);
  const { parts, drain, close } = await openParts(settings);
  const { keys, board } = parts;
  try {
    const server = await buildServer(parts);
    const address = await listen(server, settings);
    const first = keys.list().length === 0 ? await keys.add({ scope: 'admin', label: 'first', at: new Date() }) : null;
    await board.resumeInterrupted();
    return {
      address,
      firstKey: first?.key ?? null,
      exposed: settings.tlsCert === undefined && !isLoopback(settings.host),
      close: async () => {
        drain();
        await closeWithin(server, settings.drainSeconds);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets open requests end; those that take longer than `seconds` are cut off. */
async function closeWithin(server: FastifyInstance, seconds: number): Promise<void> {
  const deadline = setTimeout(() => server.server.closeAllConnections(), seconds * 1000);
  // A connection that was at work when the server closed is kept alive behind its answer, which nobody needs.
  const sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(deadline);
    clearInterval(sweep);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new TamgaError('OUTPUT_FAILED', { path, detail: (error as Error).message }, { cause: error });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

async function listen(
  server: { listen(options: { port: number; host: string }): Promise<string> },
  { port, host }: Settings,
): Promise<string> {
  try {
    return await server.listen({ port, host });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new TamgaError('USAGE', { detail: `can't listen on ${host}:${port}: ${message}` }, { cause: error });
  }
}
