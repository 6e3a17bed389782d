/** Frames of the stream `/v1/stream`, subprotocol `tamga.v1`: JSON objects, one a message. */
import { Compile } from 'typebox/compile';
import { HelloFrame, ScanFrame } from './schema.js';

/** The subprotocol that both sides speak. */
export const SUBPROTOCOL = 'tamga.v1';

/** What is wrong with a frame. */
export type FrameFault =
  | 'BAD_JSON' // no JSON, or a binary message
  | 'BAD_FRAME' // JSON, but no frame that a client sends
  | 'INTERNAL'; // the server's own fault; the scan has no verdict

export type ClientFrame = HelloFrame | ScanFrame | { type: 'fault'; code: FrameFault; seq?: number };

const hello = Compile(HelloFrame);
const scan = Compile(ScanFrame);

/** Reads a message; never throws. A fault keeps the number of the scan when it can be told. */
export function readFrame(message: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return { type: 'fault', code: 'BAD_JSON' };
  }
  if (scan.Check(value) || hello.Check(value)) return value;
  const seq = typeof value === 'object' && value !== null && 'seq' in value ? value.seq : undefined;
  return Number.isSafeInteger(seq)
    ? { type: 'fault', code: 'BAD_FRAME', seq: seq as number }
    : { type: 'fault', code: 'BAD_FRAME' };
}
