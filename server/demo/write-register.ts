import { type ByteSink, writeFileOf } from './byte-sink.js';
import { CODE_BYTES_MAX, type CodeScribe } from './code-bytes.js';
import { EMITTED, EXPIRIES, NONE, OWNERS, RETIRED, STATUSES, type Stock } from './stock.js';

const HEADER =
  'code;type;status;ownerTin;parent;appliedAt;retiredAt;remaining;invoiceFrom;invoiceTo;invoiceAt;origin;customsCleared;expiry\n';
const APPLIED_AT = '2025-11-01T10:00:00+03:00';
const RETIRED_AT = '2026-03-10T12:00:00+03:00';
const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const PROGRESS_STEP = 1 << 16;

/** Writes the register as a snapshot: every pallet before its boxes, every box before its units. */
export async function writeRegister(
  path: string,
  stock: Stock,
  scribe: CodeScribe,
  onProgress: (units: number) => void,
): Promise<void> {
  const text = (value: string) => Buffer.from(value, 'latin1');
  const heads = STATUSES.map((status) => OWNERS.map((owner) => text(`;UNIT;${status};${owner};`)));
  const tails = STATUSES.map((_, status) => EXPIRIES.map((expiry) => text(rowEnd(status, expiry))));
  const code = Buffer.alloc(CODE_BYTES_MAX);
  const parent = Buffer.alloc(18);

  await writeFileOf(path, async (sink) => {
    await sink.put(text(HEADER));
    for (let unit = 0; unit < stock.units; unit++) {
      if (sink.full) await sink.flush();
      const box = stock.box[unit]!;
      if (box !== NONE && stock.boxFirst[box] === unit) {
        writePackages(sink, stock, scribe, box);
        scribe.sscc(parent, 0, 'box', box);
      }
      writeCell(sink, code, scribe.identity(code, 0, unit, stock.good[unit]!));
      append(sink, heads[stock.status[unit]!]![stock.owner[unit]!]!);
      if (box !== NONE) append(sink, parent);
      append(sink, tails[stock.status[unit]!]![stock.expiry[unit]!]!);
      if (unit % PROGRESS_STEP === 0) onProgress(unit);
    }
    onProgress(stock.units);
  });
}

function rowEnd(status: number, expiry: string): string {
  const applied = status === EMITTED ? '' : APPLIED_AT;
  const retired = status === RETIRED ? RETIRED_AT : '';
  return `;${applied};${retired};1/1;;;;LOCAL;;${expiry}\n`;
}

/** Rows of a box, and of its pallet when the box is the pallet's first. */
function writePackages(sink: ByteSink, stock: Stock, scribe: CodeScribe, box: number): void {
  const first = stock.boxFirst[box]!;
  const owner = OWNERS[stock.owner[first]!]!;
  const end = rowEnd(0, EXPIRIES[stock.expiry[first]!]!);
  const pallet = stock.boxPallet[box]!;
  if (pallet !== NONE && stock.palletFirst[pallet] === box) {
    sink.at = scribe.sscc(sink.bytes, sink.at, 'pallet', pallet);
    sink.at += sink.bytes.write(`;PALLET;${STATUSES[0]};${owner};${end}`, sink.at, 'latin1');
  }
  sink.at = scribe.sscc(sink.bytes, sink.at, 'box', box);
  sink.at += sink.bytes.write(`;BOX;${STATUSES[0]};${owner};`, sink.at, 'latin1');
  if (pallet !== NONE) sink.at = scribe.sscc(sink.bytes, sink.at, 'pallet', pallet);
  sink.at += sink.bytes.write(end, sink.at, 'latin1');
}

/** A code as a CSV cell: quoted when it holds the separator or a quote (RFC 4180). */
function writeCell(sink: ByteSink, code: Uint8Array, length: number): void {
  let plain = true;
  for (let i = 18; i < length; i++) if (code[i] === SEMICOLON || code[i] === QUOTE) plain = false;
  const { bytes } = sink;
  let { at } = sink;
  if (plain) {
    for (let i = 0; i < length; i++) bytes[at++] = code[i]!;
  } else {
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      if (code[i] === QUOTE) bytes[at++] = QUOTE;
      bytes[at++] = code[i]!;
    }
    bytes[at++] = QUOTE;
  }
  sink.at = at;
}

function append(sink: ByteSink, part: Uint8Array): void {
  sink.bytes.set(part, sink.at);
  sink.at += part.length;
}
