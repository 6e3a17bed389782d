import type { TestServer } from './running.test.files.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, loosely: tests say what they expect of it. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  json: any;
}

export interface Asked {
  /** An API key; default: that of scope admin; `null`: none. */
  key?: string | null;
  /** A form, raw bytes, text, or what is sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** One request to a test server. */
export async function ask(server: TestServer, method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { key = server.key.admin, body, headers = {} } = asked;
  const all: Record<string, string> = { ...headers };
  if (key !== null) all.authorization ??= `Bearer ${key}`;
  const isRaw =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  if (!isRaw) all['content-type'] ??= 'application/json';
  const response = await fetch(`${server.address}${path}`, {
    method,
    headers: all,
    body: isRaw ? (body as string | undefined) : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** Status and code of a refusal: `[403, 'OTHER_PARTICIPANT']`. */
export async function refused(...asked: Parameters<typeof ask>): Promise<[number, string | undefined]> {
  const { status, json } = await ask(...asked);
  return [status, json?.error?.code];
}

/** A form of files and fields. */
export function formOf(
  files: readonly (readonly [part: string, name: string, content: string | Uint8Array])[],
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [part, name, content] of files) form.append(part, new Blob([content as string]), name);
  return form;
}
