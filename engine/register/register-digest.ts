/** One number for everything that the events of a register determine. */
import { createHash } from 'node:crypto';
import { readContents } from './contents.js';
import { readBlock } from './key-index.js';
import { readKeyPage } from './key-pages.js';
import { readLogged } from './log.js';
import { PAGE_WORDS } from './record.js';
import { readRecords } from './record-pages.js';
import { unpackChunk } from './sets.js';
import { readMeta, type Store } from './store.js';

/**
 * SHA-256 over keys, records, sets, packages, names and what the events say. How keys are cut into blocks depends on the transactions
 * that brought them and is left out, and so are the random seed and the times of applying.
 */
export function digestOf(store: Store): string {
  const hash = createHash('sha256');
  const { nextOrdinal, units, packages, lastEvent, nextName } = readMeta(store);
  hash.update(JSON.stringify({ nextOrdinal, units, packages, lastEvent, nextName }));
  for (const { value } of store.index.getRange()) {
    const { keys, ordinals } = readBlock(store, value);
    for (let i = 0; i < ordinals.length; i++) {
      hash.update(keys.bytes.subarray(keys.offsets[i], keys.offsets[i + 1])).update(`:${ordinals[i]};`);
    }
  }
  const page = new Int32Array(PAGE_WORDS);
  for (const number of store.records.getKeys()) {
    readRecords(store, number, page);
    hash.update(String(number)).update(page);
  }
  for (const number of store.keys.getKeys()) {
    const { bytes, offsets } = readKeyPage(store, number);
    hash.update(String(number)).update(offsets).update(bytes);
  }
  for (const parent of store.children.getKeys()) hash.update(String(parent)).update(readContents(store, parent));
  for (const { key, value } of store.sets.getRange()) {
    hash.update(key).update(unpackChunk(store, key, value).toUint32Array());
  }
  for (const database of [store.names, store.eventIds]) {
    for (const { key, value } of database.getRange()) hash.update(key).update(value);
  }
  for (let sequence = 1; sequence <= lastEvent; sequence++) {
    const event = readLogged(store, sequence)?.event;
    if (event) hash.update(event.kind).update(event.document).update(event.keys);
  }
  return hash.digest('hex');
}
