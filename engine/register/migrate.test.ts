import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkRegister } from './check.js';
import { Register } from './register.js';
import { failure, scratchFolder, sscc, unit } from './register.test.data.js';
import { SCHEMA_1_FILE, SCHEMA_1_RECORDS, SCHEMA_1_SEED } from './schema-1.test.data.js';
import { SCHEMA_VERSION } from './store.js';

const folder = scratchFolder();

function oldRegister(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'data.mdb'), gunzipSync(Buffer.from(SCHEMA_1_FILE, 'base64')));
  return path;
}

/** What the first schema's code said of every code, as its maker wrote it down. */
function recordsOf(register: Register): string {
  const records: unknown[] = [];
  for (let ordinal = 1; ordinal <= register.view().codes; ordinal++) {
    const record = register.record(ordinal);
    const { state, owner, expiry, series, price, document } = record;
    const parent = record.parent === null ? null : register.textOf(record.parent);
    records.push([register.textOf(ordinal), state, record.package, owner, parent, expiry, series, price, document]);
  }
  return createHash('sha256').update(JSON.stringify(records)).digest('hex');
}

describe('a register of the first schema', () => {
  it('is made anew from its events when it is opened, and says the same of every code', async () => {
    const path = oldRegister('old');
    for (let opened = 0; opened < 2; opened++) {
      const register = Register.open(path);
      expect(register.view()).toMatchObject({ schemaVersion: SCHEMA_VERSION, codes: 206, lastEvent: 5 });
      expect(Buffer.from(register.seed).toString('hex')).toBe(SCHEMA_1_SEED);
      expect(recordsOf(register)).toBe(SCHEMA_1_RECORDS);
      expect(register.stat()).toMatchObject({
        units: 202,
        packages: 4,
        byState: { UNKNOWN: 2, INTRODUCED: 158, SHIPPED: 44, RETIRED: 1, WITHDRAWN: 1 },
      });
      expect(register.find(unit(0))?.parent).toBe(register.find(sscc(0))?.ordinal);
      expect(register.logged(4)?.appliedAt).toBe(1_700_000_000_005);
      await register.close();
    }
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
    expect(await checkRegister(path)).toMatchObject({ ok: true, findings: [], codes: 206 });
  });

  it('whose migration was killed is migrated again', async () => {
    const path = oldRegister('killed');
    mkdirSync(join(path, 'migration'));
    writeFileSync(join(path, 'migration', 'data.mdb'), 'half of it');
    // This process has the number of an earlier one.
    const reused = `migration-${process.pid}-00000000-0000.17`;
    mkdirSync(join(path, reused));
    const register = Register.open(path);
    expect(recordsOf(register)).toBe(SCHEMA_1_RECORDS);
    await register.close();
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('with an event that can not be read is refused and left as it was', () => {
    const path = oldRegister('damaged');
    const file = join(path, 'data.mdb');
    const bytes = readFileSync(file);
    // In the log's own pages and nowhere else: the kind of the shipment.
    const at = bytes.lastIndexOf('ship');
    bytes.write('shop', at);
    for (let i = bytes.indexOf('ship'); i >= 0; i = bytes.indexOf('ship')) bytes.write('shop', i);
    writeFileSync(file, bytes);
    expect(failure(() => Register.open(path), 'REGISTER_BROKEN').message).toContain('event');
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });
});
