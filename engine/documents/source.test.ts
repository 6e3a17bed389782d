import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { failure, sample, scratch, windows1251 } from './scratch.test.files.js';
import { asFileError, type OpenOptions, openBytes, type SourceForm, sniff } from './source.js';

const write = scratch();
const LIST = '0104607428679218215abc\n0104607428679218215abd\n';

async function all(source: SourceForm, signal?: AbortSignal, options?: OpenOptions): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of openBytes(source, signal, options)) parts.push(part);
  return Buffer.concat(parts);
}

describe('sniff', () => {
  it.each([
    ['inventory-list.txt', 'list'],
    ['inventory-scans.csv', 'csv'],
    ['registry-snapshot.csv', 'csv'],
    ['mdlp-415-move_order.xml', 'xml'],
    ['upd-503-seller.xml', 'xml'],
  ])('knows %s as %s', async (name, content) => {
    expect(await sniff(sample(name))).toMatchObject({
      content,
      gzip: false,
      bom: false,
      path: sample(name),
    });
  });

  it.each([
    ['header word only', `code\n${LIST}`, 'list'],
    ['Russian header word', `Код маркировки\n${LIST}`, 'list'],
    ['header in windows-1251', Buffer.concat([windows1251('Код;Статус\n'), Buffer.from('x')]), 'csv'],
    ['separators inside a serial', '0104607428679218215a;b,c\n', 'list'],
    ['tabs', 'CIS\tStatus\n', 'csv'],
    ['quoted fields', '"0104607428679218215abc","x"\n', 'csv'],
    ['one quoted column', '"0104607428679218215a""c"\n', 'csv'],
    ['a quote that begins no field', '0104607428679218215"a\n', 'list'],
    ['printed separator first', '<GS>0104607428679218215abc\n', 'list'],
    ['separators GS, RS, EOT', `${'\x1d\x1e\x04'.repeat(40)}\n`, 'list'],
    ['blank lines before XML', '\n\n <a/>', 'xml'],
  ])('%s', async (_title, text, content) => {
    expect((await sniff(write('sniffed', text))).content).toBe(content);
  });

  it('looks inside .gz and behind a byte order mark', async () => {
    const path = write('list.gz', gzipSync(`\ufeffcode;status\n${LIST}`));
    const form = await sniff(path);
    expect(form).toMatchObject({ gzip: true, bom: true, content: 'csv' });
    expect((await all(form)).toString()).toBe(`code;status\n${LIST}`);
  });

  it('refuses what is not there or not a file', async () => {
    await failure(sniff('/nowhere/at all.txt'), 'FILE_NOT_FOUND');
    await failure(sniff(`${sample('inventory-list.txt')}/x`), 'FILE_NOT_FOUND');
    const folder = join(dirname(write('a', 'x')), 'folder');
    mkdirSync(folder);
    expect((await failure(sniff(folder), 'FILE_UNREADABLE')).detail).toMatch(/folder/);
    await failure(sniff('/dev/null'), 'FILE_UNREADABLE');
    await failure(sniff('a\0b'), 'FILE_UNREADABLE');
  });

  it('tells a refused permission and a failing disk in the words of the system', () => {
    for (const [code, words] of [
      ['EACCES', 'permission denied'],
      ['EIO', 'i/o error'],
    ]) {
      const error = asFileError(Object.assign(new Error(`${code}: ${words}`), { code }), '/a');
      expect(error).toMatchObject({
        code: 'FILE_UNREADABLE',
        data: { path: '/a', detail: `${code}: ${words}` },
      });
    }
    const foreign = new RangeError('a fault of ours');
    expect(asFileError(foreign, '/a')).toBe(foreign);
  });

  it('refuses an empty file, in any wrapping', async () => {
    for (const content of [Buffer.alloc(0), Buffer.from('\ufeff'), gzipSync(''), gzipSync('\ufeff')]) {
      await failure(sniff(write('empty', content)), 'FILE_EMPTY');
    }
  });

  it('refuses UTF-16 with and without its mark, both ways round', async () => {
    const little = Buffer.from(LIST, 'utf16le');
    const big = Buffer.from(little).swap16();
    const russian = Buffer.from(`${LIST}КМ;статус`, 'utf16le');
    for (const bytes of [
      little,
      big,
      russian,
      Buffer.from(`\ufeff${LIST}`, 'utf16le'),
      Buffer.from(`\ufeff${LIST}`, 'utf16le').swap16(),
    ]) {
      await failure(sniff(write('utf16', bytes)), 'FILE_UTF16');
    }
  });

  it('refuses binary data, but not a list with a few control characters', async () => {
    for (let i = 0; i < 20; i++) {
      await failure(
        sniff(write('binary', Buffer.concat([Buffer.from([1, 2, 3, 5, 0x41]), randomBytes(4000)]))),
        'FILE_NOT_TEXT',
      );
    }
    expect((await failure(sniff(write('a.xlsx', Buffer.from('PK\x03\x04rest'))), 'FILE_NOT_TEXT')).detail).toMatch(
      /ZIP/,
    );
    expect((await sniff(write('soiled', `${LIST}abc\0def\x01\n`))).content).toBe('list');
  });

  it('refuses a .gz that is cut off or damaged', async () => {
    const whole = gzipSync(LIST);
    await failure(sniff(write('cut.gz', whole.subarray(0, whole.length - 6))), 'GZIP_BROKEN');
    await failure(sniff(write('head.gz', whole.subarray(0, 5))), 'GZIP_BROKEN');
    const damaged = Buffer.from(whole);
    damaged[14]! ^= 0xff;
    await failure(sniff(write('damaged.gz', damaged)), 'GZIP_BROKEN');
  });
});

describe('openBytes', () => {
  it('finds a long .gz cut off far behind its head', async () => {
    const whole = gzipSync(randomBytes(300_000).toString('hex'));
    const form = await sniff(write('long.gz', whole.subarray(0, whole.length - 100)));
    expect((await failure(all(form), 'GZIP_BROKEN')).path).toBe(form.path);
  });

  it('reads members of a .gz one after another, a mark split between them', async () => {
    const bytes = Buffer.from(`\ufeff${LIST}`);
    const form = await sniff(
      write('members.gz', Buffer.concat([gzipSync(bytes.subarray(0, 1)), gzipSync(bytes.subarray(1))])),
    );
    expect(form.bom).toBe(true);
    expect((await all(form)).toString()).toBe(LIST);
  });

  it('stops at the limit of the decompressed size', async () => {
    const form = await sniff(write('big.gz', gzipSync(LIST.repeat(1000))));
    expect((await failure(all(form, undefined, { bytesMax: 10_000 }), 'FILE_TOO_LARGE')).limit).toMatch(/10000/);
  });

  it('stops a bomb by its ratio', async () => {
    const form = await sniff(write('bomb.gz', gzipSync(Buffer.alloc(300 * 1024 * 1024, 'a\n'), { level: 9 })));
    expect((await failure(all(form), 'FILE_TOO_LARGE')).limit).toMatch(/200 times/);
  });

  it('tells a file that grew since it was recognised', async () => {
    const form = await sniff(write('growing', LIST));
    appendFileSync(form.path, 'more\n');
    await failure(all(form), 'FILE_CHANGED');
  });

  it('can be cancelled, and reports progress in bytes on disk', async () => {
    const form = await sniff(write('list', LIST));
    await failure(all(form, AbortSignal.abort()), 'CANCELLED');
    const seen: number[] = [];
    await all(form, undefined, { onProgress: (bytes) => seen.push(bytes) });
    expect(seen.at(-1)).toBe(form.size);
  });
});
