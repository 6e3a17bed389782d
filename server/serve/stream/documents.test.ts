// Goal: what is written about the stream is what it does.
import { readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../../engine/index.js';
import { Client } from '../client.test.files.js';
import { startTestServer, type TestServer } from '../running.test.files.js';
import { CLOSE, FRAME_FAULTS } from './protocol.js';

const guide = readFileSync(new URL('../../../../docs/stream.md', import.meta.url), 'utf8');
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('docs/stream.md', () => {
  it('has every close code, fault and outcome', () => {
    for (const code of Object.values(CLOSE)) expect(guide).toContain(`| ${code} |`);
    for (const [name, number] of Object.entries(FRAME_FAULTS)) expect(guide).toContain(`${number} ${name}`);
    expect(guide).toContain(`Outcomes by number: ${OUTCOMES.map((name, i) => `${i} ${name}`).join(', ')}.`);
  });
});

describe('the AsyncAPI document', () => {
  it('fits the frames of a conversation', async () => {
    const document = (await (await fetch(`${server.address}/docs/asyncapi.json`)).json()) as {
      asyncapi: string;
      channels: { stream: { messages: Record<string, { payload: object }> } };
      operations: Record<string, { messages: { $ref: string }[] }>;
    };
    expect(document.asyncapi).toBe('3.0.0');
    const { messages } = document.channels.stream;
    for (const { messages: refs } of Object.values(document.operations)) {
      for (const { $ref } of refs) expect(messages[$ref.split('/').at(-1)!]).toBeDefined();
    }
    const client = new Client(server.address, ['tamga.v1'], { authorization: `Bearer ${server.key.verify}` });
    await client.opened;
    const said = [
      { type: 'hello', session: 'documented', device: 'a', context: { operation: 'count' } },
      { type: 'follow', topic: 'session' },
      { type: 'scan', seq: 1, code: '010952000000606821UZDEMO0000001' },
      {
        type: 'scans',
        items: [
          { seq: 2, code: 'x', time: 1 },
          { seq: 3, code: 'y' },
        ],
      },
      { type: 'scan', seq: 9, code: '' },
      { type: 'ping' },
    ];
    const unseen = new Set(['welcome', 'session', 'verdict', 'verdicts', 'ack', 'error', 'pong', 'live']);
    for (const frame of said) {
      expect(Compile(messages[frame.type]!.payload).Check(frame), frame.type).toBe(true);
      client.send(frame);
      if (frame.type !== 'scans') await new Promise((resolve) => setTimeout(resolve, 30));
    }
    while (unseen.size > 0) {
      const frame = await client.next();
      const { payload } = messages[String(frame.type)]!;
      expect(Compile(payload).Check(frame), JSON.stringify(frame)).toBe(true);
      expect(Compile(payload).Check({ type: 'other' })).toBe(false);
      unseen.delete(String(frame.type));
    }
    client.socket.close();
  });
});
