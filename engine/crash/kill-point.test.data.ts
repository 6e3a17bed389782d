// Ends its own process at a chosen call of the file system, before the call or half-way through a write. Import it before what it is to end.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Name of a function of `node:fs`, and its how manieth call; a write is first done by a share of its bytes. */
export interface KillPoint {
  call: 'writeSync' | 'fsyncSync' | 'renameSync' | 'openSync' | 'rmSync' | 'fdatasyncSync' | 'closeSync' | 'mkdirSync';
  nth: number;
}

/** Arms the point that the harness named in the environment, if it named one. */
export function arm(): void {
  const named = process.env.TAMGA_KILL_POINT;
  if (!named) return;
  const { call, nth } = JSON.parse(named) as KillPoint;
  const original = fs[call] as (...args: unknown[]) => unknown;
  let calls = 0;
  const watched = (...args: unknown[]): unknown => {
    // What a process says to the harness is no part of the work.
    if (call === 'writeSync' && args[0] === 1) return original(...args);
    if (++calls < nth) return original(...args);
    if (call === 'writeSync' && ArrayBuffer.isView(args[1])) {
      const [file, bytes, at = 0, length = bytes.byteLength] = args as [number, Uint8Array, number?, number?];
      fs.writevSync(file, [bytes.subarray(at, at + Math.floor(length / 2))]);
    }
    process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
  Object.assign(fs, { [call]: watched });
  syncBuiltinESMExports();
}
