/** The process that {@link migrate} starts: reads the events of a register of schema 1 and applies them to a new one. */
import { open } from 'lmdb';
import { applyEvents } from './apply.js';
import { decodeEvent, type RegisterEvent } from './event.js';
import { EVENTS_AT_ONCE } from './limits.js';
import { Names } from './names.js';
import { openStore, readMeta, type Store } from './store.js';

/** What the first schema says of itself, as far as it is needed. */
interface MetaOfSchema1 {
  schema: number;
  seed: string;
  lastEvent: number;
}

const [from, to] = process.argv.slice(2) as [string, string];
try {
  const root = open({ path: from, noSubdir: false, maxDbs: 16, readOnly: true });
  const meta = root.openDB<MetaOfSchema1, string>({ name: 'meta', encoding: 'json' }).get('register');
  if (meta?.schema !== 1) throw new Error(`schema ${String(meta?.schema)}`);
  const events = root.openDB<Buffer, number>({ name: 'events', encoding: 'binary', keyEncoding: 'uint32' });
  const store = openStore(to, true) as Store;
  store.meta.putSync('register', { ...readMeta(store), seed: meta.seed });
  const names = new Names(store);
  for (let sequence = 1; sequence <= meta.lastEvent; sequence += EVENTS_AT_ONCE) {
    const group: RegisterEvent[] = [];
    for (let at = sequence; at < sequence + EVENTS_AT_ONCE && at <= meta.lastEvent; at++) {
      const stored = events.get(at);
      if (!stored) throw new Error(`event ${at} is missing`);
      group.push(decodeEvent(stored));
    }
    // Each group of a schema that kept no time of applying gets that of its last event.
    applyEvents(store, names, group, group[group.length - 1].at);
  }
  await store.root.close();
  await root.close();
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
