import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, Regie, test } from '../regie.js';

interface Links {
  items: { page: string; kind: string; build: string; user?: string }[];
}

test('an operator sees the open pages and has them loaded again', async ({ regie, browser }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await regie.user('ed', 'editor');
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay?key=1.f00&slot=1`);
  const live = await (await browser.newContext()).newPage();
  await regie.signIn(live, 'ed');
  await live.goto(`${regie.url}/demo/live?lang=fr`);
  for (const page of [overlay, live]) await expect(page.locator('html')).toHaveAttribute('data-link', 'open');

  const pages = async () => (await regie.call<Links>('GET', '/api/links')).items;
  await expect
    .poll(async () => (await pages()).map(({ page, kind, user }) => [page, kind, user]))
    .toEqual([
      ['/demo/overlay?slot=1', 'overlay', undefined],
      ['/demo/live?lang=fr', 'live', 'ed'],
    ]);
  const script = await overlay.locator('script[src]').getAttribute('src');
  expect(script).toBe(`/static/${(await pages())[0]!.build}`);

  await overlay.evaluate(() => document.body.setAttribute('data-old', ''));
  await live.evaluate(() => document.body.setAttribute('data-old', ''));
  await regie.call('POST', '/api/links/reload', { page_prefix: '/demo/' });
  await expect(overlay.locator('body')).not.toHaveAttribute('data-old');
  await expect(overlay.locator('html')).toHaveAttribute('data-link', 'open');
  const button = live.getByRole('button', { name: 'Recharger' });
  await expect(button).toBeVisible();
  await expect(live.locator('body')).toHaveAttribute('data-old');
  await button.click();
  await expect(live.locator('body')).not.toHaveAttribute('data-old');
});

test("an operator's style sheet is on an open overlay without loading it again", async ({ regie, page }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await page.goto(`${regie.url}/demo/overlay`);
  await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
  const folder = join(regie.instance, 'overrides/tracker-probe');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'extra.css'), ':root { --ours: 1 } .n { color: rgb(1, 2, 3) }');
  await expect(page.locator('.rg-block .n')).toHaveCSS('color', 'rgb(1, 2, 3)');
});

test('the control room lists the overlays that are open and reloads them', async ({ regie, browser }) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await regie.user('ada', 'restreamer');
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay?view=default`);
  await expect(overlay.locator('html')).toHaveAttribute('data-link', 'open');
  await overlay.evaluate(() => document.body.setAttribute('data-old', ''));
  const page = await (await browser.newContext()).newPage();
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/overlays`);
  await expect(page.getByText('1 overlay connected')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: '/demo/overlay?view=default' });
  await expect(row).toContainText('Up to date');
  await row.getByRole('button', { name: /^Reload/ }).click();
  await expect(page.getByText('1 page was told to reload')).toBeVisible();
  await expect(overlay.locator('body')).not.toHaveAttribute('data-old');
});

test('settings, the switch, the removal and a zip of a plugin take effect on an open overlay', async ({
  regie,
  browser,
}) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await regie.user('ada', 'admin');
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay`);
  await expect(overlay.locator('.greeting')).toHaveText('first');
  const page = await (await browser.newContext()).newPage();
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/plugins/tracker-probe`);

  await page.getByLabel('What the block says').fill('hello');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(overlay.locator('.greeting')).toHaveText('hello');

  await page.getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByRole('button', { name: 'Enable' })).toBeVisible();
  await page.getByRole('button', { name: 'Enable' }).click();
  await expect(page.getByRole('button', { name: 'Disable' })).toBeVisible();

  await page.getByRole('button', { name: 'Remove the plugin' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Remove/ })
    .click();
  await expect(page).toHaveURL(/\/app\/plugins$/);
  const card = page.getByRole('listitem').filter({ hasText: 'tracker-probe' });
  await expect(card).toHaveCount(0);
  await page.locator('input[type=file]').setInputFiles(`${Regie.package('tracker-probe')}-1.0.0.zip`);
  await expect(page.getByText('Probe 1.0.0 is installed')).toBeVisible();
  await expect(card).toContainText('On the air');
  // What was set outlives the package.
  await overlay.reload();
  await expect(overlay.locator('.greeting')).toHaveText('hello');
});

test('a package that does not load is refused with its reason, and changes nothing', async ({ regie, page }) => {
  await regie.user('ada', 'admin');
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/plugins`);
  const bad = { name: 'bad.zip', mimeType: 'application/zip', buffer: Buffer.from('PK no zip at all') };
  await page.locator('input[type=file]').setInputFiles(bad);
  await expect(page.getByRole('alert').first()).toContainText('bad.zip was refused');
});
