// The browser build: the same module and host, loaded without Node. The graph of imports and the loaders are tested in Node;
// with Chromium installed (Debian: apt-get install chromium) also in a page, against what Node says of the same codes.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import * as browser from './browser.js';
import { answersOf } from './browser.test.page.js';
import * as node from './index.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
/** A quarter of it reads codes, the rest is cryptography; gzip leaves some 45 kB. */
const WASM_MAX = 200_000;

const wasm = new Uint8Array(readFileSync(new URL('../tamga.wasm', import.meta.url)));
const installed = existsSync(CHROMIUM);
if (!installed) console.warn(`No browser at ${CHROMIUM}: the page is not tested. Set CHROMIUM to its path.`);

describe('the browser build', () => {
  it('is small', () => {
    expect(wasm.length).toBeLessThan(WASM_MAX);
  });

  it('offers what the other entry offers', () => {
    expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  });

  it('imports nothing but its own files', () => {
    const files = importsOf(new URL('./browser.js', import.meta.url));
    expect(files.size).toBeGreaterThan(8);
    expect([...files].some((file) => file.endsWith('/core.js'))).toBe(true);
    expect([...files].some((file) => file.endsWith('/load.js'))).toBe(false);
  });

  it('says in Node what the other entry says, given the bytes', async () => {
    const expected = answersOf(await node.loadCore());
    expect(answersOf(await browser.loadCore({ wasm }))).toEqual(expected);
    expect(answersOf(await browser.loadCore({ wasm: wasm.slice().buffer }))).toEqual(expected);
    expect(answersOf(await browser.loadCore({ module: await node.compileCore() }))).toEqual(expected);
    const response = new Response(wasm, { headers: { 'content-type': 'application/wasm' } });
    expect(answersOf(await browser.loadCore({ wasm: response }))).toEqual(expected);
  });

  it('refuses what is no module, and an answer that is no success', async () => {
    await expect(browser.loadCore({ wasm: wasm.slice(0, 50) })).rejects.toThrow(/WebAssembly/);
    await expect(browser.loadCore({ wasm: new Response(null, { status: 404 }) })).rejects.toThrow(/404/);
    await expect(browser.loadCore({ wasm, seed: new Uint8Array(3) })).rejects.toThrow(/3 bytes; 16 are expected/);
  });

  it.runIf(installed)('says in Chromium what Node says', { timeout: 120_000 }, async () => {
    const site = await serve();
    const chrome = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    try {
      const page = await chrome.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(site.address);
      await page.waitForFunction('globalThis.answersOfSources');
      const found = (await page.evaluate('answersOfSources().then(JSON.stringify)')) as string;
      const { missing, html, cut, ...sources } = JSON.parse(found) as Record<string, unknown>;
      const expected: unknown = JSON.parse(JSON.stringify(answersOf(await node.loadCore())));
      expect(Object.keys(sources)).toHaveLength(8);
      for (const [name, answers] of Object.entries(sources)) expect([name, answers]).toEqual([name, expected]);
      expect(missing).toMatch(/^Error: .*none\.wasm: 404/);
      expect(html).toMatch(/^CompileError: /);
      expect(cut).toMatch(/^CompileError: /);
      expect(complaints).toEqual([]);
    } finally {
      await chrome.close();
      site.close();
    }
  });
});

/** `import 'x'`, and `import` or `export … from 'x'`, as the compiler writes them. */
const IMPORT = /^(?:import\s*|(?:import|export)\b[^'"(=]*\bfrom\s*)['"]([^'"]+)['"]/gm;

/** Every file that a module imports, directly or not. @throws Error on an import that is no file beside it. */
function importsOf(file: URL, known = new Set<string>()): Set<string> {
  if (known.has(file.href)) return known;
  known.add(file.href);
  const text = readFileSync(file, 'utf8');
  if (/\bimport\(/.test(text)) throw new Error(`${file.href} imports when it runs`);
  for (const [, specifier] of text.matchAll(IMPORT)) {
    const imported = new URL(specifier!, file);
    const own = /^\.\.?\//.test(specifier!) && imported.href.startsWith(new URL('./', import.meta.url).href);
    if (!own) throw new Error(`${file.href} imports ${specifier}`);
    importsOf(imported, known);
  }
  return known;
}

/** The compiled folder on a port of this machine. */
async function serve(): Promise<{ address: string; close(): void }> {
  const html =
    '<!doctype html><title>core</title><script type="module" src="/core/host/browser.test.page.js"></script>';
  const server = createServer(({ url = '/' }, response) => {
    const { pathname, search } = new URL(url, 'http://localhost');
    const path = resolve(ROOT, `.${pathname}`);
    if (pathname === '/') response.setHeader('content-type', 'text/html').end(html);
    else if (!path.startsWith(ROOT + (ROOT.endsWith(sep) ? '' : sep)) || !existsSync(path))
      response.writeHead(404).end();
    else {
      const type = search === '' ? TYPES[extname(path)] : undefined;
      if (type !== undefined) response.setHeader('content-type', type);
      response.end(readFileSync(path));
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
