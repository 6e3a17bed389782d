/**
 * Shapes of what tills are answered, for the documentation: most of it is text written by hand (check-answer.ts), and none of it is written from these.
 * Every field of facts may be absent, and is when nobody knows it.
 */
import Type, { type TProperties, type TSchema } from 'typebox';
import { REASONS } from '../../../engine/permit/rules.js';

const maybe = <T extends TSchema>(schema: T) => Type.Optional(schema);
const told = (description: string) => maybe(Type.Boolean({ description }));
const text = (description: string) => Type.String({ description });
const count = (description: string) => Type.Integer({ description, minimum: 0 });
const strict = <T extends TProperties>(properties: T, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });
const Kopecks = Type.Integer({ minimum: 0, description: 'kopecks' });
const Moment = Type.String({ format: 'date-time' });
const Milliseconds = Type.Integer({ description: 'milliseconds since 1970' });

/** Fields of a check by its id. */
const proof = {
  code: Type.Literal(0),
  description: Type.String(),
  reqId: text('id of the check; tag 1265 names it'),
  reqTimestamp: Milliseconds,
};
const module = { inst: text('name of the module; tag 1265 names it'), version: Type.String() };

/** A code's facts; with an upstream, its own further fields as well. */
const CheckedCode = Type.Object(
  {
    cis: text('the code as it was sent'),
    printView: maybe(text('КИ')),
    gtin: maybe(text('14 digits')),
    groupIds: maybe(Type.Array(Type.Integer(), { description: 'product groups' })),
    valid: told('the form is right'),
    verified: told('the tail is right'),
    found: told('the code is registered'),
    realizable: told('it is in circulation'),
    utilised: told('its application was reported'),
    isBlocked: told('its sale was stopped'),
    isOwner: told('the participant of the key owns it'),
    isTracking: told('its owner is kept account of'),
    sold: told('it left circulation'),
    eliminationState: maybe(Type.Integer({ description: '1: sold at a distance or by samples; 2: own use' })),
    errorCode: Type.Integer({
      minimum: 0,
      description: '0: none; 10: not registered; else what is wrong with the code',
    }),
    expireDate: maybe(Moment),
    productionDate: maybe(Moment),
    innerUnitCount: maybe(count('parts of the pack')),
    soldUnitCount: maybe(count('parts of it that are sold')),
    packageType: maybe(text('UNIT, GROUP, BOX …')),
    packageQuantity: maybe(count('packs in the package')),
    parent: maybe(text('code of the package around it')),
    productionSerialNumber: maybe(text('series')),
  },
  { description: 'what is known of a code; a fact that nobody knows is absent' },
);
const codes = { codes: Type.Array(CheckedCode, { description: 'in the order of the request' }) };

export const CheckAnswer = strict({ ...proof, ...codes });
export const PiotAnswer = strict({
  codesResponse: Type.Array(
    strict({
      ...proof,
      ...codes,
      isCheckedOffline: Type.Boolean({ description: 'the national API was to be asked and could not be' }),
      ...module,
    }),
  ),
});
export const Emergency = strict(
  { code: Type.Literal(203), description: Type.String() },
  'an emergency: sale is allowed without a check, and 1260 is not written',
);

export const HostsAnswer = strict({
  code: Type.Literal(0),
  description: Type.String(),
  hosts: Type.Array(strict({ host: text('address of a host: this server') })),
});
export const HealthAnswer = strict({
  code: Type.Literal(0),
  description: Type.String(),
  avgTimeMs: count('milliseconds of a check lately'),
});

const Counter = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('unknown')]);
const Counters = Type.Record(
  Type.String(),
  strict({ localDocCount: Counter, serverDocCount: Counter, timeLag: Type.Integer() }),
  { description: 'of cis, blocked_gtin, blocked_series, blocked_cis and min_price' },
);
export const StatusAnswer = strict({
  ...module,
  status: Type.Enum(['not_configured', 'initialization', 'ready', 'sync_error']),
  operationMode: Type.Enum(['active', 'service']),
  inn: text('tax number of the participant; empty for a key that is bound to nobody'),
  name: Type.String(),
  serviceUrl: text('the upstream'),
  dbVersion: Type.String(),
  lastUpdate: Milliseconds,
  lastSync: Milliseconds,
  requiresDownload: Type.Boolean(),
  dbState: maybe(Counters),
  replicationStatus: maybe(Counters),
});
const HereCode = strict({
  cis: text('the code as it was sent'),
  gtin: maybe(text('14 digits')),
  isBlocked: told('its sale was stopped'),
  sold: told('it left circulation'),
  smp: maybe(Kopecks),
  mrp: maybe(Kopecks),
});
export const OutCheckAnswer = strict({ ...proof, codes: Type.Array(HereCode), ...module });
export const OutCheckAnswer2 = strict({ results: Type.Array(OutCheckAnswer) });
export const BlackListAnswer = strict({
  ...proof,
  codes: Type.Array(strict({ cis: Type.String(), isBlocked: told('its sale was stopped') })),
});
export const DeedAnswer = strict({
  results: Type.Array(
    strict({
      code: Type.Integer({ description: '0: all are so now; 1: some are refused' }),
      description: Type.String(),
      codes: Type.Array(
        strict({
          cis: Type.String(),
          ok: Type.Boolean({ description: 'it is so now, and on disk' }),
          rejection: maybe(text('why it is not')),
          detail: maybe(text('what stands against it')),
        }),
      ),
    }),
  ),
});
export const SoldAnswer = strict({ total_count: count('КИ of this till'), cis_list: Type.Array(Type.String()) });

const PublicCode = strict({
  code: text('as it was sent'),
  status: text('EMITTED, APPLIED, INTRODUCED, RETIRED, WITHDRAWN …'),
  extendedStatus: Type.Union([Type.String(), Type.Null()]),
  gtin: maybe(Type.String()),
  productionDate: maybe(Moment),
  expirationDate: maybe(Moment),
  productSeries: maybe(Type.String()),
  packageType: maybe(text('UNIT, GROUP, BOX_LV_1')),
  aggregateProductGroups: maybe(Type.Array(strict({ unitsNumber: count('units') }))),
});
export const PublicCodes = Type.Array(PublicCode, { description: 'of codes that are registered' });
const PrivateCodes = strict({
  results: Type.Array(
    strict({
      codeData: strict({ code: Type.String(), status: Type.String() }),
      packageData: strict({
        packageType: maybe(Type.String()),
        parentCode: maybe(Type.String()),
        actuallyPacked: maybe(count('direct contents')),
        children: Type.Array(Type.String()),
      }),
      turnoverData: strict({ ownerInfo: strict({ ownerTin: maybe(Type.String()) }) }),
      productData: strict({ expirationDate: maybe(Moment) }),
    }),
  ),
});
export const PrivateOrPublicCodes = Type.Union([PrivateCodes, PublicCodes], {
  description: 'the private form for the owner of all the codes, else the public one',
});

export const PermitsAnswer = strict({
  check: Type.Enum(['register', 'upstream', 'cache', 'emergency', 'impossible'], {
    description: 'where the facts come from',
  }),
  reqId: Type.String(),
  reqTimestamp: Milliseconds,
  ageMs: maybe(count('age of an answer that is given again, milliseconds')),
  permits: Type.Array(
    strict({
      code: text('as it was sent'),
      cis: Type.Union([Type.String({ description: 'КИ' }), Type.Null()]),
      allow: Type.Enum(['yes', 'no', 'unknown']),
      row: Type.Union([Type.Integer({ description: 'row of the table that forbids' }), Type.Null()]),
      reason: Type.Union([Type.Enum([...REASONS]), Type.Null()]),
      text: text('the reason, for the cashier'),
      open: Type.Array(Type.Integer(), { description: 'rows that want a fact which is not known' }),
      facts: Type.Record(Type.String(), Type.Unknown(), { description: 'what is known' }),
      tags: strict(
        {
          ffd105: Type.Record(Type.String(), Type.String()),
          ffd12: Type.Record(Type.String(), Type.Unknown()),
        },
        'values by the number of their tag',
      ),
    }),
    { description: 'one a line' },
  ),
});

const refused = <T extends TProperties>(properties: T) => {
  const schema = Type.Object(properties, { description: 'refused' });
  return { '4xx': schema, '5xx': schema } as const;
};
/** Refusals of the national API and of a ТС ПИоТ. */
export const REFUSED = refused({ code: Type.Integer({ description: 'the status' }), description: Type.String() });
/** Refusals of a local module. */
export const MODULE_REFUSED = refused({
  errorCode: Type.Integer({ description: '4045: not begun, or not ready yet; 4050: out of step; else the status' }),
  description: Type.String(),
});
/** Refusals of Asl Belgisi. */
export const XTRACE_REFUSED = refused({
  code: text('access-denied, invalid-input-parameter, too-many-requests, internal-error'),
  message: maybe(Type.String()),
  context: maybe(Type.Object({ _cause: Type.String() })),
});
