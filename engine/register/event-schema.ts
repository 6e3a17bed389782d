/** An event as JSON: what `tamga register event` reads, `export` writes and the server's POST /v1/events takes. Meaning: docs/events.md. */
import Type, { type Static } from 'typebox';
import { CHECKS, EVENT_KINDS } from './event.js';
import { EVENT_CODES_MAX } from './limits.js';

const strict = { additionalProperties: false } as const;
/** UTF-16 units of a code as scanned; the longest has 150 characters. */
const CODE_LENGTH_MAX = 1024;
/** Names are owners, documents and series; LMDB keys hold 480 bytes of one. */
const NAME_LENGTH_MAX = 480;
const WORD_MAX = 0x7fff_ffff;

const Name = Type.String({ maxLength: NAME_LENGTH_MAX });
const Word = Type.Integer({ minimum: -WORD_MAX, maximum: WORD_MAX });
/** `2028-01-31` (to the end of that day) or a date-time on the pack's own clock; `null`: none. A number is minutes since 1970-01-01T00:00. */
const Clock = Type.Union([Type.String({ maxLength: 40 }), Word, Type.Null()]);

const Code = Type.String({ minLength: 1, maxLength: CODE_LENGTH_MAX });
/** The register's key in hexadecimal, where a text alone would not tell it. */
const Key = Type.String({ pattern: '^([0-9a-f]{2}){1,255}$' });

/** What can be said of a code, or at the top of all codes. */
const attributes = {
  /** Only of a `restate`: a state of Tamga's or a word of ГИС МТ, МДЛП or Asl Belgisi. */
  state: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Word])),
  blocked: Type.Optional(Type.Union([Type.Boolean(), Word])),
  customs: Type.Optional(Type.Union([Type.Boolean(), Word])),
  group: Type.Optional(Word),
  owner: Type.Optional(Name),
  /** Code of the package that it goes into; `null`: it is in none. */
  package: Type.Optional(Type.Union([Code, Type.Object({ key: Key }, strict), Type.Null()])),
  expiry: Type.Optional(Clock),
  produced: Type.Optional(Clock),
  series: Type.Optional(Name),
  /** Kopecks or tiyin. */
  price: Type.Optional(Word),
  /** Parts that the pack is divided into. */
  inner: Type.Optional(Word),
  /** Parts that a sale or return is about; of a `restate`: parts sold so far. */
  sold: Type.Optional(Word),
  /** Digest of the crypto tail that the code was shown with, in two words; a `restate`, `aggregate` or `ship` that is stated. */
  tailLow: Type.Optional(Word),
  tailHigh: Type.Optional(Word),
};

export const CodeStatement = Type.Object(
  {
    /** As scanned, GTIN + serial, or an SSCC. */
    code: Type.Optional(Code),
    /** Instead of `code`. */
    key: Type.Optional(Key),
    ...attributes,
  },
  strict,
);
export type CodeStatement = Static<typeof CodeStatement>;

export const EventStatement = Type.Object(
  {
    /** 32 hexadecimal digits or a UUID: the same id again changes nothing. Without one it is made of what the event says. */
    id: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' })),
    kind: Type.Enum([...EVENT_KINDS]),
    /** Default: `stated` for a `restate`; else `owner`, or `state` where ownership isn't checked. */
    checks: Type.Optional(Type.Enum([...CHECKS])),
    /** ISO 8601 with an offset, when it happened; default: now. */
    at: Type.Optional(Type.String({ maxLength: 40 })),
    actor: Type.Optional(Name),
    /** Receiver of a shipment, new owner. */
    party: Type.Optional(Name),
    document: Type.Optional(Name),
    /** Why a code is sold, returned or withdrawn: a reason of Tamga's, or a word of ГИС МТ or МДЛП (`552:11`). */
    reason: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Integer({ minimum: 0, maximum: 255 })])),
    ...attributes,
    codes: Type.Array(Type.Union([Code, CodeStatement]), {
      minItems: 1,
      maxItems: EVENT_CODES_MAX,
    }),
    /** Written by an export, read by nobody: place and time in the register that it came from. */
    sequence: Type.Optional(Type.Integer({ minimum: 1 })),
    appliedAt: Type.Optional(Type.String({ maxLength: 40 })),
  },
  strict,
);
export type EventStatement = Static<typeof EventStatement>;
