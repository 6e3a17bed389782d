// The console in Chromium, over a real server (Debian: apt-get install chromium): what a person with a scanner and a keyboard does.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../engine/index.js';
import { type RunningServer, startServer } from '../serve/run.js';
import { SNAPSHOT, startTestServer, type TestServer } from '../serve/running.test.files.js';
import { readSettings } from '../serve/settings.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'].concat([
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
]);
const SITE = fileURLToPath(new URL('./site/', import.meta.url));
const SCANS = fileURLToPath(new URL('../../../engine/documents/samples/inventory-scans.csv', import.meta.url));
const GZIP_MAX = 100_000;

const GOOD = '010952000000606821UZDEMO0000002';
const GOOD_KEY = '09520000006068UZDEMO0000002';
const FOREIGN = '010952000000606821UZDEMO0000099';
const TAIL = '010952000000606821UZDEMO0000001\u001d91EE06\u001d92AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

const installed = existsSync(CHROMIUM);
if (!installed) console.warn(`No browser at ${CHROMIUM}: the console is not tested. Set CHROMIUM to its path.`);

describe('the page', () => {
  const html = readFileSync(join(SITE, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => join(SITE, path!));

  it('is small', () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
    const bytes = files.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
    expect(bytes).toBeLessThan(GZIP_MAX);
  });

  it('asks for nothing from elsewhere, and has no script or style of its own', () => {
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)| on\w+=|https?:/);
    for (const path of files) {
      const text = readFileSync(path, 'utf8').replaceAll('http://www.w3.org/', '');
      expect([path, /https?:\/\/[a-z]/.exec(text)?.[0]]).toEqual([path, undefined]);
      expect([path, /\beval\(|new Function\(/.exec(text)?.[0]]).toEqual([path, undefined]);
    }
  });

  it('is served open, its parts for good, and nothing beside it', async () => {
    const server = await startTestServer({}, []);
    try {
      const page = await fetch(server.address);
      expect(page.status).toBe(200);
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      const script = /src="\.\/(assets\/[^"]+)"/.exec(await page.text())![1];
      const answer = await fetch(`${server.address}/${script}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'application/javascript; charset=utf-8',
      ]);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      await answer.arrayBuffer();
      for (const path of ['/assets/none.js', '/assets/..%2findex.html', '/index.htm', '/%2e%2e/console.test.js']) {
        const none = await fetch(server.address + path);
        await none.arrayBuffer();
        expect([path, none.status]).toEqual([path, 404]);
      }
    } finally {
      await server.close();
    }
  });
});

describe.runIf(installed)('the console in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let server: TestServer;
  let context: BrowserContext | undefined;
  /** What the page complained about; a test that expects complaints empties it. */
  let complaints: string[];
  let sessions = 0;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    server = await startTestServer();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    await context?.close();
    expect(complaints).toEqual([]);
  });

  /** A page that has signed in; each in a session of its own. */
  async function open({
    locale = 'en-US',
    width = 1280,
    address = server.address,
    key = server.key.write,
  } = {}): Promise<Page> {
    complaints = [];
    context = await browser.newContext({ locale, viewport: { width, height: 800 }, acceptDownloads: true });
    const session = `test-${++sessions}`;
    await context.addInitScript(`if (location.protocol === 'http:') sessionStorage['tamga.session'] ??= '${session}'`);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(address);
    await page.waitForSelector('#key:focus');
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.pill.open');
    await page.waitForSelector('#scan-box:focus');
    return page;
  }

  /** As a scanner: key by key, without a pause; GS is F8. */
  async function scan(page: Page, code: string): Promise<void> {
    for (const [i, part] of code.split('\u001d').entries()) {
      if (i > 0) await page.keyboard.press('F8');
      await page.keyboard.type(part);
    }
    await page.keyboard.press('Enter');
  }

  const textOf = async (page: Page, selector: string): Promise<string> =>
    (await page.locator(selector).first().textContent()) ?? '';
  const waitForCount = (page: Page, count: number): Promise<void> =>
    page
      .locator('.live .tile dd', { hasText: new RegExp(`^${count}$`) })
      .first()
      .waitFor();

  it('says yes, no, and why, in words, by shape, and to a screen reader', async () => {
    const page = await open();
    await scan(page, GOOD);
    await page.waitForSelector('.answer.yes circle.fill');
    expect(await textOf(page, '.answer')).toMatch(/^YesIn order/);
    expect(await textOf(page, '.answer .known')).toContain('in circulation');
    await scan(page, FOREIGN);
    await page.waitForSelector('.answer.no path.fill');
    expect(await textOf(page, '.answer')).toMatch(/^NoNot in the register/);
    await scan(page, 'HELLO-WORLD');
    await page.getByText('Unknown kind of code').first().waitFor();
    expect(await page.locator('.answer').getAttribute('aria-live')).toBe('assertive');
    expect(await page.evaluate('document.activeElement.id')).toBe('scan-box');
    await page.waitForSelector('.feed li:nth-child(3)');
    expect(await page.locator('.feed .code').allInnerTexts()).toContain(GOOD_KEY);
    expect(await page.locator('.tiles dd').allInnerTexts()).toEqual(['3', '2', '0']);
    await scan(page, GOOD);
    await page.waitForSelector('.answer .repeated');
  });

  it('takes separators, a Cyrillic layout, pasted text, and scans while a button has the focus', async () => {
    const page = await open();
    await scan(page, TAIL);
    await page.waitForSelector('.answer.yes');
    expect(await textOf(page, '.answer .scanned')).toBe('09520000006068UZDEMO0000001');
    await page.locator('button[aria-pressed]').focus();
    // What a Russian layout makes of the keys of the serial's letters.
    const cyrillic: Record<string, [string, string]> = {
      U: ['Г', 'KeyU'],
      Z: ['Я', 'KeyZ'],
      D: ['В', 'KeyD'],
      E: ['У', 'KeyE'],
      M: ['Ь', 'KeyM'],
      O: ['Щ', 'KeyO'],
    };
    const client = await page.context().newCDPSession(page);
    for (const character of GOOD) {
      const [key, code] = cyrillic[character] ?? [character, `Digit${character}`];
      await client.send('Input.dispatchKeyEvent', {
        type: 'keyDown',
        key,
        code,
        text: key,
        modifiers: code.startsWith('Key') ? 8 : 0,
      });
      await client.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
    }
    expect(await page.inputValue('#scan-box')).toBe(GOOD);
    expect(await textOf(page, '#scan-notice')).toContain('Cyrillic');
    await page.keyboard.press('Enter');
    await page.getByText(GOOD_KEY).first().waitFor();
    await page.fill('#scan-box', FOREIGN.replace('21UZ', '<GS>21UZ').replace('<GS>', ''));
    await page.keyboard.press('Enter');
    await page.waitForSelector('.answer.no');
    await page.fill('#scan-box', '1'.repeat(1100));
    await page.keyboard.press('Enter');
    expect(await textOf(page, '#scan-notice')).toContain('longer than any code');
  });

  it('speaks ru, uz and en, and keeps the choice', async () => {
    const page = await open({ locale: 'uz-UZ' });
    expect(await page.getAttribute('html', 'lang')).toBe('uz');
    await scan(page, FOREIGN);
    await page.getByText('Reyestrda yoʻq').first().waitFor();
    await page.selectOption('.language select', 'ru');
    expect(await textOf(page, '.answer')).toMatch(/^НельзяНет в реестре/);
    await page.reload();
    await page.getByText('Готово к работе', { exact: true }).waitFor();
    expect(await page.title()).toBe('Tamga: сканирование и сверка');
  });

  it('uploads, shows the job, its charts and its lines, and searches them', async () => {
    const page = await open();
    await page.click('nav a[href="#files"]');
    await page.click('form button[type=submit]');
    expect(await textOf(page, '.upload .fault')).toBe('Add at least one expected file.');
    await page.setInputFiles('#files-expected', SNAPSHOT);
    await page.setInputFiles('#files-scanned', SCANS);
    await page.click('form button[type=submit]');
    await page.waitForSelector('.job-body .ring path');
    expect(await page.locator('.job-body .tile dd').allInnerTexts()).toEqual([
      expect.stringMatching(/^18/),
      expect.stringMatching(/^17/),
      expect.stringMatching(/^1\s/),
      expect.stringMatching(/^0/),
    ]);
    expect(await page.locator('.ring path').count()).toBe(6);
    expect(await page.locator('.units-bar rect').count()).toBe(2);
    await page.waitForSelector('.found li');
    expect(await page.locator('.found li').count()).toBe(17);
    await page.fill('input[type=search]', 'DEMO0000011');
    await page.getByText('2 lines shown').waitFor();
    await page.locator('.findings-section select').selectOption('EXPIRED');
    await page.getByText('1 line shown').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.reports button >> nth=0')]);
    const folder = mkdtempSync(join(tmpdir(), 'tamga-console-'));
    await download.saveAs(join(folder, 'report.html'));
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('<html lang="en">');
    rmSync(folder, { recursive: true });
    // A session that counts against what that job expected.
    await page.click('nav a[href="#scan"]');
    await page.getByRole('button', { name: 'Change' }).click();
    await page.fill('#session-name', 'against-the-list');
    await page.locator('#session-expected option').nth(1).waitFor({ state: 'attached' });
    await page.selectOption('#session-expected', { index: 1 });
    await page.getByRole('button', { name: 'Join' }).click();
    await scan(page, GOOD);
    await page.locator('.live .tile.matched dd', { hasText: /^1 \/ 18$/ }).waitFor();
    await page.locator('.live .tile.shortage dd', { hasText: '17' }).waitFor();
  });

  it('is worked by keyboard alone', async () => {
    const page = await open();
    const name = (): Promise<unknown> =>
      page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent');
    await page.locator('.brand').focus();
    const names: unknown[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      names.push(await name());
      const ring = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect([names.at(-1), ring]).toEqual([names.at(-1), 'solid']);
      if (String(names.at(-1)) === 'Change') break;
    }
    expect(names).toEqual(
      expect.arrayContaining(['Scanning', 'Files and reports', 'Sound is on', 'Sign out', 'Check', 'Change']),
    );
    await page.keyboard.press('Enter');
    await page.locator('#session-name').focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('shelf-7');
    await page.keyboard.press('Enter');
    await page.getByText('shelf-7').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('scan-box');
    await scan(page, GOOD);
    await page.waitForSelector('.answer.yes');
  });

  it('has a name for everything that is worked, one heading, and room at the width of a phone', async () => {
    for (const [locale, width] of [
      ['ru-RU', 360],
      ['uz-UZ', 360],
      ['en-US', 1280],
    ] as const) {
      const page = await open({ locale, width });
      await scan(page, TAIL.slice(0, 31));
      await page.waitForSelector('.feed li');
      for (const view of ['scan', 'files']) {
        await page.click(`nav a[href="#${view}"]`);
        await page.waitForSelector(view === 'scan' ? '.answer' : '.upload');
        const faults = await page.evaluate(FAULTS);
        expect([locale, view, faults]).toEqual([locale, view, []]);
        // A month of a language that the browser doesn't know.
        expect((await page.locator('time').allInnerTexts()).filter((text) => /M\d/.test(text))).toEqual([]);
      }
      await context?.close();
    }
  });

  it('keeps scans while the server is away, closed and opened again too, and sends them when it is back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tamga-console-'));
    const engine = await openEngine({ register: join(folder, 'register'), create: true });
    await engine.import([SNAPSHOT]);
    await engine.close();
    const run = (port: string): Promise<RunningServer> =>
      startServer(readSettings({ data: folder, port, logLevel: 'silent' }, {}));
    const first = await run('0');
    const { port } = new URL(first.address);
    const page = await open({ address: first.address, key: first.firstKey! });
    await scan(page, GOOD);
    await page.waitForSelector('.answer.yes');
    await page.waitForSelector('.pill:not(:has(.unsent))');
    await first.close();
    await page.waitForSelector('.banner.offline');
    await scan(page, FOREIGN);
    await scan(page, TAIL);
    await page.getByText('2 scans not confirmed').first().waitFor();
    expect(await textOf(page, '.answer')).toContain('Kept for sending');
    // The page's parts are in the browser's store; the page itself is not, so that a reload needs the server.
    const second = await run(port);
    await page.waitForSelector('.answer.yes', { timeout: 20_000 });
    await page.waitForSelector('.pill:not(:has(.unsent))');
    await waitForCount(page, 3);
    await second.close();
    await page.waitForSelector('.banner.offline');
    await scan(page, FOREIGN.replace('99', '98'));
    await page.getByText('1 scan not confirmed').first().waitFor();
    // Closed and opened again: what was kept is sent by the next page of the browser, as the same device.
    await page.goto('about:blank');
    const third = await run(port);
    await page.goto(first.address);
    await waitForCount(page, 4);
    expect(await textOf(page, '.live > .note')).toBe('Devices: 1');
    await page.waitForSelector('.pill:not(:has(.unsent))');
    await third.close();
    rmSync(folder, { recursive: true });
    complaints = [];
  });

  it('asks again for a key that the server doesn’t take', async () => {
    const page = await open();
    await page.click('button[aria-label="Sign out"]');
    await page.waitForSelector('#key:focus');
    await page.keyboard.type('00000000-0000-4000-8000-000000000000');
    await page.keyboard.press('Enter');
    await page.getByText('doesn’t know this key').waitFor();
    expect(await page.evaluate('Object.keys(localStorage).filter((name) => /key/.test(name))')).toEqual([]);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
  });
});

/** What is wrong with the page, as a list: controls without names, pictures without texts, ids that stand twice, headings, width. */
const FAULTS = `(() => {
  const faults = [];
  const seen = (element) => element.getClientRects().length > 0;
  for (const element of document.querySelectorAll('a, button, input, select')) {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join('');
    if (!(element.getAttribute('aria-label') || element.textContent.trim() || labels.trim())) faults.push(element.outerHTML);
    const { width, height } = element.getBoundingClientRect();
    if (seen(element) && !element.classList.contains('hidden') && element.type !== 'radio' && (height < 24 || width < 24)) faults.push('small ' + element.outerHTML);
  }
  for (const element of document.querySelectorAll('svg')) {
    if (!element.closest('[aria-hidden]') && !(element.getAttribute('role') === 'img' && element.getAttribute('aria-label'))) faults.push(element.outerHTML);
  }
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  if (new Set(ids).size < ids.length) faults.push('ids ' + ids);
  for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
    for (const name of ['aria-describedby', 'aria-labelledby']) {
      for (const id of (element.getAttribute(name) ?? '').split(' ').filter(Boolean)) if (!ids.includes(id)) faults.push(name + ' ' + id);
    }
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('h1');
  if (!document.querySelector('main') || document.documentElement.lang.length !== 2) faults.push('landmarks');
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wide ' + document.documentElement.scrollWidth);
  for (const element of document.querySelectorAll('button, select, .feed .code, .tile dt, .answer .word, nav a')) {
    if (element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right > innerWidth) faults.push('cut ' + element.outerHTML.slice(0, 200));
  }
  return faults;
})()`;
