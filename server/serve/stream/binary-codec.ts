/**
 * `tamga.v1.bin`: the stream for devices that would rather not read JSON. Numbers are little-endian, texts UTF-8; u8, u16, u32, u48 are unsigned.
 *
 * ```
 * client → server
 * 01 hello    | 01 | flags u8 | after u32 | kept u32 | key | session | device | participant | expected |      each text: length u8, bytes
 *               flags: bits 0–1 the operation (0 count, 1 sale, 2 return, 3 accept), bits 2–3 the country (0 none said, 1 RU, 2 UZ)
 * 02 scans    | 02 | seq u32 of the first | { length u16, code } … |                            numbers follow one another
 * 03 scans    | 03 | seq u32 of the first | { time u48, length u16, code } … |                  time: milliseconds since 1970
 * 04 ping     | 04 |
 *
 * server → client
 * 81 welcome  | 81 | lastSeq u32 | durable u32 | heartbeat u16, seconds |
 * 82 verdicts | 82 | seq u32 of the first | { outcome u8, answer u8 } … |                       numbers follow one another
 *               outcome: its place in the list of docs/stream.md; answer: bits 0–1 (0 no, 1 yes, 2 unknown), bit 2 repeated, bit 3 told again
 * 83 ack      | 83 | seq u32 |
 * 84 error    | 84 | code u8 | seq u32, 0 none | expected u32, 0 none |
 * 85 goodbye  | 85 | retry after u32, milliseconds |
 * 86 pong     | 86 |
 * ```
 */
import { SEQ_MAX } from '../../../engine/index.js';
import { CODE_LENGTH_MAX } from '../schema.js';
import type { Codec } from './codec.js';
import type { ClientMessage, Hello, ScanItem } from './messages.js';
import { BINARY_PROTOCOL, FRAME_FAULTS, NAME_PATTERN, SCANS_MAX } from './protocol.js';

export const FRAME = {
  hello: 0x01,
  scans: 0x02,
  timedScans: 0x03,
  ping: 0x04,
  welcome: 0x81,
  verdicts: 0x82,
  ack: 0x83,
  error: 0x84,
  goodbye: 0x85,
  pong: 0x86,
} as const;
/** Operations and countries by their numbers in a hello. */
export const BINARY_OPERATIONS = ['count', 'sale', 'return', 'accept'] as const;
export const BINARY_COUNTRIES = [undefined, 'RU', 'UZ'] as const;

const BAD: ClientMessage = { type: 'fault', code: 'BAD_FRAME' };
const HELLO_HEAD = 10;
const SCANS_HEAD = 5;
const TIME_BYTES = 6;
const REPEATED = 4;
const REPLAY = 8;
const name = new RegExp(NAME_PATTERN);

export const binaryCodec: Codec = {
  name: BINARY_PROTOCOL,
  inRuns: true,
  read(data, isBinary) {
    if (!isBinary || data.length === 0) return BAD;
    if (data[0] === FRAME.scans) return readScans(data, false);
    if (data[0] === FRAME.timedScans) return readScans(data, true);
    if (data[0] === FRAME.hello) return readHello(data);
    return data[0] === FRAME.ping && data.length === 1 ? { type: 'ping' } : BAD;
  },
  welcome({ lastSeq, durable, heartbeatMs }) {
    const frame = Buffer.alloc(11);
    frame[0] = FRAME.welcome;
    frame.writeUInt32LE(lastSeq, 1);
    frame.writeUInt32LE(durable, 5);
    frame.writeUInt16LE(Math.min(0xffff, Math.round(heartbeatMs / 1000)), 9);
    return frame;
  },
  verdicts(items) {
    const frame = Buffer.alloc(SCANS_HEAD + items.length * 2);
    frame[0] = FRAME.verdicts;
    frame.writeUInt32LE(items[0]?.seq ?? 0, 1);
    items.forEach(({ outcome, allow, repeated, replay }, i) => {
      frame[SCANS_HEAD + i * 2] = outcome;
      frame[SCANS_HEAD + i * 2 + 1] = allow | (repeated ? REPEATED : 0) | (replay ? REPLAY : 0);
    });
    return frame;
  },
  ack: (seq) => numbered(FRAME.ack, seq),
  error(code, _message, seq = 0, expected = 0) {
    const frame = Buffer.alloc(10);
    frame[0] = FRAME.error;
    frame[1] = FRAME_FAULTS[code];
    frame.writeUInt32LE(seq >= 0 && seq <= SEQ_MAX ? seq : 0, 2);
    frame.writeUInt32LE(expected, 6);
    return frame;
  },
  goodbye: (retryAfterMs) => numbered(FRAME.goodbye, retryAfterMs),
  pong: () => Uint8Array.of(FRAME.pong),
  topic: () => null,
};

function numbered(type: number, value: number): Buffer {
  const frame = Buffer.alloc(5);
  frame[0] = type;
  frame.writeUInt32LE(value, 1);
  return frame;
}

function readScans(data: Buffer, isTimed: boolean): ClientMessage {
  if (data.length < SCANS_HEAD) return BAD;
  const first = data.readUInt32LE(1);
  const fault: ClientMessage = { type: 'fault', code: 'BAD_FRAME', seq: first };
  const items: ScanItem[] = [];
  const head = isTimed ? TIME_BYTES + 2 : 2;
  for (let at = SCANS_HEAD; at < data.length; ) {
    if (at + head > data.length) return fault;
    const end = at + head + data.readUInt16LE(at + head - 2);
    if (end > data.length || end - at - head > CODE_LENGTH_MAX || items.length === SCANS_MAX) return fault;
    const seq = first + items.length;
    const code = data.toString('utf8', at + head, end);
    items.push(isTimed ? { seq, code, time: data.readUIntLE(at, TIME_BYTES) } : { seq, code });
    at = end;
  }
  if (items.length === 0 || first === 0 || first + items.length - 1 > SEQ_MAX) return fault;
  return items.length === 1 ? { type: 'scan', ...items[0]! } : { type: 'scans', items };
}

function readHello(data: Buffer): ClientMessage {
  if (data.length < HELLO_HEAD) return BAD;
  const operation = BINARY_OPERATIONS[data[1]! & 3];
  const country = BINARY_COUNTRIES[(data[1]! >> 2) & 3];
  if (data[1]! >> 4 !== 0 || ((data[1]! >> 2) & 3) === 3) return BAD;
  const texts: string[] = [];
  let at = HELLO_HEAD;
  for (let i = 0; i < 5; i++) {
    const end = at + 1 + (data[at] ?? 0);
    if (at >= data.length || end > data.length) return BAD;
    texts.push(data.toString('utf8', at + 1, end));
    at = end;
  }
  if (at !== data.length) return BAD;
  const [key, session, device, participant, expected] = texts as [string, string, string, string, string];
  if ((session !== '' && !name.test(session)) || (device !== '' && !name.test(device)) || expected.length > 64)
    return BAD;
  if (key.length > 100 || participant.length > 100) return BAD;
  const hello: Hello = {
    type: 'hello',
    after: data.readUInt32LE(2),
    kept: data.readUInt32LE(6),
    context: { operation },
  };
  if (country !== undefined) hello.context!.country = country;
  if (participant !== '') hello.context!.participant = participant;
  if (key !== '') hello.key = key;
  if (session !== '') hello.session = session;
  if (device !== '') hello.device = device;
  if (expected !== '') hello.expected = expected;
  return hello;
}
