/**
 * State of the local module that this server plays (cash-register services §2): bound to a participant by `init`, kept in a file of the data
 * folder. With an upstream it is in step with that for 72 hours after its last word; without one the register itself is the source, and there is
 * nothing to fall behind of.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../../../engine/errors.js';
import { writeFileAtomically } from '../../../engine/reconcile/render/atomic-file.js';

const Stored = Type.Object(
  {
    /** This module's own name, in tag 1265 of receipts. */
    inst: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
    /** Milliseconds since 1970; 0: never. */
    initAt: Type.Integer({ minimum: 0 }),
    /** Tax number of the participant; empty when the key is bound to nobody. */
    inn: Type.String({ maxLength: 100 }),
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

export class ModuleState {
  readonly #path: string;
  #stored: Stored;

  /** @throws TamgaError FILE_UNREADABLE for a file of state that is none. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, 'local-module.json');
    this.#stored = read(this.#path) ?? { inst: randomUUID(), initAt: 0, inn: '' };
  }

  get inst(): string {
    return this.#stored.inst;
  }

  get inn(): string {
    return this.#stored.inn;
  }

  /** Keeps the name for good, so that receipts of later runs name the same module. */
  async save(): Promise<void> {
    await writeFileAtomically(this.#path, [`${JSON.stringify(this.#stored)}\n`]);
  }

  async init(participant: string | null, at: Date): Promise<void> {
    this.#stored = { ...this.#stored, initAt: at.getTime(), inn: participant ?? '' };
    await this.save();
  }

  /** `lastContact`: when the upstream last answered, milliseconds since 1970; `null` without an upstream. */
  status(now: number, lastContact: number | null): ModuleStatus {
    if (this.#stored.initAt === 0) return 'not_configured';
    if (lastContact === null) return 'ready';
    if (lastContact === 0) return now - this.#stored.initAt > FRESH_MS ? 'sync_error' : 'initialization';
    return now - lastContact > FRESH_MS ? 'sync_error' : 'ready';
  }
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
