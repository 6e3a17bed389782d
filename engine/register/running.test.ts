import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRunning, processOf, processText, THIS_PROCESS } from './running.js';

describe('a process', () => {
  it('is there, until it has ended', async () => {
    expect(isRunning(THIS_PROCESS)).toBe(true);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const pid = child.pid as number;
    expect(isRunning({ pid })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning({ pid })).toBe(false);
  });

  it('is not another one that was given its number', () => {
    expect(isRunning({ ...THIS_PROCESS, since: 'another' })).toBe(false);
    expect(isRunning({ pid: process.pid })).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat'))('of another number is told by when it began (Linux)', () => {
    expect(isRunning({ pid: process.ppid })).toBe(true);
    expect(isRunning({ pid: process.ppid, since: THIS_PROCESS.since })).toBe(false);
  });

  it('is read back from its text', () => {
    expect(processOf(processText(THIS_PROCESS))).toEqual(THIS_PROCESS);
    expect(processOf('17')).toEqual({ pid: 17, since: undefined });
    for (const text of ['', 'x', '-', '17 ', '17-', '99999999999']) expect(processOf(text), text).toBe(null);
  });
});
