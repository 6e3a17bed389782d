import { describe, expect, it } from 'vitest';
import { type NameKind, Names } from './names.js';
import type { Register } from './register.js';
import { scratchRegisters } from './register.test.data.js';
import { readMeta } from './store.js';

const makeRegister = scratchRegisters();

function intern({ store }: Register, names: Names, kind: NameKind, text: string): number {
  return store.root.transactionSync(() => {
    const meta = readMeta(store);
    const id = names.intern(kind, text, meta);
    names.store();
    store.meta.putSync('register', meta);
    return id;
  });
}

describe('names', () => {
  it('give a text one number for ever, apart from the same text of another kind', () => {
    const register = makeRegister();
    const owner = intern(register, register.names, 'owner', '7700000001');
    const series = intern(register, register.names, 'series', '7700000001');
    expect(owner).not.toBe(series);
    expect(intern(register, register.names, 'owner', '7700000001')).toBe(owner);
    for (const names of [register.names, new Names(register.store)]) {
      expect(names.find('owner', '7700000001')).toBe(owner);
      expect(names.find('series', '7700000001')).toBe(series);
      expect(names.find('document', '7700000001')).toBe(0);
      expect(names.text('owner', owner)).toBe('7700000001');
      expect(names.text('series', series)).toBe('7700000001');
      expect(names.text('owner', series)).toBeNull();
      expect(names.text('owner', 0)).toBeNull();
      expect(names.text('owner', 4_294_967_295)).toBeNull();
    }
  });

  it('hold no number for nothing', () => {
    const register = makeRegister();
    expect(intern(register, register.names, 'owner', '')).toBe(0);
    expect(register.names.find('owner', '')).toBe(0);
  });

  it('keep texts of any alphabet, and list a kind in order', () => {
    const register = makeRegister();
    const texts = ['ООО «Ромашка»', 'a', 'b', 'АО', '株式会社', '😀', 't', 'to'];
    for (const text of texts) intern(register, register.names, 'owner', text);
    intern(register, register.names, 'series', 'not an owner');
    const listed = [...register.names.all('owner')];
    expect(listed.map(({ text }) => text)).toEqual(
      [...texts].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))),
    );
    for (const { id, text } of listed) expect(register.names.text('owner', id)).toBe(text);
  });

  it('keep the beginning of a text that is too long for a database key, in whole characters', () => {
    const register = makeRegister();
    for (const character of ['x', 'ж', '株', '😀']) {
      const text = character.repeat(600);
      const id = intern(register, register.names, 'owner', text);
      expect(intern(register, register.names, 'owner', text)).toBe(id);
      const kept = new Names(register.store).text('owner', id) ?? '';
      expect(kept.length).toBeGreaterThan(100);
      expect(text.startsWith(kept), `kept the beginning of ${character}…`).toBe(true);
    }
  });

  it('forget what a transaction gave that was rolled back', () => {
    const register = makeRegister();
    const { store, names } = register;
    expect(() =>
      store.root.transactionSync(() => {
        names.intern('owner', 'nobody', readMeta(store));
        throw new Error('rolled back');
      }),
    ).toThrow('rolled back');
    names.forget();
    expect(names.find('owner', 'nobody')).toBe(0);
    const id = intern(register, names, 'owner', 'somebody');
    expect(names.text('owner', id)).toBe('somebody');
  });
});
