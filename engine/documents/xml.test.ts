import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_LIMITS } from './limits.js';
import { readDocument } from './read-document.js';
import { failure, issueCodes, readText, sample, sampleText, scratch, windows1251 } from './scratch.test.files.js';
import { sniff } from './source.js';

const write = scratch();
const PACK = sampleText('mdlp-911-unit_pack.xml');
const UPD = sampleText('upd-503-seller.xml');

function read(content: string | Uint8Array) {
  return readDocument(write('document.xml', content));
}

describe('broken XML', () => {
  it('cut off at any place is refused', async () => {
    const bytes = readFileSync(sample('upd-503-seller.xml'));
    for (let length = 60; length < bytes.length - 8; length += 97) {
      const data = await failure(read(bytes.subarray(0, length)), 'XML_BROKEN');
      expect(data.line).toBeGreaterThan(0);
    }
  });

  it('names file, line, column and the fault', async () => {
    const data = await failure(
      read('<documents version="1.37"><unit_pack action_id="911">\n  <a></b>\n</unit_pack></documents>'),
      'XML_BROKEN',
    );
    expect(data).toMatchObject({
      line: 2,
      detail: expect.stringMatching(/unexpected close tag/),
    });
    expect(data.path).toMatch(/document\.xml$/);
    expect(data.column).toBeGreaterThan(5);
  });

  it('raw control characters are refused with advice', async () => {
    const data = await failure(read(PACK.replace('DEMOBX1A0001', 'DEMOBX1\x1d0001')), 'XML_BROKEN');
    expect(data).toMatchObject({
      line: 8,
      detail: expect.stringMatching(/disallowed character.*without its crypto tail/),
    });
  });

  it('a .gz cut off is told as such, not as XML', async () => {
    const whole = gzipSync(PACK + ' '.repeat(10));
    await failure(readDocument(write('cut.xml.gz', whole.subarray(0, whole.length - 20))), 'GZIP_BROKEN');
    expect((await readDocument(write('whole.xml.gz', whole))).tree[0]!.children.count).toBe(5);
  });

  it('a list or a table is no document', async () => {
    expect((await failure(readDocument(sample('inventory-list.txt')), 'DOCUMENT_UNKNOWN')).detail).toMatch(
      /^a list; expected MDLP/,
    );
    expect((await failure(readDocument(sample('registry-snapshot.csv')), 'DOCUMENT_UNKNOWN')).detail).toMatch(
      /^a table/,
    );
  });
});

describe('hostile XML', () => {
  it.each([
    ['external entity', '<!DOCTYPE documents [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    [
      'entities that grow',
      '<!DOCTYPE documents [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]>',
    ],
    ['external DTD', '<!DOCTYPE documents SYSTEM "http://127.0.0.1/x.dtd">'],
    ['plain DOCTYPE', '<!DOCTYPE documents>'],
    ['parameter entity', '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'],
  ])('%s', async (_title, doctype) => {
    const data = await failure(read(PACK.replace('<documents', `${doctype}\n<documents`)), 'XML_FORBIDDEN');
    expect(data).toMatchObject({
      line: 2,
      detail: expect.stringMatching(/DOCTYPE/),
    });
    expect(data.column).toBeGreaterThan(0);
  });

  it('an entity that nobody declared is refused', async () => {
    await failure(read(PACK.replace('DEMOBX1A0001', '&x;')), 'XML_BROKEN');
  });

  it('depth, attributes and text have limits', async () => {
    const deep = (depth: number) =>
      PACK.replace('<content>', `${'<a>'.repeat(depth - 2)}${'</a>'.repeat(depth - 2)}<content>`);
    await failure(read(deep(DOCUMENT_LIMITS.xmlDepth + 1)), 'XML_FORBIDDEN');
    expect((await read(deep(DOCUMENT_LIMITS.xmlDepth))).tree).toHaveLength(1);
    const attributes = Array.from({ length: DOCUMENT_LIMITS.xmlAttributes + 1 }, (_, i) => `a${i}="x"`).join(' ');
    await failure(read(`<documents ${attributes}/>`), 'XML_FORBIDDEN');
    const long = 'A'.repeat(DOCUMENT_LIMITS.xmlText + 1);
    await failure(read(PACK.replace('DEMOBX1A0001', long)), 'XML_FORBIDDEN');
    await failure(read(`<documents version="${long}"/>`), 'XML_FORBIDDEN');
    // Pieces that only together are too long.
    await failure(
      read(PACK.replace('DEMOBX1A0001', `${'A'.repeat(40_000)}<!-- -->${'A'.repeat(40_000)}`)),
      'XML_FORBIDDEN',
    );
  });

  it.each([
    ['tag name', '<', 'XML_FORBIDDEN'],
    ['comment', '<documents version="1.37"><!--', 'XML_FORBIDDEN'],
    ['DOCTYPE', '<!DOCTYPE a [', 'XML_FORBIDDEN'],
    ['processing instruction', '<?x ', 'XML_FORBIDDEN'],
    ['attribute', '<documents version="', 'XML_FORBIDDEN'],
    ['entity', '<documents version="1.37">&', 'XML_FORBIDDEN'],
    ['CDATA', '<documents version="1.37"><![CDATA[', 'XML_FORBIDDEN'],
    ['text', '<documents version="1.37">', 'XML_FORBIDDEN'],
    ['text outside the root', `${PACK.trimEnd()}`, 'XML_BROKEN'],
  ])('an endless %s is cut short', async (_title, start, code) => {
    const read: number[] = [];
    const path = write('endless.xml', start + 'x'.repeat(8 * 1024 * 1024));
    await failure(readDocument(path, { onProgress: (bytes) => read.push(bytes) }), code);
    // The rest of the file is not read.
    expect(read.at(-1)).toBeLessThan(4 * 1024 * 1024);
  });

  it('names that are special to JavaScript are names like any other', async () => {
    const text = PACK.replace(
      '<content>',
      '<__proto__><x>1</x></__proto__><constructor>2</constructor><content>',
    ).replace('action_id="911"', 'action_id="911" __proto__="x" constructor="y" toString="z"');
    const model = await readText(write, text);
    expect(model.tree[0]!.children.count).toBe(5);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    await failure(read('<__proto__/>'), 'DOCUMENT_UNKNOWN');
    await failure(read('<constructor/>'), 'DOCUMENT_UNKNOWN');
  });
});

describe('encodings', () => {
  it('windows-1251 and UTF-8 give the same document', async () => {
    const plain = UPD.replace('é', 'e').replace(/[«»]/g, '').replace('&#233;', 'e');
    const one = await readDocument(write('a.xml', windows1251(plain)));
    const two = await readText(write, plain);
    expect(one.lines.map((line) => line.name)).toEqual(two.lines.map((line) => line.name));
    expect(one.lines[0]!.name).toBe('Молоко питьевое ультрапастеризованное 3,2 % 0,95 л');
  });

  it('characters across the pieces of a read are put together', async () => {
    const filler = `<!--${'я'.repeat(40_001)}-->`;
    for (const shift of ['', ' ']) {
      const model = await readText(write, UPD.replace('<ТаблСчФакт>', `${shift}${filler}<ТаблСчФакт>`));
      expect(model.lines).toHaveLength(4);
    }
  });

  it('a byte order mark wins over the declaration', async () => {
    const model = await read(`\ufeff${UPD}`);
    expect(model.sender!.name).toBe('ООО "Образец-Поставщик"');
  });

  it.each(['koi8-r', 'UTF-16', 'ibm866', 'utf-7', 'x'])('declared %s is refused', async (name) => {
    const data = await failure(read(UPD.replace('windows-1251', name)), 'FILE_ENCODING');
    expect(data.detail).toContain(name.toLowerCase());
  });

  it('bytes that the encoding lacks are refused with their line', async () => {
    const broken = Buffer.from(PACK);
    broken[broken.indexOf('DEMOBX1A0002')] = 0xff;
    expect((await failure(read(broken), 'FILE_ENCODING')).line).toBe(9);
    const undefinedIn1251 = Buffer.from(readFileSync(sample('upd-503-buyer.xml')));
    undefinedIn1251[undefinedIn1251.indexOf('c2FtcGxl')] = 0x98;
    expect((await failure(read(undefinedIn1251), 'FILE_ENCODING')).line).toBe(5);
    // A file of windows-1251 that declares nothing.
    await failure(read(windows1251(UPD.replace(/[«»]/g, '').replace(' encoding="windows-1251"', ''))), 'FILE_ENCODING');
    // Cut in the middle of a character.
    await failure(read(Buffer.concat([Buffer.from(PACK), Buffer.from([0xd0])])), 'FILE_ENCODING');
  });

  it('UTF-16 is refused before anything is parsed', async () => {
    await failure(read(Buffer.from(`\ufeff${PACK}`, 'utf16le')), 'FILE_UTF16');
    await failure(read(Buffer.from(PACK, 'utf16le')), 'FILE_UTF16');
  });
});

describe('text of codes', () => {
  it('entities, numeric references, CDATA, comments and white space around', async () => {
    const text = UPD.replace(
      '<КИЗ>0109520000003036215a&amp;b&lt;1</КИЗ>',
      '<КИЗ>\n  01095200000030362&#49;5&#x61;<![CDATA[&b<1]]><!-- x -->\n</КИЗ>',
    );
    const model = await readText(write, text);
    expect([...model.lines[0]!.codes]).toEqual([
      '0109520000003036215a&b<1',
      '0109520000003036215"c\'d2',
      '0109520000003036215Z+e=3',
    ]);
  });

  it('a line feed inside a code is a finding; the code is left out', async () => {
    const model = await readText(write, UPD.replace('5a&amp;b', '5a&#10;b'));
    expect(model.lines[0]!.codes.count).toBe(2);
    expect(issueCodes(model)).toContain('CODE_CONTROL_CHARACTER');
  });
});

describe('readDocument', () => {
  it('can be cancelled, before and while reading', async () => {
    const path = sample('upd-503-seller.xml');
    await failure(readDocument(path, { signal: AbortSignal.abort() }), 'CANCELLED');
    const controller = new AbortController();
    const big = write(
      'big.xml',
      PACK.replace('<content>', `<content>${'<sgtin>095200000010187DEMOBX1A0009</sgtin>'.repeat(100_000)}`),
    );
    await failure(
      readDocument(big, {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
      'CANCELLED',
    );
  });

  it('takes a recognised source, and reports progress', async () => {
    const form = await sniff(sample('mdlp-911-unit_pack.xml'));
    const seen: number[] = [];
    await readDocument(form, { onProgress: (bytes) => seen.push(bytes) });
    expect(seen.at(-1)).toBe(form.size);
  });

  it('keeps a bounded number of findings and counts the rest', async () => {
    const model = await readText(write, PACK.replace('<content>', `<content>${'<sgtin>bad</sgtin>'.repeat(8_000)}`));
    expect(model.issues).toHaveLength(DOCUMENT_LIMITS.issues + 1);
    expect(model.issues.at(-1)).toEqual({
      code: 'MORE_ISSUES',
      detail: `${8_000 + 7_999 - DOCUMENT_LIMITS.issues} further findings were not kept`,
    });
  });
});
