// @vitest-environment node
import { readdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium as playwright, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chromium, startServer } from './server';

// The pages as the server writes them, in a real browser, under the page policy the server sends.

const names = readdirSync(new URL('pages/', import.meta.url))
  .filter((name) => name.endsWith('.html') && !name.startsWith('_'))
  .map((name) => name.replace('.html', ''));
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let browser: Browser;
let server: Awaited<ReturnType<typeof startServer>>;
let complaints: string[];

beforeAll(async () => {
  browser = await playwright.launch(chromium);
}, 60_000);
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startServer();
  server.state.presence = {
    people: [
      { id: 'a', name: 'Ada Lovelace', role: 'editor', panel: 'main', slot: 2 },
      { id: 'b', name: 'Ed', role: 'restreamer', panel: 'indices' },
    ],
    count: 5,
    sources: [{ source: 'Archipelago', panel: 'main', slot: 1, at: '2026-02-04T13:38:00Z' }],
  };
  complaints = [];
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server.close();
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.url}/pages/${name}`);
  if (await page.locator('html[data-link]').count()) await page.waitForSelector('html[data-link=open]');
  return page;
}

/** What editors say of where they are, in order. */
const said = () => server.state.told.filter(({ topic }) => topic === 'presence/finale').map(({ action }) => action);
const acted = () =>
  server.state.told.filter(({ topic }) => topic !== 'presence/finale').map(({ topic, action }) => [topic, action.type]);

describe('in Chromium', { timeout: 60_000 }, () => {
  it.each(names)('%s is free of accessibility faults, fits a phone, and breaks no rule of its policy', async (name) => {
    const page = await open(name, phone);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    if (!name.startsWith('overlay')) expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(complaints).toEqual([]);
  });

  it('a thumb hits everything on a phone', async () => {
    const page = await open('live', phone);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('a, button, summary')]
        .filter((el) => !el.matches('.rg-skip, .rg-mark a, dialog *'))
        .map((el) => ({ el: el.outerHTML.slice(0, 80), box: el.getBoundingClientRect() }))
        .filter(({ box }) => box.height < 44 || box.width < 44)
        .map(({ el }) => el),
    );
    expect(small).toEqual([]);
  });

  it('undo is at hand wherever one is on a phone, and the bar leads to each participant', async () => {
    const page = await open('live', phone);
    await page.tap('.rg-jumps >> text=Bob >> nth=0');
    const head = page.locator('#panel-main .rg-panel-head');
    const group = page.locator('#panel-main [data-x-slot="2"]');
    await vi.waitFor(async () => expect((await group.boundingBox())!.y).toBeLessThan(200));
    const [above, below] = [(await head.boundingBox())!, (await group.boundingBox())!];
    expect(above.y).toBe(0);
    expect(below.y).toBeGreaterThanOrEqual(above.height);
    await head.getByRole('button', { name: 'Undo' }).tap();
    await vi.waitFor(() => expect(acted()).toEqual([['tracker/12/main', 'host:undo']]));
  });

  it('Ctrl Z and Ctrl Shift Z take back in the panel that has the focus, but not while typing', async () => {
    const page = await open('live');
    await page.keyboard.press('Control+z');
    await page.focus('#panel-main .cell');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+Z');
    await page.focus('#panel-indices textarea');
    await page.keyboard.press('Control+z');
    await page.focus('#panel-indices form button');
    await page.keyboard.press('Control+y');
    await vi.waitFor(() =>
      expect(acted()).toEqual([
        ['tracker/12/main', 'host:undo'],
        ['tracker/12/main', 'host:redo'],
        ['indices/finale', 'host:redo'],
      ]),
    );
  });

  it('why an undo was refused stands in the head of its panel until one is not', async () => {
    const page = await open('live');
    server.state.refuse = 'Ada has changed this since';
    await page.click('#panel-main .rg-tool >> nth=0');
    const line = page.locator('#panel-main .rg-said');
    await vi.waitFor(async () => expect(await line.textContent()).toBe(server.state.refuse));
    server.state.refuse = undefined;
    await page.click('#panel-main .rg-tool >> nth=0');
    await vi.waitFor(async () => expect(await line.textContent()).toBe(''));
  });

  it('tools are disabled while the link is down', async () => {
    const page = await open('live');
    server.drop();
    await page.waitForSelector('html[data-link=lost]');
    await page.waitForSelector('#panel-main .rg-tools[aria-disabled=true]');
    await page.dispatchEvent('#panel-main .rg-tool >> nth=0', 'click');
    server.state.down = false;
    await page.waitForSelector('#panel-main .rg-tools:not([aria-disabled])');
    expect(acted()).toEqual([]);
  });

  it('who edits says where they are, and sees who else is', async () => {
    const page = await open('live');
    const line = page.locator('.rg-presence');
    await line.locator('li').first().waitFor();
    expect(await line.locator('li').allInnerTexts()).toEqual([
      'AL\nAda Lovelace\nBob',
      'ED\nEd\nHint sheet',
      '⟳\nArchipelago\nAlice',
    ]);
    await page.focus('#panel-main [data-x-slot="2"] button');
    await page.focus('#panel-indices textarea');
    await vi.waitFor(() =>
      expect(said()).toEqual([
        { type: 'here' },
        { type: 'here', panel: 'main', slot: 2 },
        { type: 'here', panel: 'indices' },
      ]),
    );
    await page.goto(`${server.url}/pages/index`);
    await vi.waitFor(() => expect(said().at(-1)).toEqual({ type: 'gone' }));
  });

  it('who only watches says nothing, and sees a number', async () => {
    server.state.presence = { count: 5, sources: [] };
    const page = await open('live-viewer');
    await page.locator('.rg-presence').waitFor();
    expect(await page.innerText('.rg-presence')).toBe('5 here');
    expect(server.state.told).toEqual([]);
    expect(await page.locator('script[src="/static/crew"]').count()).toBe(0);
  });

  it('a question mark opens the list of shortcuts, Escape closes it', async () => {
    const page = await open('live-one');
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'hidden' });
  });

  it('a number leads to a participant also where there is nothing to click', async () => {
    const page = await open('live-viewer', { viewport: { width: 800, height: 300 } });
    await page.keyboard.press('2');
    await vi.waitFor(async () => {
      const box = (await page.locator('#panel-main [data-x-slot="2"]').boundingBox())!;
      expect(box.y).toBeLessThan(100);
    });
  });

  it('words are completed while typing: cells by bars, lines by newlines, without accents', async () => {
    const page = await open('indices');
    const field = page.locator('textarea').first();
    await field.fill('Old Well | ');
    await field.press('End');
    await page.keyboard.type('foret');
    const option = page.getByRole('option');
    await option.first().waitFor();
    expect(await option.allTextContents()).toEqual(['Forêt de Firon']);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)).toEqual([]);
    await page.keyboard.press('Tab');
    expect(await field.inputValue()).toBe('Old Well | Forêt de Firon');
    await page.keyboard.type('\nfo');
    await option.first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await field.getAttribute('aria-activedescendant')).toBe('rg-complete-0');
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe('Old Well | Forêt de Firon\nForêt de Firon');
    await page.keyboard.type('\ntow');
    await option.first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'hidden' });
    await page.keyboard.type('e');
    await option.first().waitFor();
    // Nothing was chosen: Enter ends the line.
    await page.keyboard.press('Enter');
    expect((await field.inputValue()).endsWith('\ntowe\n')).toBe(true);
    await page.getByRole('listbox').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });

  it('a new picture while typing takes neither the text nor the list, and says what has changed', async () => {
    const page = await open('indices');
    const field = page.locator('textarea').first();
    await field.fill('fer');
    await page.getByRole('option').first().waitFor();
    const html = (await page.locator('.rg-block').innerHTML()).replace('Old Well |', 'Old Well | Rope');
    server.push({ topic: 'indices/finale', surface: 'live', locale: 'en', etag: 'l-2-v', version: 2, html });
    await page.waitForSelector('textarea[data-rg-stale]');
    expect(await page.getByRole('alert').textContent()).toContain('Old Well | Rope');
    expect(await field.inputValue()).toBe('fer');
    expect(await field.getAttribute('aria-controls')).toBe('rg-complete');
    await page.keyboard.press('Tab');
    expect(await field.inputValue()).toBe('Feron Woods');
  });

  it('a granted script finds its globals, and nothing in them becomes markup', async () => {
    const page = await open('overlay');
    await page.waitForSelector('body[data-scripted="/finale/tracker/stream"]');
    const names = ['CATALOG', 'STATE', 'STREAM_URL', 'UPDATE_URL', 'USE_STORAGE'];
    expect(await page.evaluate(`${JSON.stringify(names)}.map((name) => window['TRACKER_' + name])`)).toEqual([
      { label: '</script><script>' },
      { slots: [1, 2] },
      '/finale/tracker/stream',
      '/finale/tracker/update',
      false,
    ]);
    expect(complaints).toEqual([]);
  });

  it('a composed overlay stands where its layout says, each block in its own size', async () => {
    const page = await open('overlay-all', { viewport: { width: 1920, height: 1080 } });
    const boxes = await page.locator('.rg-block').evaluateAll((blocks) =>
      blocks.map((block) => {
        const { x, y, width, height } = block.getBoundingClientRect();
        return [x, y, width, height];
      }),
    );
    expect(boxes).toEqual([
      [40, 40, 960, 540],
      [1160, 500, 720, 405],
    ]);
  });
});
