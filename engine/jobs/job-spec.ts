/** What a job is asked to do, as a schema: it is stored as JSON, and comes from outside. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../errors.js';
import { STATES } from '../register/states.js';
import { OPERATIONS } from '../verdict/rules.js';
import { EXPIRES_SOON_DAYS_MAX, GROUP_MAX, GROUPS_MAX } from './limits.js';

export const JOB_KINDS = ['verify', 'reconcile', 'import'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

const strict = { additionalProperties: false } as const;
const text = () => Type.Optional(Type.String({ minLength: 1 }));
/** Files are named by path; a stream can't be read again after an interruption and is refused. */
const paths = () => Type.Unsafe<readonly string[]>(Type.Array(Type.String({ minLength: 1 })));
const flag = () => Type.Optional(Type.Boolean());

/** What all kinds have. Dates are ISO 8601; without one a job is of the moment when it was made. */
const common = { owner: text(), at: text(), country: Type.Optional(Type.Enum(['RU', 'UZ'])) };

/** Options of a check, as `engine.verifyFile` and `engine.reconcile` have them. */
const check = {
  expiresSoonDays: Type.Optional(Type.Integer({ minimum: 0, maximum: EXPIRES_SOON_DAYS_MAX })),
  groups: Type.Optional(
    Type.Unsafe<readonly number[]>(
      Type.Array(Type.Integer({ minimum: 1, maximum: GROUP_MAX }), { maxItems: GROUPS_MAX }),
    ),
  ),
  registeredTails: flag(),
};

const verifySpec = Type.Object(
  {
    kind: Type.Literal('verify'),
    input: Type.String({ minLength: 1 }),
    operation: Type.Optional(Type.Enum([...OPERATIONS])),
    ...common,
    ...check,
  },
  strict,
);
export type VerifySpec = Static<typeof verifySpec>;

const reconcileSpec = Type.Object(
  {
    kind: Type.Literal('reconcile'),
    /** May be empty with `expectedSet`. */
    expected: paths(),
    /** A set of the register that is expected, too. */
    expectedSet: Type.Optional(
      Type.Object(
        {
          owner: text(),
          state: text(),
          group: Type.Optional(Type.Integer({ minimum: 1, maximum: GROUP_MAX })),
          gtin: text(),
          series: text(),
          document: text(),
          at: text(),
        },
        strict,
      ),
    ),
    scanned: paths(),
    oneKind: flag(),
    ...common,
    ...check,
  },
  strict,
);
export type ReconcileSpec = Static<typeof reconcileSpec>;

const importSpec = Type.Object(
  { kind: Type.Literal('import'), files: paths(), state: Type.Optional(Type.Enum([...STATES])), ...common },
  strict,
);
export type ImportSpec = Static<typeof importSpec>;

export type JobSpec = VerifySpec | ReconcileSpec | ImportSpec;

const schemas = { verify: Compile(verifySpec), reconcile: Compile(reconcileSpec), import: Compile(importSpec) };

/** The spec as it is stored. Throws USAGE, naming the place, for what is none. */
export function jobSpec(given: JobSpec): JobSpec {
  const spec = JSON.parse(JSON.stringify(given)) as JobSpec;
  const schema = Object.hasOwn(schemas, spec.kind) ? schemas[spec.kind] : undefined;
  if (schema === undefined) throw new TamgaError('USAGE', { detail: `a job is one of ${JOB_KINDS.join(', ')}` });
  if (schema.Check(spec)) return spec;
  // “schema is false” only repeats that a property is not known.
  const [first] = schema.Errors(spec).filter(({ keyword }) => keyword !== 'boolean');
  throw new TamgaError('USAGE', {
    detail: `a job's ${first?.instancePath || '/'} ${first?.message ?? 'is not right'}`,
  });
}
