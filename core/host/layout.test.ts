// The host's numbers are the core's: compared with the source that defines them, not with another copy.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FLAGS, viewColumns } from './columns.js';
import { packageKey, textToKey, unitKey } from './key.js';
import { compileCore } from './load.js';
import { instantiate, LAYOUT_NAMES } from './module.js';

const { exports, layout } = await instantiate(await compileCore());
const source = readFileSync(new URL('../../../core/assembly/layout.ts', import.meta.url), 'utf8');

/** Constants of layout.ts that are plain numbers. */
const written = new Map(
  [...source.matchAll(/^export const ([A-Z_]+): u32 = ([\d_]+);/gm)].map(([, name, value]) => [
    name!,
    Number(value!.replaceAll('_', '')),
  ]),
);

describe('layout', () => {
  it('is what layout.ts says', () => {
    const plain = LAYOUT_NAMES.filter((name) => written.has(name));
    expect(plain.length).toBeGreaterThan(30);
    for (const name of plain) expect([name, layout[name]]).toEqual([name, written.get(name)]);
    for (const name of written.keys()) if (name.startsWith('COLUMN_')) expect(LAYOUT_NAMES).toContain(name);
    expect(layout.KEY_MAX).toBe(layout.LINE_MAX + 1);
    expect(layout.ELEMENTS_MAX).toBe(Math.floor(layout.LINE_MAX / 3) + 1);
    expect(source).toContain(`memory.data(${(21_872).toLocaleString('en').replace(',', '_')}, 16)`);
    expect(layout.FAULTS_MAX * layout.FAULT_BYTES).toBe(16_384);
    expect(Math.ceil((layout.ELEMENTS_MAX * layout.ELEMENT_BYTES) / 16) * 16).toBeLessThanOrEqual(21_872);
  });

  it('the columns fill a row without gap or overlap, aligned', () => {
    const rows = layout.ROW_STEP;
    const columns = viewColumns(exports.memory.buffer, layout, 0, rows);
    const spans = Object.values(columns)
      .map((column: Uint8Array) => [column.byteOffset / rows, column.byteLength / rows] as const)
      .sort((a, b) => a[0] - b[0]);
    let end = 0;
    for (const [start, width] of spans) {
      expect(start).toBe(end);
      end = start + width;
    }
    expect(end).toBe(layout.ROW_BYTES);
  });

  it('flags and key prefixes are the same numbers', () => {
    expect(FLAGS).toEqual({
      tail: layout.FLAG_TAIL,
      ambiguous: layout.FLAG_AMBIGUOUS,
      templateMismatch: layout.FLAG_TEMPLATE_MISMATCH,
      elementString: layout.FLAG_ELEMENT_STRING,
      noSerial: layout.FLAG_NO_SERIAL,
    });
    expect(unitKey('04607000001042', 'A')[0]).toBe(layout.KEY_UNIT);
    expect(packageKey('195200000000000117')[0]).toBe(layout.KEY_PACKAGE);
    expect(textToKey('anything')[0]).toBe(layout.KEY_OTHER);
  });

  it('the module asks for nothing of its host and stands clear of its static data', () => {
    expect(exports.inputStart() % 64).toBe(0);
    expect(exports.inputStart()).toBeGreaterThanOrEqual(layout.FAULTS + layout.FAULTS_MAX * layout.FAULT_BYTES);
    expect(exports.inputStart()).toBeGreaterThanOrEqual(layout.ELEMENTS + layout.ELEMENTS_MAX * layout.ELEMENT_BYTES);
    expect(exports.inputStart()).toBeLessThan(exports.memory.buffer.byteLength);
  });
});
