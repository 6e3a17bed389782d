/** One attempt at one host of the national API: what was sent back, as the kinds that cash-register services §1.3 tells apart. */
import { type Dispatcher, errors } from 'undici';

export type Attempt =
  /** 200 with `code` 0: the body. */
  | { kind: 'answered'; body: Record<string, unknown> }
  /** 203 or 418: the platform declared an emergency. */
  | { kind: 'emergency' }
  /** 401: the key is refused. */
  | { kind: 'unauthorized' }
  /** Our own mistake: another 4xx, or 200 with another `code`. No retry. */
  | { kind: 'refused'; status: number; description: string }
  /** 5xx with `code` 5000: the transborder service is down. */
  | { kind: 'transborder' }
  /** 429, other 5xx, broken TLS, broken JSON, closed or refused connections. */
  | { kind: 'broken'; detail: string }
  /** No answer in time. */
  | { kind: 'timeout' };

/** Bytes of an answer: a hundred codes take some 60 KiB. */
const ANSWER_BYTES_MAX = 4 << 20;
const EMERGENCY_STATUS: ReadonlySet<number> = new Set([203, 418]);
const TRANSBORDER = 5000;
const DESCRIPTION_MAX = 200;

export interface Question {
  origin: string;
  path: string;
  method: 'GET' | 'POST';
  key: string;
  /** JSON. */
  body?: string;
  /** Milliseconds for the attempt, connecting included. */
  timeoutMs: number;
}

/** Never throws: a failure is a kind of answer. */
export async function askHost(
  agent: Dispatcher,
  { origin, path, method, key, body, timeoutMs }: Question,
): Promise<Attempt> {
  const signal = AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs)));
  try {
    const response = await agent.request({
      origin,
      path,
      method,
      headers: {
        'x-api-key': key,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body ?? null,
      signal,
    });
    const text = await readBounded(response.body);
    return judge(response.statusCode, text);
  } catch (error) {
    if (signal.aborted || error instanceof errors.ConnectTimeoutError) return { kind: 'timeout' };
    return { kind: 'broken', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new RangeError(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What an answer means. Pure. */
export function judge(status: number, text: string): Attempt {
  if (EMERGENCY_STATUS.has(status)) return { kind: 'emergency' };
  const body = objectOf(text);
  if (status === 200) {
    if (body === null) return { kind: 'broken', detail: 'the answer is no JSON object' };
    if (body.code !== undefined && body.code !== 0) return { kind: 'refused', status, description: describe(body) };
    return { kind: 'answered', body };
  }
  if (status === 401) return { kind: 'unauthorized' };
  if (status === 429) return { kind: 'broken', detail: 'too many requests' };
  if (status >= 400 && status < 500) return { kind: 'refused', status, description: describe(body) };
  if (status >= 500 && body?.code === TRANSBORDER) return { kind: 'transborder' };
  return { kind: 'broken', detail: `status ${status}` };
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function describe(body: Record<string, unknown> | null): string {
  const text = body?.description ?? body?.error_message ?? '';
  return typeof text === 'string' ? text.slice(0, DESCRIPTION_MAX) : '';
}
