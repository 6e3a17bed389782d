// System calls of a process and its children, as strace saw them begin and end.
import { readFileSync } from 'node:fs';

export interface Call {
  name: string;
  /** As strace writes it, with the path of each descriptor behind its number; bytes are Latin-1 characters. */
  args: string;
  result: string;
  /** Lines of the trace at which it began and ended. */
  began: number;
  ended: number;
}

/** Arguments of strace for {@link readTrace}: every byte of what is written, and descriptors with their paths. */
export const traceArguments = (file: string, calls: string): string[] => [
  ...['-f', '-y', '-xx', '-s', '70000', '-qq', '-e', 'signal=none', '-e', `trace=${calls}`, '-o', file],
];

/** The calls of a trace in the order in which they ended. */
export function readTrace(file: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, { name: string; args: string; began: number }>();
  for (const [at, line] of readFileSync(file, 'latin1').split('\n').entries()) {
    const begun = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/.exec(line);
    if (begun) {
      open.set(begun[1] as string, { name: begun[2] as string, args: begun[3] as string, began: at });
      continue;
    }
    const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.*)$/.exec(line);
    const before = resumed && open.get(resumed[1] as string);
    if (resumed && before) {
      const [, , , rest = '', result = ''] = resumed;
      calls.push({ ...before, args: readBack(before.args + rest), result, ended: at });
      continue;
    }
    const whole = /^\d+ +(\w+)\((.*)\) += (.*)$/.exec(line);
    if (!whole) continue;
    const [, name = '', args = '', result = ''] = whole;
    calls.push({ name, args: readBack(args), result: readBack(result), began: at, ended: at });
  }
  return calls;
}

const readBack = (text: string): string =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
