// @vitest-environment node
import { chromium as playwright, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chromium, startServer } from './server';

// The pages of races as the server writes them, in a real browser.

let browser: Browser;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  browser = await playwright.launch(chromium);
}, 60_000);
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startServer();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server.close();
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${server.url}/pages/${name}`);
  if (await page.locator('html[data-link]').count()) await page.waitForSelector('html[data-link=open]');
  return page;
}

/** A busy machine is slow, not wrong. */
const until = (look: () => unknown) => vi.waitFor(look, 20_000);

/** A picture of one of the page's surfaces. */
const push = (surface: string, html: string) =>
  server.push({ topic: 'race/r1/public', surface, etag: `l-${Math.random()}-v`, version: 2, html });

describe('a race in Chromium', { timeout: 60_000 }, () => {
  it('times stand in the zone of who reads them, and in UTC', async () => {
    const page = await open('races', { timezoneId: 'Asia/Tokyo' });
    const time = page.locator('li:has(a[href="/race/r2"]) time');
    await until(async () => expect(await time.textContent()).toMatch(/Thu.* 5.* 04:00 .*\(Wed.* 4.* 19:00 UTC\)/));
  });

  it('a countdown ends when the server’s clock says so', async () => {
    server.state.ahead = -3_600_000;
    const page = await open('race-countdown');
    const to = Date.now() - 3_600_000 + 55_000;
    push('room', `<p class="rg-count" data-rg-countdown="${to}" data-rg-then="Go">…</p>`);
    const count = page.locator('.rg-count');
    await until(async () => expect(Number(await count.textContent())).toBeLessThanOrEqual(55));
    expect(Number(await count.textContent())).toBeGreaterThan(5);
  });

  it('rows glide to their new place', async () => {
    const page = await open('race');
    const row = (key: number) => `<li data-key="${key}">${key}</li>`;
    await page.evaluate(`{
      const { animate } = Element.prototype;
      globalThis.glided = [];
      Element.prototype.animate = function (...args) {
        glided.push(this.textContent);
        return animate.apply(this, args);
      };
    }`);
    push('live', `<ol class="rows">${row(2)}${row(1)}${row(3)}</ol>`);
    await page.waitForSelector('.rows > li:first-child:text-is("2")');
    expect(await page.evaluate('glided')).toEqual(['2', '1']);
  });

  it('a button calls the API, and what the visitor may do comes anew', async () => {
    const page = await open('race-fr');
    server.state.edits = [['Je suis prêt', 'Déjà prêt']];
    await page.click('#rg-ready');
    await page.waitForSelector('text=Déjà prêt');
    expect(server.state.called).toEqual([['/ready', '{}']]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('rg-ready');
  });

  it('a refusal is said, and what it asks for', async () => {
    const page = await open('race-open');
    server.state.answer = [409, { error: { code: 'full', message: 'The race is full', hint: 'ask the organizer' } }];
    await page.click('#rg-join');
    await page.waitForSelector('[role=alert]:text-is("The race is full — ask the organizer")');
  });

  it('abandoning asks first, and says what is lost', async () => {
    const page = await open('race-runner');
    const dialog = page.getByRole('dialog', { name: 'Abandon this race?' });
    await page.getByRole('button', { name: 'Abandon' }).click();
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain('no longer counts');
    await dialog.getByRole('button', { name: 'Keep playing' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(server.state.called).toEqual([]);
    await page.getByRole('button', { name: 'Abandon' }).click();
    await dialog.getByRole('button', { name: 'Abandon' }).click();
    await until(() => expect(server.state.called).toEqual([['/participants/p-1/abandon', '{}']]));
    await dialog.waitFor({ state: 'hidden' });
  });

  it('a link that is made is shown, ready to be copied', async () => {
    const page = await open('race-caster');
    await page.click('.rg-drawer summary');
    server.state.answer = [200, { url: 'https://host/overlay/r1/map?key=k' }];
    await page.getByRole('button', { name: 'Make a link with a key: Map' }).click();
    const field = page.getByLabel('Link with a key of Map');
    await field.waitFor();
    expect(await field.inputValue()).toBe('https://host/overlay/r1/map?key=k');
    expect(server.state.called).toEqual([['/overlay-key', '{"overlay":"map"}']]);
    await page.locator('.rg-drawer form >> text=Copy').first().click();
    await page.waitForSelector('.rg-drawer form >> text=Copied');
    expect(await page.getByLabel('Link of Map').inputValue()).toBe(`${server.url}/overlay/r1/map`);
  });

  it('what happens in the room changes what the visitor may do, and leaves open what is open', async () => {
    const page = await open('race-runner');
    await page.click('.rg-drawer summary');
    server.state.edits = [
      ['Create my HUD link', 'Another HUD link'],
      ['Add to a link', 'Put behind a link'],
    ];
    push('room', '<div data-rg-stamp="finished 1:finished">Finished</div>');
    await page.waitForSelector('text=Another HUD link');
    await page.waitForSelector('.rg-drawer[open] >> text=Put behind a link');
  });

  it('who belongs to another class now gets the page of that class', async () => {
    const page = await open('race');
    server.state.edits = [['race/r1/public', 'race/r1/p1']];
    server.push({ topic: 'race/r1/public', surface: 'live', error: { code: 'forbidden', message: 'No' } });
    await page.waitForSelector('[data-rg-topic="race/r1/p1"]');
    await page.waitForSelector('html[data-link=open]');
  });

  it('a table is read and a map is moved with a thumb', async () => {
    const page = await open('race', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const scroller = page.locator('.rg-scroller');
    expect(await scroller.evaluate((el) => el.scrollWidth)).toBe(900);
    const [clock, table, map] = await Promise.all(
      ['.rg-clock', '.rg-standings', '.rg-map'].map(async (name) => (await page.locator(name).boundingBox())!.y),
    );
    expect([clock! < table!, table! < map!]).toEqual([true, true]);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('a, button, summary, select, input')]
        .filter((el) => !el.matches('.rg-skip, dialog *') && el.getClientRects().length)
        .map((el) => ({ el: el.outerHTML.slice(0, 80), box: el.getBoundingClientRect() }))
        .filter(({ box }) => box.height < 44 || box.width < 44)
        .map(({ el }) => el),
    );
    expect(small).toEqual([]);
  });
});

describe('a replay in Chromium', { timeout: 60_000 }, () => {
  const at = (page: Page) => page.locator('.rg-standings .at').textContent();

  it('shows the moment of the slider, by keyboard too, and its address can be shared', async () => {
    const page = await open('replay');
    await page.keyboard.press('ArrowRight');
    await until(async () => expect(await at(page)).toBe('610000'));
    await page.keyboard.press('End');
    await until(async () => expect(await at(page)).toBe('1312000'));
    expect(new URL(page.url()).searchParams.get('t')).toBe('1312');
    expect(await page.textContent('.rg-replay-time')).toBe('21:52 / 21:52');
    // The base is the same at all times.
    expect([...new Set(server.state.moments.map(([surface]) => surface))].sort()).toEqual(['live', 'overlay:map']);
  });

  it('asks for the newest moment only while it is dragged', async () => {
    const page = await open('replay');
    const slider = page.getByLabel('Time of the race');
    await slider.evaluate((el: HTMLInputElement) => {
      for (let at = 0; at <= 100; at++) {
        el.value = String(at * 10_000);
        el.dispatchEvent(new Event('input'));
      }
    });
    await until(async () => expect(await at(page)).toBe('1000000'));
    expect(server.state.moments.length).toBeLessThanOrEqual(6);
  });

  it('plays and pauses', async () => {
    const page = await open('replay');
    await page.selectOption('select', '300');
    await page.getByRole('button', { name: 'Play' }).click();
    await until(async () => expect(Number(await at(page))).toBeGreaterThan(700_000));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(Number(new URL(page.url()).searchParams.get('t'))).toBeGreaterThan(600);
  });
});
