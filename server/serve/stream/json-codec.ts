/** `tamga.v1`: JSON objects, one a message. */
import { ALLOWS, OUTCOMES } from '../../../engine/index.js';
import { wireVerdict } from '../verdicts.js';
import type { Codec, StreamVerdict } from './codec.js';
import { readJson } from './messages.js';
import { JSON_PROTOCOL } from './protocol.js';

export const jsonCodec: Codec = {
  name: JSON_PROTOCOL,
  inRuns: false,
  read: (data, isBinary) => (isBinary ? { type: 'fault', code: 'BAD_JSON' } : readJson(data.toString('utf8'))),
  welcome: (welcome) => JSON.stringify({ type: 'welcome', protocol: JSON_PROTOCOL, ...welcome }),
  verdicts(items, participant) {
    const wire = items.map((item) => wireItem(item, participant));
    return wire.length === 1
      ? JSON.stringify({ type: 'verdict', ...wire[0] })
      : JSON.stringify({ type: 'verdicts', items: wire });
  },
  ack: (seq) => `{"type":"ack","seq":${seq}}`,
  error: (code, message, seq, expected) => JSON.stringify({ type: 'error', code, message, seq, expected }),
  goodbye: (retryAfterMs) => JSON.stringify({ type: 'goodbye', reason: 'restart', retryAfterMs }),
  pong: () => '{"type":"pong"}',
  topic: (frame) => JSON.stringify(frame),
};

function wireItem(
  { seq, verdict, outcome, allow, repeated, replay }: StreamVerdict,
  participant: string | null,
): object {
  const wire: Record<string, unknown> = { seq, ...wireVerdict(verdict, participant) };
  if (replay) {
    wire.outcome = OUTCOMES[outcome];
    wire.allow = ALLOWS[allow];
    wire.replay = true;
  }
  if (repeated) wire.repeated = true;
  return wire;
}
