import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { textWidth } from './output.js';
import { type ProgressStream, progressLine, startProgress } from './progress.js';

function terminal(isTTY: boolean, columns = 120): { stream: ProgressStream; text: () => string } {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns }), text: () => stripVTControlCharacters(written) };
}

describe('progress', () => {
  it('is silent where there is no terminal', async () => {
    const { stream, text } = terminal(false);
    const progress = startProgress('scan', 100, { stream });
    progress.update(50);
    await wait(150);
    progress.stop();
    progress.stop();
    expect(text()).toBe('');
  });

  it('shows overlapping work together and leaves the final numbers', async () => {
    const { stream, text } = terminal(true);
    const signals = process.listenerCount('SIGINT');
    const one = startProgress('разбор', 1000, { stream, language: 'ru' });
    const two = startProgress('stream', undefined, { stream });
    for (let done = 0; done <= 1000; done += 250) {
      one.update(done);
      two.update(done * 7);
      await wait(60);
    }
    expect(process.listenerCount('SIGINT')).toBe(signals);
    one.stop();
    two.update(9000);
    two.stop();
    two.stop();
    const shown = text().replace(/[\u00a0\u202f]/g, ' ');
    expect(shown).toMatch(/разбор {2}█+░+ {2}25 %|разбор {2}█{6}░{18} {2}25 %/);
    expect(shown).toMatch(/разбор {2}█{24} 100 % {2}1 000 \/ 1 000 .*готово за/);
    expect(shown).toMatch(/stream {2}9,000 .*\/s {2}done in/);
    const length = shown.length;
    await wait(250);
    expect(text().length).toBe(length);
  });

  it('starts a new board after the last one ended', async () => {
    const { stream, text } = terminal(true);
    startProgress('first', 1, { stream }).stop();
    const second = startProgress('second', 2, { stream });
    second.update(2);
    second.stop();
    expect(text()).toContain('second');
    expect(text().split('second')[1]).not.toContain('first');
  });
});

describe('a line of progress', () => {
  const state = { done: 400_000, total: 1_000_000, rate: 200_000, elapsed: 2000, ended: false };

  it('has codes, rate and the time left', () => {
    expect(progressLine('en', 'scan', 120, state)).toBe(
      `scan  ${'█'.repeat(9)}${'░'.repeat(15)}  40 %  400,000 / 1,000,000  200,000/s  3 sec left`,
    );
    expect(progressLine('en', 'scan', 120, { ...state, total: undefined })).toBe('scan  400,000  200,000/s');
    expect(progressLine('en', 'scan', 120, { ...state, done: 0, total: 0, rate: 0 })).toContain('100 %');
  });

  it('never wraps', () => {
    for (let columns = 1; columns < 90; columns++) {
      expect(textWidth(progressLine('ru', 'разбор', columns, state))).toBeLessThan(Math.max(columns, 1));
    }
  });
});
