/** Scans that the server has not confirmed, kept in the browser's database, so that a reload or a crash loses none. */

/** A scan as it goes to the server. */
export interface Scan {
  seq: number;
  code: string;
  /** Milliseconds since 1970, when it was scanned. */
  time: number;
}

/** What is kept of a device in a session. */
export interface Kept {
  scans: Scan[];
  /** Number of the last scan that was made. */
  lastSeq: number;
  /** Number of the last scan whose verdict was shown. */
  after: number;
}

interface Marks {
  lastSeq: number;
  after: number;
}

const SCANS = 'scans';
const MARKS = 'marks';

export class Outbox {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** @returns null where the browser keeps nothing (private windows of some): scans are then in memory only. */
  static async open(): Promise<Outbox | null> {
    try {
      const request = indexedDB.open('tamga-console', 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(SCANS);
        request.result.createObjectStore(MARKS);
      };
      return new Outbox(await answer(request));
    } catch {
      return null;
    }
  }

  async load(session: string, device: string): Promise<Kept> {
    const transaction = this.#database.transaction([SCANS, MARKS], 'readonly');
    const range = rangeOf(session, device);
    const [scans, marks] = await Promise.all([
      answer<Scan[]>(transaction.objectStore(SCANS).getAll(range)),
      answer<Marks | undefined>(transaction.objectStore(MARKS).get([session, device])),
    ]);
    const last = scans.at(-1)?.seq ?? 0;
    return { scans, lastSeq: Math.max(marks?.lastSeq ?? 0, last), after: marks?.after ?? 0 };
  }

  /** Sessions in which the device left scans, and how many. */
  async leftovers(device: string): Promise<Map<string, number>> {
    const keys = await answer(this.#database.transaction(SCANS, 'readonly').objectStore(SCANS).getAllKeys());
    const found = new Map<string, number>();
    for (const key of keys as [string, string, number][]) {
      if (key[1] === device) found.set(key[0], (found.get(key[0]) ?? 0) + 1);
    }
    return found;
  }

  /** Keeps a scan; it is stored when this ends. */
  async put(session: string, device: string, scan: Scan, after: number): Promise<void> {
    const transaction = this.#database.transaction([SCANS, MARKS], 'readwrite');
    transaction.objectStore(SCANS).put(scan, [session, device, scan.seq]);
    transaction.objectStore(MARKS).put({ lastSeq: scan.seq, after } satisfies Marks, [session, device]);
    await done(transaction);
  }

  /** Forgets the scans up to `seq`: the server has them. */
  async confirm(session: string, device: string, seq: number, marks: Marks): Promise<void> {
    const transaction = this.#database.transaction([SCANS, MARKS], 'readwrite');
    transaction.objectStore(SCANS).delete(rangeOf(session, device, seq));
    transaction.objectStore(MARKS).put(marks, [session, device]);
    await done(transaction);
  }
}

function rangeOf(session: string, device: string, through = Number.MAX_SAFE_INTEGER): IDBKeyRange {
  return IDBKeyRange.bound([session, device, 0], [session, device, through]);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
