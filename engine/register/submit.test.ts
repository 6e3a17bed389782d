import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isTamgaError } from '../errors.js';
import { checkRegister } from './check.js';
import { SUBMIT_QUEUE_MAX } from './limits.js';
import { Register } from './register.js';
import { eventOf, type Stated, scratchRegisters, unit } from './register.test.data.js';
import { STATE_NUMBER } from './states.js';

const makeRegister = scratchRegisters();

describe('events of many callers', () => {
  it('are all applied, each once, in the order in which they came', async () => {
    const register = makeRegister();
    const events = Array.from({ length: 500 }, (_, i) => eventOf({ codes: [[unit(i % 50), { price: i + 1 }]] }));
    const results = await Promise.all([...events, ...events].map((event) => register.submit(event)));
    expect(results.map(({ sequence }) => sequence)).toEqual([...events, ...events].map((_, i) => (i % 500) + 1));
    expect(results.filter(({ applied }) => applied).length).toBe(500);
    for (let i = 0; i < 50; i++) expect(register.find(unit(i))?.price).toBe(451 + i);
    const single = makeRegister();
    for (const event of events) single.apply(event);
    expect(single.digest()).toBe(register.digest());
  });

  it('that are broken are told so and disturb nobody', async () => {
    const register = makeRegister();
    const fine = Array.from({ length: 20 }, (_, i) => eventOf({ codes: [[unit(i), { owner: 0 }]], texts: [`o${i}`] }));
    const broken = { ...fine[7], id: new Uint8Array(16), count: 3 };
    const results = await Promise.allSettled(
      [...fine.slice(0, 10), broken, ...fine.slice(10)].map((event) => register.submit(event)),
    );
    expect(results.map(({ status }) => status)).toEqual(
      fine.flatMap((_, i) => (i === 10 ? ['rejected', 'fulfilled'] : ['fulfilled'])),
    );
    expect(results[10]).toMatchObject({ reason: expect.any(RangeError) });
    expect(register.view()).toMatchObject({ codes: 20, lastEvent: 20 });
    for (let i = 0; i < 20; i++) expect(register.find(unit(i))?.owner).toBe(`o${i}`);
  });

  it('and events that are applied at once go together', async () => {
    const register = makeRegister();
    const submitted = Array.from({ length: 30 }, (_, i) =>
      register.submit(eventOf({ codes: [[unit(i), { price: 1 }]] })),
    );
    const applied = register.apply(eventOf({ codes: [[unit(100), { price: 2 }]] }));
    const later = register.submit(eventOf({ codes: [[unit(101), { price: 3 }]] }));
    expect(applied.applied).toBe(true);
    await Promise.all([...submitted, later]);
    expect(register.view()).toMatchObject({ codes: 32, lastEvent: 32 });
  });

  it('are sent away when too many wait, and nothing of them is kept', async () => {
    const register = makeRegister();
    const event = eventOf({ codes: [[unit(1), { price: 1 }]] });
    const taken = Array.from({ length: SUBMIT_QUEUE_MAX }, () => register.submit(event));
    const refused = await register.submit(eventOf({ codes: [[unit(2)]] })).catch((error: unknown) => error);
    expect(isTamgaError(refused) && refused.code).toBe('REGISTER_BUSY');
    expect((await Promise.all(taken)).filter(({ applied }) => applied).length).toBe(1);
    expect(register.find(unit(2))).toBeNull();
  });

  it('are written before the register closes, and none is taken after', async () => {
    const register = makeRegister('closing');
    const submitted = Array.from({ length: 10 }, (_, i) => register.submit(eventOf({ codes: [[unit(i)]] })));
    await register.close();
    for (const result of await Promise.all(submitted)) expect(result.applied).toBe(true);
    const late = await register.submit(eventOf({ codes: [[unit(99)]] })).catch((error: unknown) => error);
    expect(isTamgaError(late) && late.code).toBe('CANCELLED');
    const again = Register.open(register.path);
    expect(again.view()).toMatchObject({ codes: 10, lastEvent: 10 });
    await again.close();
  });
});

describe('a listener', () => {
  it('hears of events of this process and, within a second, of others', async () => {
    const register = makeRegister();
    const heard: { lastEvent: number; at: number }[] = [];
    const end = register.onChange((lastEvent) => heard.push({ lastEvent, at: performance.now() }));
    await register.submit(eventOf({ codes: [[unit(1)]] }));
    expect(heard.map(({ lastEvent }) => lastEvent)).toEqual([1]);
    register.apply(eventOf({ codes: [[unit(2)]] }));
    expect(heard.map(({ lastEvent }) => lastEvent)).toEqual([1, 2]);
    const writer = fork(new URL('./writer-process.test.data.js', import.meta.url), [register.path], { execArgv: [] });
    await once(writer, 'message');
    const written = performance.now();
    while (heard.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard[2].at - written).toBeLessThan(1000);
    expect(heard[2].lastEvent).toBe(3);
    expect(register.find(unit(77))?.price).toBe(77);
    end();
    register.apply(eventOf({ codes: [[unit(3)]] }));
    expect(heard.length).toBe(3);
  });
});

describe('an event that is refused among others of its commit', () => {
  const sale = (i: number, actor: string, document = '') =>
    ({ ...eventOf({ kind: 'sell', actor, document, codes: [[unit(i)]] }), checks: 'owner' }) as const;

  it('leaves no trace in the pages, sets and names that they share', async () => {
    const stock = eventOf({
      codes: Array.from({ length: 100 }, (_, i): [string, Stated] => [
        unit(i),
        { state: STATE_NUMBER.INTRODUCED, owner: 0 },
      ]),
      texts: ['shop'],
    });
    const accepted = Array.from({ length: 40 }, (_, i) => sale(2 * i, 'shop', `receipt ${i}`));
    const refused = Array.from({ length: 40 }, (_, i) => sale(2 * i + 1, 'thief', `forged ${i}`));
    const mixed = makeRegister();
    const alone = makeRegister();
    await mixed.submit(stock, 1);
    await alone.submit(stock, 1);
    const mixture = accepted.flatMap((event, i) => [event, refused[i], sale(2 * i, 'shop')]);
    const results = await Promise.all(mixture.map((event) => mixed.submit(event, 2)));
    await Promise.all(accepted.map((event) => alone.submit(event, 2)));
    // The same code again is refused, too: the sale before it is seen.
    expect(results.map(({ applied }) => applied)).toEqual(accepted.flatMap(() => [true, false, false]));
    expect(results[1].rejections).toMatchObject([{ code: unit(1), reason: 'OTHER_OWNER' }]);
    expect(mixed.digest()).toBe(alone.digest());
    for (const kind of ['document', 'owner'] as const) {
      expect([...mixed.names.all(kind)]).toEqual([...alone.names.all(kind)]);
    }
    expect(await checkRegister(mixed.path)).toMatchObject({ ok: true });
  });

  it('can be submitted again with its id', async () => {
    const register = makeRegister();
    await register.submit(
      eventOf({ codes: [[unit(1), { state: STATE_NUMBER.INTRODUCED, owner: 0 }]], texts: ['thief'] }),
    );
    const event = sale(2, 'thief');
    expect((await register.submit(event)).applied).toBe(false);
    await register.submit(
      eventOf({ codes: [[unit(2), { state: STATE_NUMBER.INTRODUCED, owner: 0 }]], texts: ['thief'] }),
    );
    expect((await register.submit(event)).applied).toBe(true);
  });
});
