import { writeFileOf } from './byte-sink.js';
import { checkDigit } from './check-digit.js';
import { CODE_BYTES_MAX, type CodeScribe } from './code-bytes.js';
import type { DemoIssuer } from './demo-issuer.js';
import { mix32 } from './random.js';
import { type LineKind, lineKind, lineNumber } from './scan-lines.js';
import type { Stock } from './stock.js';
import { TailMill } from './tail-mill.js';

const LINE_FEED = 0x0a;
const ZERO = 0x30;
/** Where a code's serial begins. */
const SERIAL_AT = 18;
/** No marking format has a serial of five. */
const SHORT_SERIAL = 5;
const PROGRESS_STEP = 1 << 16;
/** Lines whose tails are made at once. */
const CHUNK_LINES = 1 << 13;

/** What scanners and people leave among the codes; too short for a package code and not led by digits, so that no code reader can take it for one. */
const GARBAGE = ['HELLO-WORLD', 'KOROB-17', 'http://a.example', 'INV/2026/03/16', 'TEST', 'A-12-B-04'];
const BLANKS = ['', '  ', '\t', ''];
/** Outside GS1 character set 82; the last is a letter of the Cyrillic keyboard layout, in two bytes. */
const STRANGE = ['#', '@', ' ', 'Ф'];

/** Writes what the warehouse scanned, one line each, ended by a line feed. */
export async function writeScans(
  path: string,
  lines: Uint32Array,
  stock: Stock,
  scribe: CodeScribe,
  issuer: DemoIssuer,
  onProgress: (lines: number) => void,
): Promise<void> {
  const goodOf = (unit: number) => (unit < stock.units ? stock.good[unit]! : mix32(unit) % stock.goods.length);
  const mill = new TailMill(issuer, scribe, stock, goodOf);
  const write = lineWriters(stock, scribe, goodOf, mill);
  await writeFileOf(path, async (sink) => {
    for (let i = 0; i < lines.length; i++) {
      if (i % CHUNK_LINES === 0) mill.prepare(lines.subarray(i, i + CHUNK_LINES));
      if (sink.full) await sink.flush();
      const line = lines[i]!;
      sink.at = write[lineKind(line)](sink.bytes, sink.at, lineNumber(line));
      sink.bytes[sink.at++] = LINE_FEED;
      if (i % PROGRESS_STEP === 0) onProgress(i);
    }
    onProgress(lines.length);
  });
}

type LineWriter = (bytes: Buffer, at: number, number: number) => number;

function lineWriters(
  stock: Stock,
  scribe: CodeScribe,
  goodOf: (unit: number) => number,
  mill: TailMill,
): Record<LineKind, LineWriter> {
  const formOf = (unit: number) => stock.goods[goodOf(unit)]!.form;
  const full: LineWriter = (bytes, at, unit) => scribe.full(bytes, at, unit, goodOf(unit));
  const text = (bytes: Buffer, at: number, value: string) => at + bytes.write(value, at, 'utf8');
  const withAi00 =
    (level: 'box' | 'pallet'): LineWriter =>
    (bytes, at, number) =>
      scribe.sscc(bytes, text(bytes, at, '00'), level, number);
  const scratch = Buffer.alloc(CODE_BYTES_MAX);

  return {
    unit: (bytes, at, unit) => mill.unit(bytes, full(bytes, at, unit), unit),
    forged: (bytes, at, unit) => mill.forged(bytes, full(bytes, at, unit), unit),
    tobacco: (bytes, at, number) => mill.tobacco(bytes, scribe.tobacco(bytes, at, number), number),
    identity: (bytes, at, unit) => scribe.identity(bytes, at, unit, goodOf(unit)),
    box: (bytes, at, number) => scribe.sscc(bytes, at, 'box', number),
    boxAi00: withAi00('box'),
    pallet: (bytes, at, number) => scribe.sscc(bytes, at, 'pallet', number),
    palletAi00: withAi00('pallet'),
    unknownPackage: (bytes, at, number) => scribe.sscc(bytes, at, 'unknown', number),
    badCheckDigit: (bytes, at, unit) => {
      const end = full(bytes, at, unit);
      const digit = bytes[at + 15]! - ZERO;
      bytes[at + 15] = ZERO + ((digit + 1 + (unit % 9)) % 10);
      return end;
    },
    badCharacter: (bytes, at, unit) => {
      const end = full(scratch, 0, unit);
      bytes.set(scratch.subarray(0, SERIAL_AT + 2), at);
      const next = text(bytes, at + SERIAL_AT + 2, STRANGE[unit % STRANGE.length]!);
      bytes.set(scratch.subarray(SERIAL_AT + 3, end), next);
      return next + end - SERIAL_AT - 3;
    },
    notDataMatrix: (bytes, at, number) => {
      const body = stock.goods[number % stock.goods.length]!.gtin.slice(1, 13);
      const shorter = [body, `1${body}`, body.slice(5)][number % 3]!;
      return text(bytes, at, shorter + checkDigit(shorter));
    },
    garbage: (bytes, at, number) => text(bytes, at, GARBAGE[number % GARBAGE.length]!),
    truncated: (bytes, at, unit) => {
      const end = full(bytes, at, unit);
      // what is left of a tail of 88 must not be the 44 of another format
      const cut = { 4: 2, 44: 4 + (unit % 30), 88: 10 + (unit % 30) }[formOf(unit).tailLength];
      return end - cut;
    },
    shortSerial: (bytes, at, unit) => {
      const end = full(scratch, 0, unit);
      const tailAt = SERIAL_AT + formOf(unit).serialLength;
      bytes.set(scratch.subarray(0, SERIAL_AT + SHORT_SERIAL), at);
      bytes.set(scratch.subarray(tailAt, end), at + SERIAL_AT + SHORT_SERIAL);
      return at + SERIAL_AT + SHORT_SERIAL + end - tailAt;
    },
    blank: (bytes, at, number) => text(bytes, at, BLANKS[number % BLANKS.length]!),
  };
}
