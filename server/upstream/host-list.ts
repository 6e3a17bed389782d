/** Hosts of the national API: which is asked next, and which is left alone for a while (cash-register services §1.1). */

/** A failing host is put aside for so long. */
export const ASIDE_MS = 15 * 60_000;

interface Host {
  readonly origin: string;
  /** Milliseconds that it says it needs; unknown hosts come last. */
  avgTimeMs: number;
  asideUntil: number;
}

export class HostList {
  #hosts: Host[] = [];

  /** Replaces the list; a host that is put aside stays so. */
  set(hosts: readonly { origin: string; avgTimeMs: number }[]): void {
    const before = new Map(this.#hosts.map((host) => [host.origin, host.asideUntil]));
    this.#hosts = hosts
      .map(({ origin, avgTimeMs }) => ({ origin, avgTimeMs, asideUntil: before.get(origin) ?? 0 }))
      .sort((a, b) => a.avgTimeMs - b.avgTimeMs);
  }

  /** Hosts that may be asked, the fastest first. */
  ready(now: number): string[] {
    return this.#hosts.filter(({ asideUntil }) => asideUntil <= now).map(({ origin }) => origin);
  }

  setAside(origin: string, now: number): void {
    const host = this.#hosts.find((each) => each.origin === origin);
    if (host) host.asideUntil = now + ASIDE_MS;
  }

  get size(): number {
    return this.#hosts.length;
  }
}
