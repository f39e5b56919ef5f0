import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, PASSWORD, type Regie, test } from '../regie.js';

const probe = 'tracker-probe';
const board = {
  label: 'Board',
  plugin: 'indices-board',
  categories: {
    always: { label: 'Always', columns: 2, items: [['First shop', '']] },
    barren: { label: 'Barren', columns: 1, items: [] },
  },
};

function templates(regie: Regie): void {
  const folder = join(regie.instance, 'indices/templates');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'board.json'), JSON.stringify(board));
}

const count = (regie: Regie, panel: string) =>
  regie.call<{ version: number }>('POST', '/demo/tracker/update', { panel, action: { do: 'count' } });
const twoPanels = async (regie: Regie) => {
  await regie.restream('demo', probe, ['Alice', 'Bob']);
  await regie.call('PATCH', '/api/restreams/demo', {
    panels: [{ key: 'second', tracker_type: probe, title: 'Second' }],
  });
};
const live = async (page: Page) => {
  await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
};

test('a restream with two panels, a hint sheet and a preset is made in the form, and its desk shows them', async ({
  regie,
  page,
}) => {
  templates(regie);
  await regie.user('ada', 'restreamer');
  await regie.call('POST', `/api/trackers/${probe}/presets`, { label: 'League rules' });
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/restreams/new`);
  await page.getByLabel('Title', { exact: true }).fill('Grand finale');
  await page.getByLabel('Tracker', { exact: true }).selectOption(probe);
  await page.getByLabel('Begin with a preset').selectOption('league-rules');
  await page.getByRole('button', { name: 'Add a panel' }).click();
  await page.getByLabel('Tracker of panel 2').selectOption(probe);
  await page.getByLabel('Title of panel 2').fill('Second');
  await page.getByLabel('Template').selectOption('board');
  await page.getByPlaceholder('Name').first().fill('Alice');
  await page.getByRole('button', { name: /^Create/ }).click();
  await expect(page).toHaveURL(/\/app\/restreams\/grand-finale$/);
  await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Hint sheet' })).toBeVisible();
  await expect(page.getByText('Tracker ready')).toHaveCount(2);
  await expect(page.getByText('Sheet ready')).toBeVisible();
  const made = await regie.call<{ panels: { key: string }[]; indices: { state: string } }>(
    'GET',
    '/api/restreams/grand-finale',
  );
  expect(made.panels.map((panel) => panel.key)).toEqual(['main', 'second']);
  await page.goto(`${regie.url}/grand-finale/live`);
  await live(page);
  await expect(page.locator('.rg-block')).toHaveCount(3);
  await expect(page.getByText('First shop').first()).toBeVisible();
});

test('a preset is applied and a tracker reset on the desk, and the message that follows takes it back', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'restreamer');
  await twoPanels(regie);
  await count(regie, 'main');
  await count(regie, 'main');
  await regie.call('POST', `/api/trackers/${probe}/presets`, { label: 'At two', from: 'demo/main' });
  await count(regie, 'main');
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay`);
  const shown = overlay.locator('.n');
  await expect(shown).toHaveText('3');
  const page = await (await browser.newContext()).newPage();
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/restreams/demo`);
  const reset = page.getByRole('button', { name: /^Reset…/ }).first();
  await reset.click();
  await page.getByRole('radio', { name: 'At two' }).check();
  await page.getByRole('button', { name: 'Apply the preset' }).click();
  await expect(shown).toHaveText('2');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(shown).toHaveText('3');
  await reset.click();
  await page.getByRole('button', { name: 'Reset to the default' }).click();
  await expect(shown).toHaveText('0');
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect(shown).toHaveText('3');
});

test('the history of a panel says who did what, and undoes, redoes and brings back', async ({ regie, page }) => {
  await regie.user('ada', 'restreamer');
  await twoPanels(regie);
  for (let n = 0; n < 3; n++) await count(regie, 'second');
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/restreams/demo/history?panel=second`);
  const rows = page.getByRole('list', { name: 'History' }).getByRole('listitem');
  await expect(rows).toHaveCount(4);
  const n = async () => {
    const answer = await page.request.get(`${regie.url}/demo/overlay?panel=second`);
    return /class="n"[^>]*>(\d+)/.exec(await answer.text())?.[1];
  };
  expect(await n()).toBe('3');
  // An older one than the newest, of another person.
  await rows.nth(1).getByRole('button', { name: /^Undo/ }).click();
  await expect(rows.nth(2)).toContainText('undone');
  await expect.poll(n).toBe('2');
  await rows.nth(2).getByRole('button', { name: /^Redo/ }).click();
  await expect.poll(n).toBe('3');
  await rows
    .last()
    .getByRole('button', { name: /^Bring back/ })
    .click();
  await page.getByRole('button', { name: /^Bring back version 1/ }).click();
  await expect.poll(n).toBe('0');
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect.poll(n).toBe('3');
});

test('panels are arranged with the mouse, and the live page and the composed overlay follow', async ({
  regie,
  page,
}) => {
  await page.setViewportSize({ width: 1600, height: 1200 });
  await regie.user('ada', 'restreamer');
  await twoPanels(regie);
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/restreams/demo/arrange`);
  // The second goes before the first.
  const grips = page.getByRole('button', { name: /^Move .*, place/ });
  await expect(grips).toHaveCount(2);
  await grips.nth(1).dragTo(grips.nth(0), { targetPosition: { x: 2, y: 2 } });
  await expect(grips.first()).toHaveAccessibleName(/Second/);
  const edge = page.getByRole('slider', { name: /Second/ });
  await edge.focus();
  for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowLeft');
  await expect(edge).toHaveAttribute('aria-valuenow', '6');

  await page.getByLabel('Put on the canvas').selectOption({ label: 'Second' });
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const box = page.getByRole('group', { name: 'Overlay canvas' }).getByRole('button');
  await expect(box).toHaveCount(1);
  const from = await box.boundingBox();
  if (!from) throw new Error('the box is not on the page');
  const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(box).not.toHaveAccessibleName(/at 0, 0/);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Everything is saved')).toBeVisible();

  interface Placed {
    layout: { live: unknown[]; overlay: { panels: { panel: string; x: number; y: number }[] } };
  }
  const { layout } = await regie.call<Placed>('GET', '/api/restreams/demo');
  expect(layout.live[0]).toEqual({ panel: 'second', span: 6 });
  const [placed] = layout.overlay.panels;
  expect(placed?.panel).toBe('second');
  await page.goto(`${regie.url}/demo/live`);
  await live(page);
  await expect(page.locator('main h2').first()).toHaveText('Second');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto(`${regie.url}/demo/overlay?panel=all`);
  await live(page);
  const block = await page.locator('.rg-block').boundingBox();
  expect([Math.round(block?.x ?? -1), Math.round(block?.y ?? -1)]).toEqual([placed?.x, placed?.y]);
});

test('roles are given by name and by invitation, and a new person edits right after accepting', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'restreamer');
  await regie.user('nour', 'viewer');
  await regie.restream('demo', probe, ['Alice']);
  const page = await (await browser.newContext()).newPage();
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/restreams/demo/people`);
  await page.getByLabel('Give a person a role').fill('nour');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('nour is Editor here')).toBeVisible();
  await page.getByRole('button', { name: 'Create a link' }).click();
  const url = await page.getByRole('textbox', { name: 'Invitation link' }).inputValue();

  const second = await (await browser.newContext()).newPage();
  await second.goto(url);
  await expect(second.getByText('To “demo”, as Editor')).toBeVisible();
  await second.getByLabel('Name').fill('sam');
  await second.getByLabel('Password').fill(PASSWORD);
  await second.getByRole('button', { name: 'Make the account and accept' }).click();
  await expect(second).toHaveURL(/\/(app\/restreams\/demo|demo\/live)/);
  await second.goto(`${regie.url}/demo/live`);
  await live(second);
  await second.getByRole('button', { name: 'Count' }).click();
  await expect(second.locator('.n')).toHaveText('1');

  await page.reload();
  await expect(page.getByText('used 1 time')).toBeVisible();
  await page.goto(`${regie.url}/app/restreams/demo`);
  // Who is at work shows on the desk as it happens.
  await expect(page.locator('aside, main').getByText('sam', { exact: true })).toBeVisible();
  // The link was for one.
  const third = await (await browser.newContext()).newPage();
  await third.goto(url);
  await expect(third.getByText('This invitation cannot be used.', { exact: false })).toBeVisible();
});

test('a tracker is edited with a thumb on a phone', async ({ regie, browser }) => {
  await regie.user('ed', 'editor');
  await twoPanels(regie);
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const page = await phone.newPage();
  await regie.signIn(page, 'ed');
  await page.goto(`${regie.url}/app/restreams/demo`);
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect(page.getByRole('heading', { name: 'Second' })).toBeVisible();
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.goto(`${regie.url}/demo/live`);
  await live(page);
  expect(await wide()).toBeLessThanOrEqual(0);
  const button = page.getByRole('button', { name: 'Count' }).last();
  const size = await button.boundingBox();
  expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
  await button.tap();
  await expect(page.locator('.n').last()).toHaveText('1');
  await expect(page.locator('.n').first()).toHaveText('0');
});
