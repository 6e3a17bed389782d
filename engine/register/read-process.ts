/** A process of its own that reads every value of an LMDB environment: if the file is damaged it may be killed, and that is the answer. */
import { open } from 'lmdb';

const root = open({ path: process.argv[2] as string, noSubdir: false, maxDbs: 16, readOnly: true });
let bytes = 0;
for (const name of [...root.getKeys()]) {
  const database = root.openDB<Buffer, Buffer>({ name: String(name), encoding: 'binary', keyEncoding: 'binary' });
  for (const { value } of database.getRange()) bytes += value.length === 0 ? 0 : value[0] + value[value.length - 1];
}
process.exit(bytes >= 0 ? 0 : 1);
