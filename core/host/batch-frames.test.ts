import { describe, expect, it } from 'vitest';
import { FORMATS, loadCore } from './index.js';

const core = await loadCore();
const single = await loadCore();
const EXAMPLES = FORMATS.flatMap(({ example }) => (example === null ? [] : [example]));
const U16 = { framing: 'u16' } as const;

/** Codes, each after its length. */
function frames(codes: (string | Uint8Array)[]): Uint8Array {
  const parts = codes.map((code) => {
    const bytes = typeof code === 'string' ? Buffer.from(code, 'latin1') : Buffer.from(code);
    const head = Buffer.alloc(2);
    head.writeUInt16LE(bytes.length);
    return Buffer.concat([head, bytes]);
  });
  return new Uint8Array(Buffer.concat(parts));
}

describe('length-prefixed codes', () => {
  it('are the same columns as lines, each offset two further', () => {
    const lines = core.parseBatch(new Uint8Array(Buffer.from(`${EXAMPLES.join('\n\n')}\n`, 'latin1')));
    const byLines = Array.from({ length: lines.count }, (_, row) => lines.at(row)).filter((_, row) => row % 2 === 0);
    const batch = core.parseBatch(frames(EXAMPLES), U16);
    expect(batch.count).toBe(EXAMPLES.length);
    let at = 2;
    EXAMPLES.forEach((example, row) => {
      expect(batch.at(row)).toEqual(byLines[row]);
      expect(Buffer.from(batch.line(row)).toString('latin1')).toBe(example);
      expect([batch.columns.offset[row], batch.columns.length[row]]).toEqual([at, example.length]);
      at += example.length + 2;
    });
  });

  it('hold any bytes: newlines, carriage returns, zeros', () => {
    const milk = EXAMPLES.find((example) => example.startsWith('0104607000001097'))!;
    const codes = [milk, `${milk}\n`, `${milk}\r`, `${milk}\n${milk}`, '\n', '\0', '', milk];
    const batch = core.parseBatch(frames(codes), U16);
    expect(batch.count).toBe(codes.length);
    codes.forEach((code, row) => {
      expect(batch.at(row)).toEqual(single.parse(Buffer.from(code, 'latin1')));
    });
    expect(batch.at(0).ok && batch.at(7).ok).toBe(true);
    expect(batch.at(6).error?.code).toBe('EMPTY');
    expect(batch.at(1).error).toMatchObject({ code: 'BAD_CHARACTERS', position: milk.length });
  });

  it('are as long as two bytes tell, and too long past the limit', () => {
    const sizes = [255, 256, 257, 4096, 4097, 65_535];
    const batch = core.parseBatch(frames(sizes.map((size) => '9'.repeat(size))), U16);
    expect(Array.from(batch.columns.length.subarray(0, sizes.length))).toEqual(sizes);
    expect(sizes.map((_, row) => batch.at(row).error?.code === 'LINE_TOO_LONG')).toEqual(
      sizes.map((size) => size > 4096),
    );
  });

  it('lose blanks when asked, and take the other options', () => {
    const pack = '04607000001011aen94feADQUj9qN';
    const batch = core.parseBatch(frames([` ${pack}\t`, '  ']), { framing: 'u16', trim: true, country: 'RU' });
    expect(batch.at(0)).toMatchObject({ ok: true, price: 20_500 });
    expect(batch.at(1).error?.code).toBe('EMPTY');
    expect(Buffer.from(batch.line(0)).toString()).toBe(pack);
  });

  it('may be none', () => {
    expect(core.parseBatch(new Uint8Array(), U16).count).toBe(0);
  });

  it('many: room is made for all rows', () => {
    const empty = core.parseBatch(new Uint8Array(2_000_000), U16);
    expect(empty.count).toBe(1_000_000);
    expect([empty.at(0).error?.code, empty.at(999_999).error?.code]).toEqual(['EMPTY', 'EMPTY']);
  });

  it('keys and fingerprints are those of lines', () => {
    const text = new Uint8Array(Buffer.from(EXAMPLES.join('\n'), 'latin1'));
    const lines = core.parseBatch(text);
    const fingerprint = lines.columns.fingerprint.slice(0, lines.count * 4);
    const keys = core.keys(lines).bytes.slice();
    const batch = core.parseBatch(frames(EXAMPLES), U16);
    expect(batch.columns.fingerprint.slice(0, batch.count * 4)).toEqual(fingerprint);
    expect(core.keys(batch).bytes.slice()).toEqual(keys);
  });
});

describe('a frame that is cut off', () => {
  const [first, second] = EXAMPLES as [string, string];
  const whole = frames([first, second]);
  const at = first.length + 2;

  it.each([
    ['in its code', whole.length - 1, at],
    ['before its code', at + 2, at],
    ['in its length', at + 1, at],
    ['the first', 5, 0],
    ['of one byte', 1, 0],
  ])('%s: an error that names the offset', (_, size, offset) => {
    const cut = whole.subarray(0, size);
    expect(() => core.parseBatch(cut, U16)).toThrow(RangeError);
    expect(() => core.parseBatch(cut, U16)).toThrow(new RegExp(`the frame at offset ${offset} is cut off`));
    core.input(whole.length).set(whole);
    expect(() => core.parseInput(size, U16)).toThrow(`and ${size - offset} are left`);
    expect(core.parseInput(whole.length, U16).count).toBe(2);
  });

  it('what stood in memory behind the input is not taken for it', () => {
    core.input(200).fill(0x39);
    const cut = Uint8Array.of(...frames([first]), 4, 0, 0x39);
    expect(() => core.parseBatch(cut, U16)).toThrow(
      `the frame at offset ${at} is cut off: it takes 6 bytes and 3 are left`,
    );
  });
});
