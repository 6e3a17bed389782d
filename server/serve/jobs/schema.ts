/** Jobs on the wire. */
import Type, { type Static } from 'typebox';
import { JOB_STATES } from '../../../engine/jobs/job.js';
import { EXPIRES_SOON_DAYS_MAX } from '../../../engine/jobs/limits.js';
import { OUTCOMES } from '../../../engine/reconcile/outcomes.js';

const strict = { additionalProperties: false } as const;
const flag = (description: string) => Type.Optional(Type.Enum(['true', 'false'], { description, default: 'false' }));
const count = (description: string) => Type.Integer({ minimum: 0, description });

export const JobId = Type.Object(
  { id: Type.String({ pattern: '^[0-9a-z-]{1,64}$', description: 'id that POST /v1/jobs answered' }) },
  strict,
);

export const JobInputView = Type.Object({
  name: Type.String({ description: 'what the client called the file' }),
  role: Type.Enum(['expected', 'scanned']),
  size: count('bytes'),
});

export const JobView = Type.Object({
  id: Type.String(),
  kind: Type.Enum(['verify', 'reconcile', 'import']),
  state: Type.Enum([...JOB_STATES]),
  interrupted: Type.Boolean({
    description:
      'its server ended; it goes on when its inputs and, for a verification, the register are what they were',
  }),
  begunAnew: Type.Boolean({
    description: 'of a reconciliation that was interrupted: the register had got on, so that it began anew',
  }),
  inputs: Type.Array(JobInputView),
  progress: Type.Object({
    codes: count('lines that are done'),
    bytes: Type.Union([Type.Integer(), Type.Null()]),
    bytesTotal: Type.Union([Type.Integer(), Type.Null()]),
    etaSeconds: Type.Optional(Type.Number()),
  }),
  createdAt: Type.String(),
  startedAt: Type.Optional(Type.String()),
  endedAt: Type.Optional(Type.String()),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  totals: Type.Optional(
    Type.Object(
      { matched: count('units'), shortage: count('units'), surplus: count('units'), expected: count('units') },
      { description: 'of a reconciliation that is done' },
    ),
  ),
  lines: Type.Optional(count('lines of what was scanned; the values of outcomes add up to it')),
  outcomes: Type.Optional(
    Type.Record(Type.String(), Type.Integer(), { description: 'lines by outcome, of a job that is done' }),
  ),
  units: Type.Optional(
    Type.Record(Type.String(), Type.Integer(), { description: 'units by outcome, of a reconciliation that is done' }),
  ),
});
export type JobView = Static<typeof JobView>;

/** Fields of the form beside the files. */
export const JobFields = Type.Object(
  {
    kind: Type.Enum(['reconcile', 'verify'], { default: 'reconcile' }),
    owner: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'whom the codes must belong to' })),
    operation: Type.Optional(Type.Enum(['sale', 'return', 'accept', 'count'])),
    at: Type.Optional(Type.String({ maxLength: 40, description: 'moment of the check, ISO 8601; default: now' })),
    country: Type.Optional(Type.Enum(['RU', 'UZ'])),
    expiresSoonDays: Type.Optional(
      Type.String({
        pattern: '^\\d{1,4}$',
        description: `what expires within so many days, at most ${EXPIRES_SOON_DAYS_MAX}, of the check is told`,
      }),
    ),
    groups: Type.Optional(
      Type.String({
        pattern: '^\\d{1,5}(,\\d{1,5})*$',
        description: 'product groups that the owner declared, as 8,13; codes of others are told',
      }),
    ),
    oneKind: flag('of a reconciliation: a package must hold units of one product and one series'),
    registeredTails: flag('compare tails that no key decides with those that the register has seen'),
  },
  strict,
);
export type JobFields = Static<typeof JobFields>;

const files = (description: string) =>
  Type.Optional(
    Type.Array(Type.String({ format: 'binary' }), { description: `${description}; the part stands once a file` }),
  );
/** The form of POST /v1/jobs. */
export const JobForm = Type.Object(
  {
    expected: files('what is expected, of a reconciliation'),
    scanned: files('what was scanned; of a verification exactly one'),
    ...JobFields.properties,
  },
  strict,
);

export const FindingsQuery = Type.Object(
  {
    outcome: Type.Optional(Type.Enum([...OUTCOMES], { description: 'only findings of this outcome' })),
    text: Type.Optional(Type.String({ maxLength: 200, description: 'only findings whose code holds this text' })),
    after: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'x-next-after of the page before' })),
    limit: Type.Optional(
      Type.String({ pattern: '^\\d{1,5}$', description: 'findings of a page, at most 10000; default 100' }),
    ),
  },
  strict,
);
export type FindingsQuery = Static<typeof FindingsQuery>;

export const ReportQuery = Type.Object({ lang: Type.Optional(Type.Enum(['ru', 'uz', 'en'])) }, strict);
