import { describe, expect, it } from 'vitest';
import {
  type Country,
  FORMATS,
  formatsOf,
  loadCore,
  type MarkingFormat,
  structureId,
  structureNumber,
  structuresInEffect,
} from './index.js';

const core = await loadCore();
const withExample = FORMATS.filter((format) => format.example !== null);

/** Structures whose examples another country's or the bare reading of the same characters would also fit. */
const NEEDS_COUNTRY = 'tobacco-pack';

describe('every format of the table', () => {
  it.each(withExample.map((format) => [`${format.group} (${format.countries})`, format] as const))(
    '%s',
    (_, format) => {
      for (const country of format.countries) {
        const code = core.parse(format.example!, { country });
        expect(code.error).toBeUndefined();
        expect(code).toMatchObject({ ok: true, format: format.structure });
        expect(code.ambiguous).toBeUndefined();
        expect(code.templateMismatch).toBeUndefined();
        expect(code.kind).toBe(format.structure === 'sscc' ? 'package' : 'unit');
        checkParts(format, country);
      }
    },
  );

  it('covers every published row but the alcohol stamps, whose fields are not known', () => {
    const without = FORMATS.filter(({ example, structure }) => example === null && structure !== null);
    expect(without.map(({ group }) => group)).toEqual([
      'ЕГАИС alcohol, old stamp (PDF417)',
      'ЕГАИС alcohol, new stamp (DataMatrix)',
      'Light industry, older tail of 88',
      'Perfumery, older tail of 88',
      'Tyres, older tail of 88',
    ]);
    expect(withExample.length).toBeGreaterThan(100);
  });

  it('knows alcohol stamps by length and characters', () => {
    expect(core.parse(`22N${'0A9Z7'.repeat(13)}`)).toMatchObject({
      format: 'egais-68',
      kind: 'unit',
      gtin: null,
      ais: [],
    });
    expect(core.parse('1B'.repeat(75))).toMatchObject({ format: 'egais-150', kind: 'unit', key: '1B'.repeat(75) });
    expect(core.parse('1b'.repeat(34))).toMatchObject({ ok: false });
    expect(core.parse('1B'.repeat(34), { country: 'UZ' }).format).not.toBe('egais-68');
  });
});

/** The parts of the example, cut by hand. */
function checkParts({ example, structure }: MarkingFormat, country: Country): void {
  const code = core.parse(example!, { country });
  const text = example!;
  if (structure!.startsWith('01-21.')) {
    const serial = Number(/^01-21\.(\d+)/.exec(structure!)![1]);
    expect(code.gtin).toBe(text.slice(2, 16));
    expect(code.serial).toBe(text.slice(18, 18 + serial));
    expect(code.key).toBe(text.slice(2, 16) + text.slice(18, 18 + serial));
    expect(code.ais.flat().join('')).toBe(text.replaceAll('\u001d', ''));
    const values = new Map(code.ais);
    const value = values.get('92') ?? values.get('93') ?? null;
    expect(code.tail?.value ?? null).toBe(value);
    expect(code.tail?.keyId ?? null).toBe(values.get('91') ?? null);
  } else if (structure === 'sscc') {
    expect(code.sscc).toBe(text.slice(-18));
    expect(code.key).toBe(text.slice(-18));
  } else if (structure === 'fur') {
    expect(code).toMatchObject({ gtin: null, serial: null, key: text });
  } else {
    const serial = structure === 'sgtin' ? 13 : 7;
    expect(code).toMatchObject({ gtin: text.slice(0, 14), serial: text.slice(14, 14 + serial), ais: [] });
    if (structure === NEEDS_COUNTRY) {
      expect(code.tail?.value).toBe(country === 'RU' ? text.slice(25) : text.slice(21));
      expect(code.price === undefined).toBe(country === 'UZ');
    }
  }
}

describe('structures and dates of effect', () => {
  it('numbers structures both ways', () => {
    for (const { structure } of FORMATS) {
      if (structure !== null) expect(structureId(structureNumber(structure))).toBe(structure);
    }
    expect(structureNumber('gs1')).toBe(1);
    expect(structureId(0)).toBeNull();
    expect(structureId(255)).toBeNull();
    expect(structureNumber('none')).toBe(-1);
    expect(structureNumber('')).toBe(-1);
    expect(formatsOf('sgtin')).toHaveLength(1);
  });

  const dated = (structure: string, from: string | null, until: string | null): MarkingFormat => ({
    ...formatsOf(structure)[0]!,
    from,
    until,
  });

  it.each([
    ['2026-01-31T23:59:59Z', 0],
    ['2026-02-01T00:00:00Z', 1],
    ['2026-03-31T23:59:59Z', 1],
    ['2026-04-01T00:00:00Z', 0],
  ])('a row from 2026-02-01 until 2026-03-31 on %s: %i', (at, expected) => {
    const formats = [dated('sgtin', '2026-02-01', '2026-03-31')];
    const inEffect = structuresInEffect(new Date(at), formats);
    expect(inEffect[structureNumber('sgtin')]).toBe(expected);
    expect(inEffect[structureNumber('sscc')]).toBe(1);
  });

  it('is in effect while one of its rows is', () => {
    const formats = [dated('sgtin', null, '2026-01-01'), dated('sgtin', '2026-02-01', null)];
    const number = structureNumber('sgtin');
    expect(structuresInEffect(new Date('2025-06-01'), formats)[number]).toBe(1);
    expect(structuresInEffect(new Date('2026-01-15'), formats)[number]).toBe(0);
    expect(structuresInEffect(new Date('2027-01-15'), formats)[number]).toBe(1);
    expect(structuresInEffect(undefined, formats)[number]).toBe(1);
  });

  it('decides what the core recognises', async () => {
    const formats = [dated('01-21.6-93', '2026-02-01', null), dated('sgtin', null, '2026-01-31')];
    const then = await loadCore({ formats });
    const milk = formatsOf('01-21.6-93')[0]!.example!;
    const sgtin = formatsOf('sgtin')[0]!.example!;
    const before = { at: new Date('2026-01-10') };
    const after = { at: new Date('2026-02-10') };
    expect(then.parse(milk, before)).toMatchObject({ ok: true, format: 'gs1', templateMismatch: true });
    expect(then.parse(milk, after)).toMatchObject({ ok: true, format: '01-21.6-93' });
    expect(then.parse(sgtin, before).format).toBe('sgtin');
    expect(then.parse(sgtin, after).error?.code).toBe('UNKNOWN_CODE_TYPE');
    expect(then.parse(sgtin).format).toBe('sgtin');
  });
});
