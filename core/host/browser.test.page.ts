// What browser.test.ts runs in a page and, with the same core loaded in Node, compares. Nothing here is of Node.
import {
  type Core,
  compileCore,
  FORMATS,
  fiscal,
  identificationCode,
  keyToText,
  loadCore,
  type ParseOptions,
  type WasmSource,
} from './browser.js';

const OPTIONS: ParseOptions[] = [
  {},
  { format: 'gs1' },
  { country: 'RU' },
  { country: 'UZ' },
  { country: 'RU', at: new Date('2026-11-21') },
];
const EXAMPLES = FORMATS.flatMap(({ example }) => (example === null ? [] : [example]));
const DAMAGED = [
  '',
  'garbage',
  '0109520000003036\u001d',
  '010952000000303721abcdef',
  '4006381333931',
  'Ъ',
  ']d20104607000001097215TP8ca<GS>93tkhw',
  '(01)04607000001097(21)5TP8ca(93)tkhw',
  'MDEwNDYwNzAwMDAwMTA5NzIxNVRQOGNhHTkzdGtodw==',
];
const encoder = new TextEncoder();

/** All that a core says of every example, and of some that are none, as plain data. */
export function answersOf(core: Core): unknown[] {
  const codes = [...EXAMPLES, ...DAMAGED];
  return OPTIONS.map((options) => {
    const singles = codes.map((code) => {
      const parsed = core.parse(code, options);
      const { tag1162, ...receipt } = fiscal(parsed, code);
      const recovered = core.parse(code, { ...options, recover: true, all: true });
      return { parsed, recovered, receipt, tag1162: [...tag1162], short: identificationCode(parsed) };
    });
    const lines = answersOfBatch(core, encoder.encode(codes.join('\n')), { ...options, framing: 'lines' });
    const frames = codes.flatMap((code) => {
      const bytes = encoder.encode(code);
      return [bytes.length & 0xff, bytes.length >> 8, ...bytes];
    });
    return { singles, lines, frames: answersOfBatch(core, Uint8Array.from(frames), { ...options, framing: 'u16' }) };
  });
}

function answersOfBatch(core: Core, bytes: Uint8Array, options: Parameters<Core['parseBatch']>[1]): unknown {
  const batch = core.parseBatch(bytes, options);
  const columns = Object.entries(batch.columns).map(([name, column]: [string, ArrayLike<number>]) => [
    name,
    Array.from(column).slice(0, name === 'fingerprint' ? batch.count * 4 : batch.count),
  ]);
  const keys = core.keys(batch);
  const texts = Array.from({ length: batch.count }, (_, row) => {
    const key = keys.bytes.subarray(keys.offsets[row], keys.offsets[row + 1]);
    return key.length === 0 ? null : keyToText(key);
  });
  const order = [...core.sortKeys(keys.bytes, keys.offsets)];
  return { columns, texts, order };
}

/** The answers of a core loaded from each kind of source; for a failure its name and message. */
export async function answersOfSources(): Promise<Record<string, unknown>> {
  const address = new URL('../tamga.wasm', import.meta.url);
  const buffer = await (await fetch(address)).arrayBuffer();
  const module = await compileCore();
  const sources: Record<string, WasmSource | undefined> = {
    default: undefined,
    url: address,
    string: address.href,
    untyped: `${address.href}?type=none`,
    response: await fetch(address),
    buffer,
    bytes: new Uint8Array(buffer),
  };
  const seed = new Uint8Array(16);
  const answers: Record<string, unknown> = { module: answersOf(await loadCore({ module, seed })) };
  for (const [name, wasm] of Object.entries(sources)) answers[name] = answersOf(await loadCore({ wasm, seed }));
  for (const [name, wasm] of Object.entries({
    missing: '/none.wasm',
    html: '/',
    cut: new Uint8Array(buffer, 0, 100),
  })) {
    answers[name] = await loadCore({ wasm }).then(
      () => 'loaded',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  }
  return answers;
}

Object.assign(globalThis, { answersOfSources });
