/** What clients say, whatever the encoding, and the shape of its JSON form. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { SEQ_MAX } from '../../../engine/index.js';
import { CODE_LENGTH_MAX, Context } from '../schema.js';
import { type FrameFault, NAME_PATTERN, SCANS_MAX } from './protocol.js';

const strict = { additionalProperties: false } as const;
const Name = Type.String({ pattern: NAME_PATTERN });
const Seq = Type.Integer({ minimum: 1, maximum: SEQ_MAX });
/** Milliseconds since 1970. */
const Time = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 / 100 });

export const Hello = Type.Object(
  {
    type: Type.Literal('hello'),
    key: Type.Optional(
      Type.String({ maxLength: 100, description: 'API key, when neither header nor subprotocol brought one' }),
    ),
    session: Type.Optional(
      Type.String({ pattern: NAME_PATTERN, description: 'without it verdicts are given and nothing is kept' }),
    ),
    device: Type.Optional(Name),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: SEQ_MAX,
        description: 'last scan whose verdict the client has; later ones are told again',
      }),
    ),
    kept: Type.Optional(
      Type.Integer({ minimum: 0, maximum: SEQ_MAX, description: 'last scan that was acknowledged to the client' }),
    ),
    context: Type.Optional(Context),
    expected: Type.Optional(
      Type.String({ maxLength: 64, description: 'job whose expected codes the session counts against' }),
    ),
  },
  strict,
);
const scanFields = {
  seq: Seq,
  code: Type.String({ maxLength: CODE_LENGTH_MAX }),
  time: Type.Optional(Time),
};
export const Scan = Type.Object({ type: Type.Literal('scan'), ...scanFields }, strict);
export const Scans = Type.Object(
  {
    type: Type.Literal('scans'),
    items: Type.Array(Type.Object(scanFields, strict), { minItems: 1, maxItems: SCANS_MAX }),
  },
  strict,
);
export const Topic = Type.Union([
  Type.Object({ topic: Type.Literal('session'), session: Type.Optional(Name) }),
  Type.Object({ topic: Type.Literal('device'), session: Type.Optional(Name), device: Name }),
  Type.Object({ topic: Type.Literal('job'), job: Type.String({ minLength: 1, maxLength: 64 }) }),
]);
const follow = { type: Type.Enum(['follow', 'unfollow']) };
export const Follow = Type.Union([
  Type.Object({ ...follow, topic: Type.Literal('session'), session: Type.Optional(Name) }, strict),
  Type.Object({ ...follow, topic: Type.Literal('device'), session: Type.Optional(Name), device: Name }, strict),
  Type.Object({ ...follow, topic: Type.Literal('job'), job: Type.String({ minLength: 1, maxLength: 64 }) }, strict),
]);
export const Ping = Type.Object({ type: Type.Literal('ping') }, strict);

export type Hello = Static<typeof Hello>;
export type ScanItem = { seq: number; code: string; time?: number };
export type Topic = Static<typeof Topic>;

export type ClientMessage =
  | Hello
  | ({ type: 'scan' } & ScanItem)
  | { type: 'scans'; items: ScanItem[] }
  | ({ type: 'follow' | 'unfollow' } & Topic)
  | { type: 'ping' }
  | { type: 'fault'; code: FrameFault; seq?: number };

const checks = {
  scan: Compile(Scan),
  scans: Compile(Scans),
  hello: Compile(Hello),
  follow: Compile(Follow),
  ping: Compile(Ping),
};

/** Reads a JSON message; never throws. A fault keeps the number of the scan when it can be told. */
export function readJson(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { type: 'fault', code: 'BAD_JSON' };
  }
  // Most are scans.
  if (checks.scan.Check(value)) return value;
  if (
    checks.scans.Check(value) ||
    checks.hello.Check(value) ||
    checks.follow.Check(value) ||
    checks.ping.Check(value)
  ) {
    return value;
  }
  const seq = typeof value === 'object' && value !== null && 'seq' in value ? value.seq : undefined;
  return Number.isSafeInteger(seq)
    ? { type: 'fault', code: 'BAD_FRAME', seq: seq as number }
    : { type: 'fault', code: 'BAD_FRAME' };
}
