import AxeBuilder from '@axe-core/playwright';
import { expect, PASSWORD, test } from '../regie.js';

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

test('every page of the app is free of accessibility faults', async ({ regie, page }) => {
  await regie.user('ada', 'admin');
  await regie.restream('demo', 'tracker-probe', ['Alice']);
  await regie.signIn(page, 'ada');
  const paths = [
    'restreams',
    'restreams/new',
    'restreams/demo',
    'restreams/demo/edit',
    'plugins',
    'admin',
    'users',
    'keys',
    'settings',
  ];
  for (const path of paths) {
    await page.goto(`${regie.url}/app/${path}`);
    await expect(page.locator('main h1, h1').first()).toBeVisible();
    const found = await new AxeBuilder({ page }).analyze();
    expect(found.violations.map((v) => `${path} ${v.id}: ${v.nodes[0]?.html ?? ''}`)).toEqual([]);
  }
});
