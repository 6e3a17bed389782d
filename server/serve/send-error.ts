/** How a refused or failed request is answered: always { error: { code, message, requestId } }. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isTamgaError } from '../../engine/errors.js';
import { refusalOf } from './engine-errors.js';
import { REFUSALS, type RefusalBody, type RefusalCode } from './refusals.js';

const STATUS_CODES: Readonly<Record<number, RefusalCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  405: 'WRONG_METHOD',
  408: 'TOO_SLOW',
  413: 'TOO_LARGE',
  414: 'TOO_LARGE',
  415: 'WRONG_TYPE',
  429: 'TOO_MANY_REQUESTS',
  431: 'TOO_LARGE',
  503: 'NOT_READY',
};
/** Messages of the framework that would repeat what was sent, or say nothing to who sent it. */
const PLAINLY: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The path is not percent-encoded as it should be.',
  FST_PARTS_LIMIT: 'The form has too many parts.',
  FST_FIELDS_LIMIT: 'The form has too many fields.',
  FST_FILES_LIMIT: 'The form has too many files.',
  FST_REQ_FILE_TOO_LARGE: 'A file of the form is too large.',
};

/** The body of a refusal. */
export function refusal(request: Pick<FastifyRequest, 'id'>, code: string, message: string): RefusalBody {
  return { error: { code, message, requestId: request.id } };
}

export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refused = isTamgaError(error) ? refusalOf(error) : null;
  if (refused) {
    if (refused.code === 'BUSY') void reply.header('retry-after', '1');
    void reply.code(REFUSALS[refused.code]).send(refusal(request, refused.code, refused.message));
    return;
  }
  const status = error.statusCode ?? 500;
  const known = isRefusalCode(error.code);
  if (status < 500 || known) {
    const code = known ? error.code : codeOf(error, status);
    void reply.code(status).send(refusal(request, code, PLAINLY[error.code] ?? error.message));
    return;
  }
  // What went wrong inside is for whoever runs the server, not for whoever asks.
  request.log.error({ err: error, path: loggedPath(request) }, 'the request failed');
  void reply
    .code(500)
    .send(refusal(request, 'INTERNAL', 'The server failed to answer; its log says why under this request’s id.'));
}

/** What is no HTTP request, too long a head, or one that does not come: there is no request to answer yet, only a socket. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const messages: Record<number, string> = {
    400: 'This is no HTTP request.',
    408: 'The request did not come in time.',
    431: 'The head of the request is too large.',
  };
  const body = JSON.stringify(refusal({ id: randomUUID() }, STATUS_CODES[status]!, messages[status]!));
  const head = [
    `HTTP/1.1 ${status} ${status === 431 ? 'Request Header Fields Too Large' : status === 408 ? 'Request Timeout' : 'Bad Request'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

/**
 * The path for logs and messages: that of the route, or of an unknown one its first two parts. Codes stand in paths, and a mistyped path must not
 * bring a tail or a key into the log.
 */
export function loggedPath({ url, is404, routeOptions }: FastifyRequest): string {
  if (!is404 && routeOptions?.url !== undefined) return routeOptions.url;
  const parts = url.split('?', 1)[0]!.split('/').slice(1);
  const shown = parts.slice(0, 2).map((part) => (/^[\w.-]{1,40}$/.test(part) ? part : '…'));
  return `/${shown.join('/')}${parts.length > 2 ? '/…' : ''}`;
}

function codeOf(error: FastifyError, status: number): RefusalCode {
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError) return 'BAD_JSON';
  return STATUS_CODES[status] ?? 'BAD_REQUEST';
}

const isRefusalCode = (code: string): code is RefusalCode => Object.hasOwn(REFUSALS, code);
