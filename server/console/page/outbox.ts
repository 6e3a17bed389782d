/** Scans that the server has not confirmed, kept in the browser's database, so that a reload or a crash loses none. */

/** A scan that waits. Its number is `null` until the server has told what the device's next one is. */
export interface Waiting {
  id: number;
  seq: number | null;
  code: string;
  /** Milliseconds since 1970, when it was scanned. */
  time: number;
}

/** What is kept of a device in a session; `lastSeq` is the number of its last scan. */
export interface Kept {
  scans: Waiting[];
  lastSeq: number | null;
}

/** Where a scan belongs. */
export interface Seat {
  session: string;
  device: string;
}

type Stored = Seat & Omit<Waiting, 'id'>;

const SCANS = 'scans';
const MARKS = 'marks';
const SEAT = 'seat';

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
        const scans = request.result.createObjectStore(SCANS, { autoIncrement: true });
        scans.createIndex(SEAT, ['session', 'device']);
        request.result.createObjectStore(MARKS);
      };
      return new Outbox(await answer(request));
    } catch {
      return null;
    }
  }

  async load({ session, device }: Seat): Promise<Kept> {
    const transaction = this.#database.transaction([SCANS, MARKS], 'readonly');
    const range = IDBKeyRange.only([session, device]);
    const index = transaction.objectStore(SCANS).index(SEAT);
    const [scans, ids, lastSeq] = await Promise.all([
      answer<Stored[]>(index.getAll(range)),
      answer(index.getAllKeys(range)),
      answer<number | undefined>(transaction.objectStore(MARKS).get([session, device])),
    ]);
    return {
      scans: scans.map(({ seq, code, time }, i) => ({ id: Number(ids[i]), seq, code, time })),
      lastSeq: lastSeq ?? null,
    };
  }

  /** Sessions in which the device left scans, and how many. */
  async leftovers(device: string): Promise<Map<string, number>> {
    const scans = await answer<Stored[]>(this.#database.transaction(SCANS, 'readonly').objectStore(SCANS).getAll());
    const found = new Map<string, number>();
    for (const scan of scans) {
      if (scan.device === device) found.set(scan.session, (found.get(scan.session) ?? 0) + 1);
    }
    return found;
  }

  /** Keeps a scan; gives what it is kept under. */
  async add(seat: Seat, { seq, code, time }: Omit<Waiting, 'id'>): Promise<number> {
    const transaction = this.#write();
    const request = transaction.objectStore(SCANS).add({ ...seat, seq, code, time } satisfies Stored);
    if (seq !== null) transaction.objectStore(MARKS).put(seq, [seat.session, seat.device]);
    await done(transaction);
    return Number(request.result);
  }

  /** Keeps the numbers that scans got. */
  async renumber(seat: Seat, scans: readonly Waiting[], lastSeq: number): Promise<void> {
    const transaction = this.#write();
    for (const { id, ...scan } of scans) transaction.objectStore(SCANS).put({ ...seat, ...scan } satisfies Stored, id);
    transaction.objectStore(MARKS).put(lastSeq, [seat.session, seat.device]);
    await done(transaction);
  }

  /** Forgets scans: the server has them. */
  async remove(ids: readonly number[]): Promise<void> {
    const transaction = this.#write();
    for (const id of ids) transaction.objectStore(SCANS).delete(id);
    await done(transaction);
  }

  #write(): IDBTransaction {
    return this.#database.transaction([SCANS, MARKS], 'readwrite');
  }
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
