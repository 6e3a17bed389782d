import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output, OutputClosed } from './output.js';

/** A stream that takes each piece when it is told to. */
function slow(): { stream: Writable; taken: string[]; take(error?: Error): void } {
  const taken: string[] = [];
  let next: ((error?: Error) => void) | undefined;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      taken.push(String(chunk));
      next = done;
    },
  });
  return { stream, taken, take: (error) => next?.(error) };
}

function failing(code: string): Error {
  return Object.assign(new Error(`${code}: write`), { code });
}

describe('the output', () => {
  it('gathers small texts and waits for its reader when there are many', async () => {
    const { stream, taken, take } = slow();
    const out = new Output(stream);
    expect(out.write('a')).toBeUndefined();
    expect(taken).toEqual([]);
    let done = false;
    const full = out.write('b'.repeat(70_000))?.then(() => {
      done = true;
    });
    expect(taken).toEqual([`a${'b'.repeat(70_000)}`]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(done).toBe(false);
    take();
    await full;
    expect(done).toBe(true);
    await out.flush();
    expect(taken.length).toBe(1);
  });

  it.each([
    ['EPIPE', { name: 'OutputClosed' }],
    ['ENOSPC', { code: 'DISK_FULL', data: { path: 'standard output' } }],
    ['EIO', { code: 'OUTPUT_FAILED' }],
  ])('tells %s, now and at every later write', async (code, expected) => {
    const { stream, take } = slow();
    const out = new Output(stream);
    void out.write('text');
    const flushed = out.flush();
    take(failing(code));
    await expect(flushed).rejects.toMatchObject(expected);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(() => out.write('more')).toThrow();
    await expect(out.flush()).rejects.toMatchObject(expected);
  });

  it('takes a destroyed stream for a reader that is gone', async () => {
    const { stream } = slow();
    const out = new Output(stream);
    stream.destroy();
    void out.write('text');
    await expect(out.flush()).rejects.toBeInstanceOf(OutputClosed);
  });
});
