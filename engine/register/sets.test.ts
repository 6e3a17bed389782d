import { describe, expect, it } from 'vitest';
import { CHUNK_CODES } from './limits.js';
import type { Register } from './register.js';
import { random, scratchRegisters } from './register.test.data.js';
import { readSet, SET_KIND, SetChanges, type SetKind } from './sets.js';

const makeRegister = scratchRegisters();

function write({ store }: Register, change: (changes: SetChanges) => void): void {
  store.root.transactionSync(() => {
    const changes = new SetChanges();
    change(changes);
    changes.store(store);
  });
}

/** The last ordinal that a set takes. */
const LAST = 0xffff_fffe;

describe('sets', () => {
  it('equal a plain set of numbers after any additions and removals, over the borders of chunks', () => {
    const register = makeRegister();
    const next = random(3);
    const kinds = Object.keys(SET_KIND) as SetKind[];
    const model = new Map<string, Set<number>>();
    const ids = [0, 1, 2, 255, 256, 65_536, 4_294_967_294];
    for (let transaction = 0; transaction < 60; transaction++) {
      write(register, (changes) => {
        for (let i = 0; i < 200; i++) {
          const kind = kinds[Math.floor(next() * kinds.length)];
          const id = ids[Math.floor(next() * ids.length)];
          // Close to a border of chunks, so that neighbours are met.
          const border = CHUNK_CODES * Math.floor(next() * 4);
          const ordinal = Math.max(0, border + Math.floor(next() * 12) - 6);
          const set = model.get(`${kind} ${id}`) ?? new Set();
          model.set(`${kind} ${id}`, set);
          if (next() < 0.55) {
            changes.add(kind, id, ordinal);
            set.add(ordinal);
          } else {
            changes.remove(kind, id, ordinal);
            set.delete(ordinal);
          }
        }
      });
    }
    for (const kind of kinds) {
      for (const id of ids) {
        const expected = [...(model.get(`${kind} ${id}`) ?? [])].sort((a, b) => a - b);
        expect([...readSet(register.store, kind, id)], `${kind} ${id}`).toEqual(expected);
      }
      expect(readSet(register.store, kind, 3).isEmpty).toBe(true);
    }
  });

  it('hold the last ordinals that there can be', () => {
    const register = makeRegister();
    const ordinals = [1, 0x7fff_ffff, 0x8000_0000, LAST - 1, LAST];
    write(register, (changes) => {
      for (const ordinal of ordinals) changes.add('document', 7, ordinal);
    });
    expect([...readSet(register.store, 'document', 7)]).toEqual(ordinals);
    write(register, (changes) => {
      changes.remove('document', 7, 0x8000_0000);
      changes.remove('document', 7, LAST);
    });
    expect([...readSet(register.store, 'document', 7)]).toEqual([1, 0x7fff_ffff, LAST - 1]);
  });

  it('take the changes of a transaction in their order', () => {
    const register = makeRegister();
    write(register, (changes) => {
      changes.add('state', 1, 10);
      changes.remove('state', 1, 10);
      changes.remove('state', 1, 11);
      changes.add('state', 1, 11);
      changes.add('state', 1, 0);
      changes.remove('state', 1, CHUNK_CODES - 1);
      changes.add('state', 1, CHUNK_CODES - 1);
    });
    expect([...readSet(register.store, 'state', 1)]).toEqual([0, 11, CHUNK_CODES - 1]);
  });

  it('leave nothing behind when they become empty', () => {
    const register = makeRegister();
    write(register, (changes) => changes.add('series', 9, 100_000));
    expect(register.store.sets.getKeysCount()).toBe(1);
    write(register, (changes) => changes.remove('series', 9, 100_000));
    expect(register.store.sets.getKeysCount()).toBe(0);
  });

  it('rewrite kilobytes for one change of a large set', () => {
    const register = makeRegister();
    const next = random(4);
    write(register, (changes) => {
      for (let ordinal = 1; ordinal < 3 * CHUNK_CODES; ordinal++) if (next() < 0.5) changes.add('owner', 1, ordinal);
    });
    for (const { value } of register.store.sets.getRange()) expect(value.length).toBeLessThan(9000);
    expect(register.store.sets.getKeysCount()).toBe(3);
  });
});
