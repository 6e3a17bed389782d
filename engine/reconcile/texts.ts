/** Codes of a run as people read them, and what the register knows of them. */
import { keyToText } from '../../core/host/index.js';
import type { Universe } from '../bulk/universe.js';
import { PAGE_CODES } from '../register/limits.js';
import type { KeyColumn } from '../register/packed-keys.js';
import { stateOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import { STATES } from '../register/states.js';
import { dateOf } from '../wall-clock.js';
import type { Finding } from './report.js';

/** Texts of ordinals. Walks in ascending order read each page of keys once. */
export class CodeTexts {
  #page = -1;
  #ownerId = 0;
  #ownerText: string | null = null;
  #keys: KeyColumn = { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };

  constructor(
    readonly universe: Universe,
    readonly register: Register | null,
  ) {}

  /** GTIN + serial, 18 digits of an SSCC, or the text of another code. */
  text(ordinal: number): string {
    return keyToText(this.key(ordinal));
  }

  /** Canonical key. A view: valid until the next call. */
  key(ordinal: number): Uint8Array {
    if (ordinal >= this.universe.codes) return this.universe.extraKey(ordinal);
    const page = Math.floor(ordinal / PAGE_CODES);
    if (page !== this.#page && this.register) {
      this.#keys = this.register.keyPage(page);
      this.#page = page;
    }
    const { bytes, offsets } = this.#keys;
    const i = ordinal % PAGE_CODES;
    return bytes.subarray(offsets[i], offsets[i + 1]);
  }

  #owner(id: number): string | null {
    // A million findings have a handful of owners.
    if (id !== this.#ownerId) {
      this.#ownerId = id;
      this.#ownerText = this.register?.names.text('owner', id) ?? null;
    }
    return this.#ownerText;
  }

  /** What a finding says of a known code beside its outcome. */
  known(ordinal: number): Pick<Finding, 'state' | 'owner' | 'expiry' | 'parent'> {
    const { universe, register } = this;
    const rows = universe.rowsOf(ordinal);
    const row = universe.rowAt(ordinal);
    const known: Pick<Finding, 'state' | 'owner' | 'expiry' | 'parent'> = {};
    if (ordinal < universe.codes) {
      known.state = STATES[stateOf(rows[row])];
      const owner = this.#owner(rows[row + WORD.owner]);
      if (owner) known.owner = owner;
      if (rows[row + WORD.expiry] !== 0) known.expiry = dateOf(rows[row + WORD.expiry]);
    }
    const parent = rows[row + WORD.parent];
    if (parent !== 0) known.parent = new CodeTexts(universe, register).text(parent);
    return known;
  }
}
