/** The AsyncAPI document of `/v1/stream`, from the schemas that frames are checked with. */
import { ALLOWS, OUTCOMES } from '../../../engine/index.js';
import { JobView } from '../jobs/schema.js';
import { WireVerdict } from '../schema.js';
import { Follow, Hello, Ping, Scan, Scans } from './messages.js';
import {
  BINARY_PROTOCOL,
  CLOSE,
  FRAME_BYTES_MAX,
  FRAME_FAULTS,
  JSON_PROTOCOL,
  KEY_PROTOCOL,
  VERDICTS_MAX,
} from './protocol.js';

const seq = { type: 'integer', description: 'number of the scan: 1, 2, 3 … of a device in a session' };
const counts = {
  type: 'object',
  required: ['scans', 'repeated', 'devices', 'outcomes'],
  properties: {
    scans: { type: 'integer' },
    repeated: { type: 'integer', description: 'scans of a code that the session had already' },
    devices: { type: 'integer' },
    outcomes: { type: 'object', additionalProperties: { type: 'integer' } },
    expected: {
      type: 'object',
      description: 'in units; only for a session that counts against a job',
      properties: Object.fromEntries(
        ['total', 'found', 'missing', 'surplus'].map((name) => [name, { type: 'integer' }]),
      ),
    },
  },
};
const verdict = {
  ...WireVerdict,
  required: ['seq', ...(WireVerdict.required as string[])],
  properties: {
    seq,
    ...WireVerdict.properties,
    repeated: { const: true, description: 'the session has this code already' },
    replay: { const: true, description: 'told again after a reconnect: outcome and answer as they were' },
  },
};

/** A frame of the server: an object of that type with these fields, all needed but those with `?`. */
function frame(type: string, summary: string, fields: Record<string, object>): object {
  const names = Object.keys(fields);
  return {
    name: type,
    summary,
    payload: {
      type: 'object',
      required: ['type', ...names.filter((name) => !name.endsWith('?'))],
      properties: {
        type: { const: type },
        ...Object.fromEntries(names.map((name) => [name.replace('?', ''), fields[name]])),
      },
    },
  };
}

const text = { type: 'string' };
const integer = { type: 'integer' };
const SERVER_FRAMES: Record<string, object> = {
  welcome: frame('welcome', 'The answer to hello: what is behind lastSeq is to be sent, perhaps again', {
    protocol: { const: JSON_PROTOCOL },
    'session?': text,
    'device?': text,
    lastSeq: seq,
    durable: { ...seq, description: 'last scan that is on disk' },
    context: { type: 'object' },
    register: { type: ['object', 'null'] },
    heartbeatMs: integer,
  }),
  verdict: {
    name: 'verdict',
    summary: 'One verdict',
    payload: { ...verdict, properties: { type: { const: 'verdict' }, ...verdict.properties } },
  },
  verdicts: frame('verdicts', 'Several verdicts', { items: { type: 'array', maxItems: VERDICTS_MAX, items: verdict } }),
  ack: frame('ack', 'All scans of the device up to this one are on disk', { seq }),
  live: frame('live', 'Scans of a session that is followed, and what it has come to', {
    session: text,
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          device: text,
          seq,
          outcome: { enum: [...OUTCOMES] },
          allow: { enum: [...ALLOWS] },
          key: { type: ['string', 'null'] },
          time: integer,
          repeated: { const: true },
        },
      },
    },
    'skipped?': { ...integer, description: 'scans beside the items, when they come faster than they are told' },
    counts,
  }),
  session: frame('session', 'A session that is followed, at the beginning and when it is closed', {
    session: text,
    state: { enum: ['open', 'closed'] },
    counts,
  }),
  job: frame('job', 'A job that is followed', { job: JobView }),
  error: frame('error', 'A frame was not taken; the connection goes on', {
    code: { enum: Object.keys(FRAME_FAULTS) },
    message: text,
    'seq?': seq,
    'expected?': { ...seq, description: 'with SEQ_GAP: the number that the next scan must have' },
  }),
  goodbye: frame('goodbye', 'The server stops; the close code is 1012', {
    reason: { const: 'restart' },
    retryAfterMs: integer,
  }),
  pong: frame('pong', 'The answer to ping', {}),
};

const CLIENT_FRAMES: Record<string, object> = {
  hello: {
    name: 'hello',
    summary: 'The first frame: whose scans these are, and how far the client is',
    payload: Hello,
  },
  scan: { name: 'scan', summary: 'One scan', payload: Scan },
  scans: { name: 'scans', summary: 'Several scans', payload: Scans },
  follow: { name: 'follow', summary: 'Begin or end following a topic', payload: Follow },
  ping: { name: 'ping', summary: 'Are you there?', payload: Ping },
};

/** The document, of a version of Tamga. */
export function asyncApi(version: string): object {
  const refs = (frames: Record<string, object>) =>
    Object.keys(frames).map((name) => ({ $ref: `#/channels/stream/messages/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tamga: the stream of scans',
      version,
      license: { name: 'Apache-2.0' },
      description: [
        `A WebSocket. Subprotocols: ${JSON_PROTOCOL} (JSON objects, one a message, described here) and ${BINARY_PROTOCOL} (the same in bytes, see docs/stream.md).`,
        `The API key comes in a header, as a second subprotocol ${KEY_PROTOCOL}KEY, or in the hello. A frame has at most ${FRAME_BYTES_MAX} bytes.`,
        `Close codes: ${Object.entries(CLOSE)
          .map(([name, code]) => `${code} ${name}`)
          .join(', ')}, 1009 frame too large.`,
      ].join('\n'),
    },
    defaultContentType: 'application/json',
    channels: {
      stream: {
        address: '/v1/stream',
        messages: { ...CLIENT_FRAMES, ...SERVER_FRAMES },
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      receive: {
        action: 'receive',
        channel: { $ref: '#/channels/stream' },
        summary: 'What clients send',
        messages: refs(CLIENT_FRAMES),
      },
      send: {
        action: 'send',
        channel: { $ref: '#/channels/stream' },
        summary: 'What the server sends',
        messages: refs(SERVER_FRAMES),
      },
    },
  };
}
