import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, SEQ_MAX } from '../../../engine/index.js';
import { BINARY_OPERATIONS, binaryCodec, FRAME } from './binary-codec.js';
import type { StreamVerdict } from './codec.js';
import { type ClientMessage, readJson, type ScanItem } from './messages.js';
import { SCANS_MAX } from './protocol.js';

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** What the connection relies on, whatever the encoding was. */
function check(message: ClientMessage): void {
  if (message.type === 'scan') checkScan(message);
  else if (message.type === 'scans') {
    expect(message.items.length).toBeGreaterThan(0);
    expect(message.items.length).toBeLessThanOrEqual(SCANS_MAX);
    message.items.forEach(checkScan);
  } else if (message.type === 'hello') {
    for (const name of [message.session, message.device]) if (name !== undefined) expect(name).toMatch(NAME);
    for (const seq of [message.after, message.kept]) {
      if (seq !== undefined) expect(Number.isInteger(seq) && seq >= 0 && seq <= SEQ_MAX).toBe(true);
    }
  } else expect(['fault', 'ping', 'follow', 'unfollow']).toContain(message.type);
}

function checkScan({ seq, code, time }: ScanItem): void {
  expect(Number.isInteger(seq) && seq >= 1 && seq <= SEQ_MAX).toBe(true);
  expect(code.length).toBeLessThanOrEqual(4096);
  if (time !== undefined) expect(Number.isInteger(time) && time >= 0 && time < 2 ** 48).toBe(true);
}

describe('a JSON frame of a client', () => {
  it('is read whatever it holds', () => {
    const anything = fc.jsonValue();
    const objects = fc.record(
      {
        type: fc.oneof(fc.constantFrom('hello', 'scan', 'scans', 'follow', 'unfollow', 'ping', 'verdict'), anything),
        seq: fc.oneof(fc.integer(), fc.double(), anything),
        code: fc.oneof(fc.string(), anything),
        time: fc.oneof(fc.maxSafeInteger(), anything),
        items: fc.oneof(fc.array(fc.record({ seq: fc.integer(), code: fc.string() })), anything),
        session: fc.oneof(fc.string(), anything),
        device: fc.oneof(fc.string(), anything),
        after: fc.oneof(fc.integer(), anything),
        topic: fc.oneof(fc.constantFrom('session', 'device', 'job'), anything),
        job: fc.oneof(fc.string(), anything),
        context: fc.oneof(
          fc.record({ operation: fc.constantFrom('sale', 'eat'), at: fc.string() }, { requiredKeys: [] }),
          anything,
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          objects.map((value) => JSON.stringify(value)),
        ),
        (text) => check(readJson(text)),
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['{"type":"scan","seq":1,"code":"x"}', { type: 'scan', seq: 1, code: 'x' }],
    ['{"type":"scan","seq":1,"code":"x","time":5}', { type: 'scan', time: 5 }],
    ['{"type":"scans","items":[{"seq":1,"code":"x"}]}', { type: 'scans' }],
    ['{"type":"scans","items":[]}', { type: 'fault', code: 'BAD_FRAME' }],
    ['{"type":"hello"}', { type: 'hello' }],
    ['{"type":"hello","session":"a/b"}', { type: 'fault', code: 'BAD_FRAME' }],
    ['{"type":"hello","context":{"operation":"sale","country":"UZ"}}', { type: 'hello' }],
    ['{"type":"hello","context":{"at":"soon"}}', { type: 'fault', code: 'BAD_FRAME' }],
    ['{"type":"follow","topic":"job","job":"x"}', { type: 'follow', topic: 'job' }],
    ['{"type":"follow","topic":"device"}', { type: 'fault', code: 'BAD_FRAME' }],
    ['{"type":"scan","seq":1}', { type: 'fault', code: 'BAD_FRAME', seq: 1 }],
    ['{"type":"scan","seq":0,"code":"x"}', { type: 'fault', code: 'BAD_FRAME', seq: 0 }],
    ['{"type":"scan","seq":1.5,"code":"x"}', { type: 'fault', code: 'BAD_FRAME' }],
    ['{"type":"scan","seq":1,"code":"x","__proto__":{}}', { type: 'fault', code: 'BAD_FRAME', seq: 1 }],
    ['null', { type: 'fault', code: 'BAD_FRAME' }],
    ['{', { type: 'fault', code: 'BAD_JSON' }],
  ])('%s', (text, message) => {
    expect(readJson(text)).toMatchObject(message);
  });
});

describe('a binary frame of a client', () => {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(Buffer.byteLength(value)), Buffer.from(value)]);

  it('is read whatever it holds', () => {
    const framed = fc
      .tuple(fc.constantFrom(FRAME.hello, FRAME.scans, FRAME.timedScans, FRAME.ping), fc.uint8Array({ maxLength: 300 }))
      .map(([type, rest]) => Buffer.concat([Buffer.of(type), rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), framed), (bytes) =>
        check(binaryCodec.read(Buffer.from(bytes), true)),
      ),
      { numRuns: 5000 },
    );
  });

  it('gives back the scans that were written into it', () => {
    const codes = fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        codes,
        fc.integer({ min: 1, max: SEQ_MAX - 20 }),
        fc.option(fc.integer({ min: 0, max: 2 ** 48 - 1 })),
        (list, first, time) => {
          const head = Buffer.alloc(5);
          head[0] = time === null ? FRAME.scans : FRAME.timedScans;
          head.writeUInt32LE(first, 1);
          const items = list.map((code) => {
            const bytes = Buffer.from(code);
            const item = Buffer.alloc(time === null ? 2 : 8);
            if (time !== null) item.writeUIntLE(time, 0, 6);
            item.writeUInt16LE(bytes.length, item.length - 2);
            return Buffer.concat([item, bytes]);
          });
          const message = binaryCodec.read(Buffer.concat([head, ...items]), true);
          const read = message.type === 'scan' ? [message] : message.type === 'scans' ? message.items : [];
          expect(read.map(({ seq, code, time: at }) => [seq, code, at])).toEqual(
            list.map((code, i) => [first + i, code, time ?? undefined]),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('greets', () => {
    const hello = Buffer.concat([
      Buffer.from([FRAME.hello, 1 | (2 << 2), 7, 0, 0, 0, 5, 0, 0, 0]),
      ...['key', 'session', 'device', '300000001', ''].map(text),
    ]);
    expect(binaryCodec.read(hello, true)).toEqual({
      type: 'hello',
      after: 7,
      kept: 5,
      context: { operation: BINARY_OPERATIONS[1], country: 'UZ', participant: '300000001' },
      key: 'key',
      session: 'session',
      device: 'device',
    });
    expect(binaryCodec.read(hello.subarray(0, -1), true)).toMatchObject({ type: 'fault' });
  });
});

describe('a binary frame of the server', () => {
  it('has two bytes a verdict', () => {
    const item = {
      verdict: {} as StreamVerdict['verdict'],
      outcome: OUTCOMES.indexOf('OK'),
      allow: 1,
      repeated: false,
      replay: false,
    };
    const frame = binaryCodec.verdicts(
      [
        { ...item, seq: 300 },
        { ...item, seq: 301, allow: 2, repeated: true, replay: true },
      ],
      null,
    );
    expect([...(frame as Uint8Array)]).toEqual([0x82, 44, 1, 0, 0, item.outcome, 1, item.outcome, 2 | 4 | 8]);
    expect([...(binaryCodec.ack(258) as Uint8Array)]).toEqual([0x83, 2, 1, 0, 0]);
    expect([...(binaryCodec.error('SEQ_GAP', '', 3, 2) as Uint8Array)]).toEqual([0x84, 3, 3, 0, 0, 0, 2, 0, 0, 0]);
  });
});
