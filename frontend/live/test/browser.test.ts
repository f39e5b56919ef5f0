// @vitest-environment node
import { chromium as playwright, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { chromium, startServer } from './server';

// The built scripts in a real browser, under the page policy the server sends.

let browser: Browser;
let server: Awaited<ReturnType<typeof startServer>>;
let complaints: string[];

beforeAll(async () => {
  browser = await playwright.launch(chromium);
}, 60_000);
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startServer();
  complaints = [];
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server.close();
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.url + path);
  await page.waitForSelector('html[data-link=open]');
  return page;
}

const button = '[data-key=b4]';
const until = (page: Page, text: string) => page.waitForSelector(`${button}:text-is("${text}"):not([data-pending])`);

describe('in Chromium', { timeout: 30_000 }, () => {
  it('mouse, wheel and keys become actions, and pictures come back', async () => {
    const page = await open('/live-page');
    await page.click(button);
    await until(page, '1');
    await page.dblclick(button);
    await until(page, '3');
    await page.click(button, { button: 'right' });
    await until(page, '2');
    await page.hover(button);
    await page.mouse.wheel(0, -100);
    await until(page, '3');
    await page.focus(button);
    await page.keyboard.press('Enter');
    await until(page, '4');
    await page.keyboard.press('Space');
    await until(page, '5');
    await page.keyboard.press('Backspace');
    await until(page, '4');
    // A held key repeats: `down` again without `up`.
    for (let i = 0; i < 5; i++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await until(page, '5');
    for (const key of ['ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    // 3 columns: 4 → 1 → 2 → 3 → 6.
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.key)).toBe('b6');
    await page.fill('[name=note]', 'words');
    await page.keyboard.press('Enter');
    await until(page, '15');
    expect(server.state.keys).toHaveLength(10);
    expect(complaints).toEqual([]);
  });

  it('a tap and a long press on a phone, whose screen is wide enough', async () => {
    const page = await open('/live-page', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await page.tap(button);
    await until(page, '1');
    const box = (await page.locator(button).boundingBox())!;
    const touch = await page.context().newCDPSession(page);
    const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
    await until(page, '0');
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.tap(button);
    await until(page, '1');
    expect(server.state.keys).toHaveLength(3);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(box.height).toBeGreaterThanOrEqual(44);
  });

  it('an action whose answer was lost with the link is done once', async () => {
    const page = await open('/live-page');
    server.state.mute = true;
    await page.click(button);
    await page.waitForSelector(`${button}[data-pending]:text-is("1")`);
    server.state.mute = false;
    server.drop();
    await page.waitForSelector('html[data-link=lost]');
    server.state.down = false;
    await until(page, '1');
    const [first, again] = server.state.keys;
    expect([server.state.keys.length, again]).toEqual([2, first]);
    expect(await page.textContent('.rg-link')).toBe('Live');
  });

  it('a refusal is said beside the button, within the screen', async () => {
    const page = await open('/live-page', { viewport: { width: 390, height: 844 } });
    server.state.refuse = 'There are no more than these';
    await page.click('[data-key=b0]');
    const toast = page.getByRole('alert');
    await toast.waitFor();
    expect(await toast.textContent()).toBe(server.state.refuse);
    const box = (await toast.boundingBox())!;
    expect([box.x >= 0, box.x + box.width <= 390]).toEqual([true, true]);
    await page.keyboard.press('Escape');
    await toast.waitFor({ state: 'hidden' });
  });

  it('a replaced plugin changes stylesheet and picture without a moment of neither', async () => {
    const page = await open('/live-page');
    const background = () => page.locator(button).evaluate((el) => getComputedStyle(el).backgroundColor);
    expect(await background()).toBe('rgb(1, 1, 1)');
    server.state.generation = 2;
    server.state.count = 7;
    server.publish({ css: ['/plugins/p/2/a.css'] });
    await until(page, '7');
    expect(await background()).toBe('rgb(2, 2, 2)');
    expect(await page.locator('link[data-rg-css]').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('an overlay shows changes on a transparent page and says nothing of a lost link', async () => {
    const page = await open('/overlay-page');
    server.state.count = 3;
    server.state.version++;
    server.publish();
    await page.waitForSelector('.count:text-is("3")');
    const before = await page.locator('body').innerText();
    expect(complaints).toEqual([]);
    server.drop();
    await page.waitForSelector('html[data-link=lost]');
    expect(await page.locator('body').innerText()).toBe(before);
    server.state.down = false;
    await page.waitForSelector('html[data-link=open]');
    const transparent = () =>
      [document.documentElement, document.body].every(
        (el) => getComputedStyle(el).backgroundColor === 'rgba(0, 0, 0, 0)',
      );
    expect(await page.evaluate(transparent)).toBe(true);
    // 400 × 100 at scale 2, at the end of a page of 1280.
    expect(await page.locator('.rg-canvas').boundingBox()).toEqual({ x: 480, y: 0, width: 800, height: 200 });
  });

  it('a hidden page keeps its picture current', async () => {
    const page = await open('/overlay-page');
    const other = await page.context().newPage();
    await other.bringToFront();
    server.state.count = 4;
    server.state.version++;
    server.publish();
    await vi.waitFor(async () => expect(await page.textContent('.count')).toBe('4'));
  });
});
