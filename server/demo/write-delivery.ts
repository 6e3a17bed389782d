import { type ByteSink, writeFileOf } from './byte-sink.js';
import { CODE_BYTES_MAX, type CodeScribe } from './code-bytes.js';
import type { Delivery } from './delivery.js';
import { boxUnits, palletUnits, type Stock } from './stock.js';
import { closing, lineEnd, lineStart, opening, type UpdLine } from './upd-text.js';
import { encodeWindows1251 } from './windows-1251.js';

const PROGRESS_STEP = 1 << 16;
/** Bytes that XML doesn't allow as they are, with what stands for them. */
const ESCAPES = new Map(
  Object.entries({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }).map(([character, entity]) => [character.charCodeAt(0), Buffer.from(entity, 'latin1')]),
);

/** Counts of the written document. */
export interface DeliveryCounts {
  /** Lines of the document: one for each GTIN. */
  lines: number;
  /** Codes named: КИЗ, and НомУпак. */
  codes: number;
  packages: number;
}

/** Writes the supplier's title of a universal transfer document, format 5.03, windows-1251. */
export async function writeDelivery(
  path: string,
  stock: Stock,
  delivery: Delivery,
  scribe: CodeScribe,
  seed: number,
  onProgress: (units: number) => void,
): Promise<DeliveryCounts> {
  const groups = groupByGood(stock, delivery);
  const lines: UpdLine[] = [];
  let done = 0;
  await writeFileOf(path, async (sink) => {
    await sink.put(encodeWindows1251(opening(seed)));
    for (const [good, group] of groups) {
      const line: UpdLine = {
        number: lines.length + 1,
        good: stock.goods[good]!,
        quantity: group.quantity,
      };
      lines.push(line);
      await sink.put(encodeWindows1251(lineStart(line)));
      await writePackages(sink, scribe, group);
      await writeLoose(sink, scribe, group.loose, good, (written) => onProgress(done + written));
      await sink.put(encodeWindows1251(lineEnd(line)));
      done += group.quantity;
      onProgress(done);
    }
    await sink.put(encodeWindows1251(closing(lines)));
  });
  return {
    lines: lines.length,
    codes: delivery.loose.length,
    packages: delivery.pallets.length + delivery.boxes.length,
  };
}

/** What one line of the document names. */
interface Group {
  pallets: number[];
  boxes: number[];
  loose: number[];
  quantity: number;
}

function groupByGood(stock: Stock, delivery: Delivery): [good: number, group: Group][] {
  const groups = stock.goods.map((): Group => ({ pallets: [], boxes: [], loose: [], quantity: 0 }));
  const add = (list: 'pallets' | 'boxes', number: number, [from, to]: [number, number]) => {
    const group = groups[stock.good[from]!]!;
    group[list].push(number);
    group.quantity += to - from;
  };
  for (const pallet of delivery.pallets) add('pallets', pallet, palletUnits(stock, pallet));
  for (const box of delivery.boxes) add('boxes', box, boxUnits(stock, box));
  for (const unit of delivery.loose) {
    const group = groups[stock.good[unit]!]!;
    group.loose.push(unit);
    group.quantity++;
  }
  return [...groups.entries()].filter(([, { quantity }]) => quantity > 0);
}

const BLOCK = {
  open: encodeWindows1251('<НомСредИдентТов>\n'),
  close: encodeWindows1251('</НомСредИдентТов>\n'),
};
const PACKAGE = {
  open: encodeWindows1251('<НомУпак>00'),
  close: encodeWindows1251('</НомУпак>\n'),
};
const UNIT = {
  open: encodeWindows1251('<КИЗ>'),
  close: encodeWindows1251('</КИЗ>\n'),
};

async function writePackages(sink: ByteSink, scribe: CodeScribe, { pallets, boxes }: Group): Promise<void> {
  if (pallets.length + boxes.length === 0) return;
  await sink.put(BLOCK.open);
  for (const level of ['pallet', 'box'] as const) {
    for (const number of level === 'pallet' ? pallets : boxes) {
      if (sink.full) await sink.flush();
      append(sink, PACKAGE.open);
      sink.at = scribe.sscc(sink.bytes, sink.at, level, number);
      append(sink, PACKAGE.close);
    }
  }
  await sink.put(BLOCK.close);
}

/** A block holds units or packages, never both. */
async function writeLoose(
  sink: ByteSink,
  scribe: CodeScribe,
  units: number[],
  good: number,
  onProgress: (units: number) => void,
): Promise<void> {
  if (units.length === 0) return;
  const code = Buffer.alloc(CODE_BYTES_MAX);
  await sink.put(BLOCK.open);
  for (let i = 0; i < units.length; i++) {
    if (sink.full) await sink.flush();
    append(sink, UNIT.open);
    const length = scribe.identity(code, 0, units[i]!, good);
    for (let j = 0; j < length; j++) {
      const entity = ESCAPES.get(code[j]!);
      if (entity === undefined) sink.bytes[sink.at++] = code[j]!;
      else append(sink, entity);
    }
    append(sink, UNIT.close);
    if (i % PROGRESS_STEP === 0) onProgress(i);
  }
  await sink.put(BLOCK.close);
}

function append(sink: ByteSink, part: Uint8Array): void {
  sink.bytes.set(part, sink.at);
  sink.at += part.length;
}
