/**
 * State of the local modules that this server plays, one a participant, since several taxpayers need one each (cash-register services §2). `init`
 * begins it; a file of the data folder keeps it. With an upstream a module is in step with that for 72 hours after its last word; without one the
 * register itself is the source, and there is nothing to fall behind of.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../../../engine/errors.js';
import { writeFileAtomically } from '../../../engine/reconcile/render/atomic-file.js';

const Stored = Type.Object(
  {
    /** Name of the module of keys that are bound to nobody; the names of the others are made from it. */
    inst: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
    /** When each was begun, milliseconds since 1970, by the participant's tax number; empty: the module of keys that are bound to nobody. */
    initAt: Type.Record(Type.String({ maxLength: 100 }), Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
type Stored = Static<typeof Stored>;
const stored = Compile(Stored);

export type ModuleStatus = 'not_configured' | 'initialization' | 'ready' | 'sync_error';

/** Checks are refused when the last word of the platform is older. */
export const FRESH_MS = 72 * 3600_000;
/** `errorCode` of a refusal. */
export const NOT_INITIALISED = 4045;
export const OUT_OF_SYNC = 4050;

/** A participant's own module. */
export interface Module {
  /** Its name, in tag 1265 of receipts: always the same for a participant. */
  readonly inst: string;
  /** Tax number; empty for keys that are bound to nobody. */
  readonly inn: string;
}

export class ModuleState {
  readonly #path: string;
  readonly #inst: string;
  readonly #initAt: Map<string, number>;
  readonly #modules = new Map<string, Module>();

  /** @throws TamgaError FILE_UNREADABLE for a file of state that is none. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, 'local-module.json');
    const stored: Stored = read(this.#path) ?? { inst: randomUUID(), initAt: {} };
    this.#inst = stored.inst;
    this.#initAt = new Map(Object.entries(stored.initAt));
  }

  /** The module of a participant; `undefined`: of keys that are bound to nobody. */
  of(participant: string | undefined): Module {
    const inn = participant ?? '';
    let module = this.#modules.get(inn);
    if (!module) {
      module = { inn, inst: inn === '' ? this.#inst : derivedUuid(`${this.#inst} ${inn}`) };
      this.#modules.set(inn, module);
    }
    return module;
  }

  /** Keeps the names for good, so that receipts of later runs name the same modules. */
  async save(): Promise<void> {
    const stored: Stored = { inst: this.#inst, initAt: Object.fromEntries(this.#initAt) };
    await writeFileAtomically(this.#path, [`${JSON.stringify(stored)}\n`]);
  }

  async init({ inn }: Module, at: Date): Promise<void> {
    this.#initAt.set(inn, at.getTime());
    await this.save();
  }

  /** `lastContact`: when the upstream last answered, milliseconds since 1970; `null` without an upstream. */
  status({ inn }: Module, now: number, lastContact: number | null): ModuleStatus {
    const initAt = this.#initAt.get(inn);
    if (initAt === undefined) return 'not_configured';
    if (lastContact === null) return 'ready';
    if (lastContact === 0) return now - initAt > FRESH_MS ? 'sync_error' : 'initialization';
    return now - lastContact > FRESH_MS ? 'sync_error' : 'ready';
  }
}

/** A UUID of version 8 that is always the same for a text. */
function derivedUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function read(path: string): Stored | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new TamgaError('FILE_UNREADABLE', { path, detail: String(error) }, { cause: error });
  }
  if (stored.Check(value)) return value;
  throw new TamgaError('FILE_UNREADABLE', { path, detail: 'no state of a local module; remove it to begin anew' });
}
