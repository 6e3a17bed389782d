// Goal: a broken input is told of clearly, ends with exit code 2, and leaves the register as it was.
// Method: every command that reads files meets every kind of broken file; the register's digest is compared before and after.
import { chmodSync, existsSync, mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { open } from 'lmdb';
import { beforeAll, describe, expect, it } from 'vitest';
import { Register } from '../../engine/index.js';
import { demoCode, MAIN, sample, scratchFolder, tamga } from './run-cli.test.files.js';

const folder = scratchFolder();
const dir = join(folder.path, 'register');
const list = Array.from({ length: 2000 }, (_, i) => demoCode(i)).join('\n');

/** Reproducible bytes of no meaning. */
function garbage(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** A gigabyte without an end of line; the file is sparse. */
function endless(): string {
  const path = folder.file('endless.txt', 'A'.repeat(100_000));
  truncateSync(path, 1 << 30);
  return path;
}

const xml = '<?xml version="1.0"?><documents version="1.37"><move_order action_id="415">';
const BROKEN: [name: string, path: string, code: string][] = [
  ['a missing file', join(folder.path, 'absent.txt'), 'FILE_NOT_FOUND'],
  ['a folder', folder.path, 'FILE_UNREADABLE'],
  ['an empty file', folder.file('empty.txt', ''), 'FILE_EMPTY'],
  ['a file of a byte order mark', folder.file('bom.txt', '\ufeff'), 'FILE_EMPTY'],
  ['binary garbage', folder.file('garbage.bin', garbage(10_000)), 'FILE_NOT_TEXT'],
  ['a ZIP', folder.file('book.xlsx', Buffer.from('PK\x03\x04\x14\x00\x06\x00binary')), 'FILE_NOT_TEXT'],
  ['UTF-16', folder.file('utf16.txt', Buffer.from(`\ufeff${list}`, 'utf16le')), 'FILE_UTF16'],
  ['UTF-16 without a mark', folder.file('utf16-bare.txt', Buffer.from(list, 'utf16le')), 'FILE_UTF16'],
  ['a truncated .gz', folder.file('cut.gz', gzipSync(list).subarray(0, 500)), 'GZIP_BROKEN'],
  ['a line of a gigabyte', endless(), 'LINE_TOO_LONG'],
];

async function digest(): Promise<string> {
  const register = Register.open(dir);
  try {
    return register.digest();
  } finally {
    await register.close();
  }
}

let before = '';
beforeAll(async () => {
  expect((await tamga(['import', sample('registry-snapshot.csv'), '--register', dir])).code).toBe(0);
  before = await digest();
});

describe.each(BROKEN)('%s', (_name, path, errorCode) => {
  it.each([
    ['parse', ['parse', path]],
    ['verify', ['verify', path, '--register', dir]],
    ['import', ['import', sample('inventory-list.txt'), path, '--register', dir]],
    ['reconcile', ['reconcile', '--expected', sample('inventory-list.txt'), '--scanned', path, '--register', dir]],
  ])('%s names it and exits 2', async (_command, args) => {
    const { code, out, err } = await tamga(args);
    expect(err).toContain(errorCode);
    expect(err.startsWith(path)).toBe(true);
    expect(err).toContain('What to do:');
    expect(out).toBe('');
    expect(code).toBe(2);
    expect(await digest()).toBe(before);
  });
});

it('names the line that is too long', async () => {
  const path = folder.file('long.txt', `${list}\n${'A'.repeat(4 << 20)}`);
  const { err } = await tamga(['parse', path]);
  expect(err).toContain(`${path}:2001: error LINE_TOO_LONG`);
});

describe('broken documents', () => {
  it.each([
    ['cut off', `${xml}<subject_id>`, 'XML_BROKEN', ':1'],
    ['not well-formed', `${xml}\n<a></b>`, 'XML_BROKEN', ':2'],
    [
      'with a DOCTYPE',
      '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      'XML_FORBIDDEN',
      '',
    ],
    ['of an unknown kind', '<?xml version="1.0"?><invoice/>', 'DOCUMENT_UNKNOWN', ':1'],
  ])('%s: named with its line', async (name, content, errorCode, place) => {
    const path = folder.file(`${name.replaceAll(' ', '-')}.xml`, content);
    for (const args of [
      ['import', sample('inventory-list.txt'), path, '--register', dir],
      ['document', path],
      ['verify', path],
      ['reconcile', '--expected', path, '--scanned', sample('inventory-list.txt')],
    ]) {
      const { code, err } = await tamga(args);
      expect(err).toContain(errorCode);
      expect(err.startsWith(`${path}${place}`)).toBe(true);
      expect(code).toBe(2);
    }
    expect(await digest()).toBe(before);
  });

  it('a list is no document, and a document no list', async () => {
    expect(await tamga(['document', sample('inventory-list.txt')])).toMatchObject({
      code: 2,
      err: expect.stringContaining('DOCUMENT_UNKNOWN'),
    });
    const parsed = await tamga(['parse', sample('mdlp-415-move_order.xml')]);
    expect(parsed).toMatchObject({ code: 2, err: expect.stringContaining('tamga document') });
  });

  it('a table without a column of codes is named with its columns', async () => {
    const path = folder.file('columns.csv', 'owner;price\n1;2\n');
    const { code, err } = await tamga(['import', path, '--register', dir]);
    expect(err).toContain('CSV_NO_CODE_COLUMN');
    expect(code).toBe(2);
  });
});

describe('text that only looks unusual', () => {
  it.each([
    ['CRLF', list.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${list}`],
    ['a last line with an end', `${list}\n`],
    ['gzip', gzipSync(list)],
  ])('%s is read like any other', async (name, content) => {
    const path = folder.file(`usual-${name.length}.txt`, content);
    const { code, out } = await tamga(['verify', path, '--summary', '--json']);
    expect(JSON.parse(out).summary.outcomes).toEqual({ WELL_FORMED: 2000 });
    expect(code).toBe(0);
  });
});

describe('the standard input', () => {
  it.each([
    ['parse', '', 'FILE_EMPTY'],
    ['parse', Buffer.from(`\ufeff${list}`, 'utf16le'), 'FILE_UTF16'],
    ['parse', Buffer.alloc(100), 'FILE_NOT_TEXT'],
    ['parse', gzipSync(list).subarray(0, 500), 'GZIP_BROKEN'],
    ['parse', 'A'.repeat(5 << 20), 'LINE_TOO_LONG'],
    ['verify', '', 'FILE_EMPTY'],
    ['verify', Buffer.from(`\ufeff${list}`, 'utf16le'), 'FILE_UTF16'],
  ])('%s names it when it is broken', async (command, input, errorCode) => {
    const { code, err } = await tamga([command], input);
    expect(err.startsWith('-')).toBe(true);
    expect(err).toContain(errorCode);
    expect(code).toBe(2);
  });
});

describe('registers', () => {
  it('one that is not there is not made by asking', async () => {
    const absent = join(folder.path, 'absent');
    for (const args of [
      ['verify', sample('inventory-list.txt'), '--register', absent],
      ['register', 'stat', absent],
      ['serve', '--register', absent, '--port', '0'],
    ]) {
      const { code, err } = await tamga(args);
      expect(err).toContain('REGISTER_NOT_FOUND');
      expect(code).toBe(2);
    }
    expect(existsSync(absent)).toBe(false);
  });

  it('one that a failed import began is taken away', async () => {
    const fresh = join(folder.path, 'fresh');
    const { code } = await tamga(['import', folder.file('broken.xml', xml), '--register', fresh]);
    expect(code).toBe(2);
    expect(existsSync(fresh)).toBe(false);
  });

  it('one of a newer version is refused and left as it is', async () => {
    const newer = join(folder.path, 'newer');
    await tamga(['import', sample('registry-snapshot.csv'), '--register', newer]);
    const root = open({ path: newer, noSubdir: false, maxDbs: 16 });
    const meta = root.openDB<{ schema: number }, string>({ name: 'meta', encoding: 'json' });
    const changed = { ...meta.get('register'), schema: 99 };
    await meta.put('register', changed);
    await root.close();
    for (const args of [
      ['import', sample('inventory-list.txt'), '--register', newer],
      ['verify', sample('inventory-list.txt'), '--register', newer],
    ]) {
      const { code, err } = await tamga(args);
      expect(err).toContain('REGISTER_NEWER');
      expect(err).toContain('Update Tamga');
      expect(code).toBe(2);
    }
    const after = open({ path: newer, noSubdir: false, maxDbs: 16, readOnly: true });
    expect(after.openDB({ name: 'meta', encoding: 'json' }).get('register')).toEqual(changed);
    await after.close();
  });

  it('a folder of other files is not a register', async () => {
    const other = join(folder.path, 'other');
    mkdirSync(other);
    folder.file('other/photo.jpg', 'x');
    const { code, err } = await tamga(['import', sample('inventory-list.txt'), '--register', other]);
    expect(err).toContain('the folder holds other files');
    expect(code).toBe(2);
    expect(existsSync(join(other, 'photo.jpg'))).toBe(true);
  });
});

describe('permissions', () => {
  it('a file that may not be read is named', async () => {
    const path = folder.file('secret.txt', list);
    chmodSync(path, 0o000);
    chmodSync(folder.path, 0o755);
    // The superuser reads everything, so the program runs as nobody; where nobody can't even reach the program, there is nothing to see.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const reachable = (await tamga(['--version'], '', asNobody)).code === 0;
    const { code, err } = await tamga(['parse', path], '', asNobody);
    expect(code).not.toBe(0);
    if (reachable) {
      expect(err).toContain(`${path}: error FILE_UNREADABLE`);
      expect(code).toBe(2);
    } else {
      expect(err).toContain(MAIN);
    }
  });
});
