import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, PASSWORD, sheets, test } from '../regie.js';

test('an administrator signs in, makes a restream in the app and opens its overlay', async ({ regie, page }) => {
  await regie.user('ada', 'admin');
  await page.goto(`${regie.url}/app/`);
  await page
    .getByLabel(/name|nom/i)
    .first()
    .fill('ada');
  await page
    .getByLabel(/password|mot de passe/i)
    .first()
    .fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/app\/(restreams)?\/?$/);
  await page.goto(`${regie.url}/app/restreams/new`);
  await page.getByLabel(/^(title|titre)/i).fill('Grand finale');
  await page.getByLabel(/tracker/i).selectOption('tracker-probe');
  await page.getByRole('button', { name: /^(create|créer)/i }).click();
  await expect(page).toHaveURL(/\/app\/restreams\/grand-finale/);
  const overlay = await page.request.get(`${regie.url}/grand-finale/overlay`);
  expect(overlay.status()).toBe(200);
});

test('every page of the app is free of accessibility faults, in both languages', async ({ regie, browser }) => {
  test.setTimeout(120_000);
  await regie.user('ada', 'admin');
  const panels = [{ key: 'second', tracker_type: 'tracker-probe', title: 'Second' }];
  const sheet = sheets[0] ?? 'none';
  await regie.restream('demo', 'tracker-probe', ['Alice', 'Bob']);
  await regie.call('PATCH', '/api/restreams/demo', { panels, indices_template: sheet });
  await regie.call('POST', '/demo/tracker/update', { action: { do: 'count' } });
  await regie.call('POST', '/api/trackers/tracker-probe/presets', { label: 'League rules' });
  const invite = { role: 'editor' };
  const { token } = await regie.call<{ token: string }>('POST', '/api/restreams/demo/invites', invite);
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay`);

  const stranger = await (await browser.newContext()).newPage();
  const page = await (await browser.newContext()).newPage();
  await regie.signIn(page, 'ada');
  const faults: string[] = [];
  const check = async (at: Page, path: string) => {
    await at.goto(`${regie.url}/app/${path}`);
    await expect(at.locator('h1').first()).toBeVisible();
    for (const locale of ['fr', 'en']) {
      await at.getByRole('button', { name: locale === 'fr' ? /Français/ : /English/ }).click();
      await expect(at.locator('html')).toHaveAttribute('lang', locale);
      // What the frames show is other pages' business.
      const found = await new AxeBuilder({ page: at }).exclude('iframe').analyze();
      faults.push(...found.violations.map((v) => `${path} ${locale} ${v.id}: ${v.nodes[0]?.html ?? ''}`));
    }
  };
  for (const path of ['login', `invite?token=${token}`, 'invite?token=no']) await check(stranger, path);
  for (const path of [
    'restreams',
    'restreams/new',
    'restreams/demo',
    'restreams/demo/history',
    'restreams/demo/arrange',
    'restreams/demo/people',
    'restreams/demo/edit',
    'races',
    'races/new',
    'lobby',
    'lobby/guide',
    'pools',
    'people/ada',
    'overlays',
    'presets?type=tracker-probe',
    'presets/tracker-probe/league-rules',
    'plugins',
    'plugins/tracker-probe',
    'admin',
    'users',
    'keys',
    'settings',
  ]) {
    await check(page, path);
  }
  expect(faults).toEqual([]);
});

test('who comes by an address to a page that their role does not open is told so, and nothing is asked for them', async ({
  regie,
  page,
}) => {
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await regie.user('theo', 'viewer');
  await regie.signIn(page, 'theo');
  const refused: string[] = [];
  page.on('response', (answer) => answer.status() === 403 && refused.push(answer.url()));
  for (const [path, role] of [
    ['restreams/demo/history', 'Editor'],
    ['restreams/demo/people', 'Restreamer'],
    ['plugins', 'Restreamer'],
    ['users', 'Admin'],
  ]) {
    await page.goto(`${regie.url}/app/${String(path)}`);
    await expect(page.getByText(`This page needs the role ${String(role)}`)).toBeVisible();
  }
  expect(refused).toEqual([]);
});
