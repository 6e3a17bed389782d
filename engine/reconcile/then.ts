/** The register as it was when a run began, for what the run's image doesn't have. */
import type { AsOf } from '../register/as-of.js';
import type { Register } from '../register/register.js';

export class Then {
  #asOf: AsOf | null = null;

  /** `lastEvent`: last event that the run sees. */
  constructor(
    readonly register: Register | null,
    readonly lastEvent: number,
  ) {}

  /** Null without a register. Made when it is first asked for: most runs need nothing of it. */
  get asOf(): AsOf | null {
    if (this.register) this.#asOf ??= this.register.asOf({ sequence: this.lastEvent });
    return this.#asOf;
  }
}
