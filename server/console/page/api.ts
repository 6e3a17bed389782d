/** The server's HTTP API, as this page uses it. */
import { signal } from '@preact/signals';
import { keep, kept } from './keep.js';
import { t } from './texts.js';

/** The API key, of this tab only; `null` before one is accepted. */
export const apiKey = signal<string | null>(kept('key', 'session'));

export function setKey(key: string | null): void {
  keep('key', key, 'session');
  apiKey.value = key;
}

/** A request that was refused, or never reached the server (`NETWORK`). The message is for people. */
export class Fault extends Error {
  constructor(
    readonly code: string,
    readonly detail = '',
    readonly status = 0,
  ) {
    super(code);
  }

  get text(): string {
    switch (this.code) {
      case 'NETWORK':
        return t('fault.network');
      case 'NO_KEY':
        return t('key.refused');
      case 'KEY_REVOKED':
        return t('key.revoked');
      case 'SCOPE_MISSING':
        return t('fault.scope', { scope: /scope (\w+)|“(\w+)”/.exec(this.detail)?.slice(1).find(Boolean) ?? 'write' });
      case 'TOO_LARGE':
        return t('fault.tooLarge');
      case 'TOO_MANY_REQUESTS':
        return t('fault.tooMany');
      case 'DISK_FULL':
        return t('fault.disk');
      default:
        return t('fault.other', { code: this.code, message: this.detail });
    }
  }
}

/** Text for whatever was thrown. */
export function faultText(error: unknown): string {
  return error instanceof Fault ? error.text : t('fault.other', { code: 'PAGE', message: String(error) });
}

/** An answer of the server. @throws Fault for a refusal, and when there is none. */
export async function ask(path: string, init: RequestInit = {}, key = apiKey.value): Promise<Response> {
  const headers = new Headers(init.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Fault('NETWORK');
  }
  if (response.ok) return response;
  throw refused(response.status, await response.text());
}

/** The fault of an answer's status and body. A key that is no longer good is forgotten. */
export function refused(status: number, body: string): Fault {
  let code = `HTTP_${status}`;
  let message = '';
  try {
    const { error } = JSON.parse(body) as { error: { code: string; message: string } };
    code = String(error.code);
    message = String(error.message);
  } catch {
    // Not the server's own words: something between it and this page.
  }
  if (status === 401 && apiKey.value !== null) setKey(null);
  return new Fault(code, message, status);
}

/** True for a key that the server takes. @throws Fault. */
export async function checkKey(key: string): Promise<void> {
  await ask(
    '/v1/verify',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ codes: [] }) },
    key,
  );
}
