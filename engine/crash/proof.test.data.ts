// What must hold of a register whose writer was killed: the log has what was acknowledged, each event once, and the register is what the log
// makes of a fresh one, what the naive model says, and what verdicts are made of.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Core, compileCore, loadCore } from '../../core/host/index.js';
import { checkRegister } from '../register/check.js';
import { checkStore } from '../register/check-store.js';
import { loadImage } from '../register/image.js';
import { type Moment, NaiveEvents } from '../register/naive-events.test.data.js';
import type { NaiveRecord, World } from '../register/naive-world.test.data.js';
import { Register } from '../register/register.js';
import { CodeVerifier, type VerifyContext } from '../verdict/verify-codes.js';
import type { Ended } from './killing.test.data.js';
import { ASKED, numberOf, statementOf } from './workload.test.data.js';

/** Between the expiries that the workload states. */
const AT = new Date('2026-08-01T09:00:00Z');
const CONTEXTS: VerifyContext[] = [
  { operation: 'sale', at: AT, participant: 'A' },
  { operation: 'count', at: AT },
  { operation: 'return', at: AT, participant: 'B' },
];

const module = await compileCore();

/** A register that is killed and gone on with, and all that is known of it. */
export class KilledRegister {
  readonly path: string;
  readonly #shadowPath: string;
  readonly #shadow: Register;
  readonly #model = new NaiveEvents();
  /** Ids of the log, as they were last seen. */
  readonly #ids: string[] = [];
  readonly #known = new Set<string>();
  /** Sequence numbers that callers were told. */
  readonly #acknowledged = new Map<string, number>();
  /** Step that each caller was last answered. */
  readonly from: number[];
  /** Callers that were told of an error instead, by its code. */
  readonly failures: string[] = [];

  constructor(
    folder: string,
    name: string,
    readonly seed: number,
    callers: number,
    /** Where the register is that the log is applied to anew. */
    shadows = folder,
  ) {
    this.path = join(folder, name);
    this.#shadowPath = join(shadows, `${name}-replayed`);
    this.#shadow = Register.open(this.#shadowPath, { create: true });
    this.from = Array.from({ length: callers }, () => 0);
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  get events(): number {
    return this.#ids.length;
  }

  /** Notes what callers were told. */
  hear({ lines }: Ended): void {
    for (const line of lines) {
      const [id = '', answer = '', how = ''] = line.split(' ');
      if (id === 'failed') this.failures.push(line.slice('failed '.length));
      if (id === 'failed' || how === '') continue;
      const { caller, step } = numberOf(id);
      this.from[caller] = step;
      const sequence = Number(answer);
      if (sequence === 0) continue;
      const before = this.#acknowledged.get(id);
      if (before !== undefined) expect(sequence, `${id} was acknowledged as ${before} before`).toBe(before);
      this.#acknowledged.set(id, sequence);
    }
  }

  /** Reads the register anew and compares it with everything. `thorough` checks it in a process of its own, too. */
  async prove(thorough: boolean): Promise<void> {
    if (thorough && this.#acknowledged.size > 0)
      expect(await checkRegister(this.path)).toMatchObject({ ok: true, findings: [] });
    // One whose making was killed is made by the next process; nothing was acknowledged in it.
    const register = Register.open(this.path, { create: this.#acknowledged.size === 0 });
    try {
      this.#readLog(register);
      for (const [id, sequence] of this.#acknowledged)
        expect(this.#ids[sequence - 1], `${id} was acknowledged as event ${sequence}`).toBe(id);
      expect(checkStore(register.store).kept).toEqual([]);
      expect(register.digest(), 'the register and its log in a fresh one').toBe(this.#shadow.digest());
      const { world } = this.#model.now;
      for (const [code, record] of world) expect(register.find(code), code).toMatchObject(wanted(register, record));
      expect(register.view().codes).toBe(world.size);
      compareVerdicts(register, await loadCore({ module, seed: register.seed }), world);
    } finally {
      await register.close();
    }
  }

  async close(): Promise<void> {
    await this.#shadow.close();
    for (const path of [this.path, this.#shadowPath]) rmSync(path, { recursive: true, force: true });
  }

  #readLog(register: Register): void {
    const { lastEvent } = register.view();
    expect(lastEvent, 'no event that was there is gone').toBeGreaterThanOrEqual(this.#ids.length);
    for (let sequence = 1; sequence <= lastEvent; sequence++) {
      const logged = register.logged(sequence);
      const id = Buffer.from(logged?.event.id ?? []).toString('hex');
      if (sequence <= this.#ids.length) {
        expect(id).toBe(this.#ids[sequence - 1]);
        continue;
      }
      expect(this.#known.has(id), `${id} is there twice`).toBe(false);
      this.#ids.push(id);
      this.#known.add(id);
      expect(this.#model.apply(statementOf(numberOf(id)), 'all'), id).toEqual({ applied: true, refused: [] });
      // Only the last moment is asked for.
      this.#model.moments[sequence - 1] = this.#model.moments[0] as Moment;
      if (logged) expect(this.#shadow.apply(logged.event, logged.appliedAt)).toMatchObject({ applied: true, sequence });
    }
  }
}

/** A record of the model in the words of a view. */
function wanted(register: Register, record: NaiveRecord): Record<string, unknown> {
  return {
    state: record.state,
    owner: record.owner || null,
    blocked: record.blocked,
    opened: record.opened,
    package: record.package,
    series: record.series || null,
    document: record.document || null,
    parent: record.parent === '' ? null : register.find(record.parent)?.ordinal,
    expiry: record.expiry === '' ? null : Date.parse(`${record.expiry}Z`) / 60_000,
    lastEvent: record.lastEvent,
  };
}

/** Verdicts from the register itself, and from its image as it was left behind and brought up: both as the model's. */
export function compareVerdicts(register: Register, core: Core, world: World): void {
  const labels = ASKED.map(({ label }) => label);
  const notices: string[] = [];
  for (const source of ['register', 'image']) {
    if (source === 'image') loadImage(register, core, (notice) => notices.push(notice));
    const verifier = new CodeVerifier(core, register);
    for (const context of CONTEXTS) {
      const given = verifier.verifyAll(labels, context).map(({ allow, reason }) => `${allow} ${reason}`);
      const right = ASKED.map(({ text }) => verdictOf(world.get(text), context));
      expect(given, `${context.operation} from the ${source}`).toEqual(right);
    }
  }
  expect(notices, 'a kill leaves an old image or a new one').toEqual([]);
}

const CIRCULATING = ['UNKNOWN', 'INTRODUCED', 'SHIPPED', 'PARTIALLY_SOLD'];

/** Tests 9–12 of code verification in the words of docs/outcomes.md. */
function verdictOf(record: NaiveRecord | undefined, { operation, participant }: VerifyContext): string {
  if (!record) return 'no NOT_FOUND';
  const fits = operation === 'return' ? ['UNKNOWN', 'RETIRED', 'PARTIALLY_SOLD'] : CIRCULATING;
  if (!fits.includes(record.state)) return 'no STATE_FORBIDS';
  if (participant !== undefined && record.owner !== '' && record.owner !== participant) return 'no OTHER_OWNER';
  if (operation === 'sale' && record.expiry !== '' && Date.parse(`${record.expiry}Z`) < AT.getTime())
    return 'no EXPIRED';
  if (record.blocked) return 'no BLOCKED';
  return record.state === 'UNKNOWN' ? 'unknown OK' : 'yes OK';
}
