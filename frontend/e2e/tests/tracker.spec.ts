import AxeBuilder from '@axe-core/playwright';
import { expect, sheets, test } from '../regie.js';

test('a click on the live page changes the open overlay, and the keyboard does the same', async ({
  regie,
  browser,
}) => {
  await regie.restream('demo', 'tracker-probe', ['Alice', 'Bob']);
  await regie.user('ed', 'editor');
  const crew = await browser.newContext();
  const live = await crew.newPage();
  await regie.signIn(live, 'ed');
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay`);
  await live.goto(`${regie.url}/demo/live`);
  await expect(live.locator('html')).toHaveAttribute('data-link', 'open');
  const button = live.getByRole('button', { name: 'Count' });
  const shown = overlay.locator('.n');
  await expect(shown).toHaveText('0');
  await button.click();
  await expect(shown).toHaveText('1');
  await button.dblclick();
  await expect(shown).toHaveText('3');
  await button.click({ button: 'right' });
  await expect(shown).toHaveText('2');
  await button.focus();
  await live.keyboard.press('Enter');
  await expect(shown).toHaveText('3');
  await live.keyboard.press('Space');
  await expect(shown).toHaveText('4');
  await live.keyboard.press('Backspace');
  await expect(shown).toHaveText('3');
  await expect(live.locator('.n')).toHaveText('3');
});

test("a viewer's page has no buttons, and nobody's overlay has", async ({ regie, page }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  for (const path of ['live', 'overlay']) {
    await page.goto(`${regie.url}/demo/${path}`);
    await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
    await expect(page.locator('.rg-block .n')).toHaveText('0');
    expect(await page.locator('.rg-block button').count()).toBe(0);
  }
});

test('the overlay is transparent in its corner and of its own size', async ({ regie, page }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await page.setViewportSize({ width: 640, height: 360 });
  await page.goto(`${regie.url}/demo/overlay`);
  await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
  const picture = (await page.screenshot({ omitBackground: true })).toString('base64');
  const corners = await page.evaluate(async (png) => {
    // Decoded by hand: the page's policy lets no data: URL be fetched, an image element may show one.
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    const alpha = (x: number, y: number) => context.getImageData(x, y, 1, 1).data[3];
    return [alpha(0, image.height - 1), alpha(image.width - 1, 0), alpha(image.width - 1, image.height - 1)];
  }, picture);
  expect(corners).toEqual([0, 0, 0]);
  const canvas = await page.locator('.rg-canvas').boundingBox();
  expect([canvas?.width, canvas?.height]).toEqual([640, 360]);
});

test('a rebuilt plugin shows within two seconds, without a reload, and its new style with it', async ({
  regie,
  page,
}) => {
  const { readFileSync, writeFileSync } = await import('node:fs');
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await page.goto(`${regie.url}/demo/overlay`);
  await expect(page.locator('.greeting')).toHaveText('first');
  await page.evaluate(() => {
    (window as unknown as { stayed: boolean }).stayed = true;
  });
  const folder = `${regie.instance}/plugins/tracker-probe`;
  const manifest = readFileSync(`${folder}/plugin.toml`, 'utf8');
  writeFileSync(`${folder}/assets/probe.css`, '.probe { color: rgb(1, 2, 3); }');
  writeFileSync(`${folder}/plugin.toml`, manifest.replace('"first"', '"second"'));
  await expect(page.locator('.greeting')).toHaveText('second', { timeout: 5_000 });
  await expect(page.locator('.probe')).toHaveCSS('color', 'rgb(1, 2, 3)');
  expect(await page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
});

test('pages come back by themselves after the server was killed, and nothing acknowledged is lost', async ({
  regie,
  browser,
}) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await regie.user('ed', 'editor');
  const live = await (await browser.newContext()).newPage();
  await regie.signIn(live, 'ed');
  await live.goto(`${regie.url}/demo/live`);
  await expect(live.locator('html')).toHaveAttribute('data-link', 'open');
  await live.getByRole('button', { name: 'Count' }).click();
  await expect(live.locator('.n')).toHaveText('1');
  await regie.kill();
  await expect(live.locator('html')).toHaveAttribute('data-link', 'lost');
  await expect(live.getByRole('button', { name: 'Count' })).toBeDisabled();
  await regie.start();
  await expect(live.locator('html')).toHaveAttribute('data-link', 'open', { timeout: 30_000 });
  await live.getByRole('button', { name: 'Count' }).click();
  await expect(live.locator('.n')).toHaveText('2');
});

test('a language that was chosen stays chosen', async ({ regie, page }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await page.goto(`${regie.url}/demo/live`);
  await page.getByRole('link', { name: 'Français' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await page.goto(`${regie.url}/`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restreams');
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
});

test('nine pages of one browser are all live at once', async ({ regie, context }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  for (let n = 0; n < 9; n++) {
    const page = await context.newPage();
    await page.goto(`${regie.url}/demo/overlay`);
    await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
  }
});

test('every page of a restream is free of accessibility faults, in both languages', async ({ regie, browser }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice', 'Bob']);
  await regie.call('PATCH', '/api/restreams/demo', { indices_template: sheets[0] ?? 'none' });
  await regie.user('ed', 'editor');
  const context = await browser.newContext();
  const page = await context.newPage();
  await regie.signIn(page, 'ed');
  const paths = ['/', '/demo', '/demo/live', '/demo/indices', '/demo/overlay', '/demo/overlay/indices', '/absent'];
  for (const path of paths) {
    for (const lang of ['en', 'fr']) {
      await page.goto(`${regie.url}${path}?lang=${lang}`);
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((v) => `${path} ${v.id}: ${v.nodes[0]?.html ?? ''}`)).toEqual([]);
    }
  }
});
