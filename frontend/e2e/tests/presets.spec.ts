import { readFile } from 'node:fs/promises';
import { expect, test } from '../regie.js';

const probe = 'tracker-probe';

test('a preset is made, edited in the frame, compared, brought back, exported and imported', async ({
  regie,
  page,
}) => {
  await regie.user('ada', 'admin');
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/presets?type=${probe}`);
  await page.getByRole('button', { name: 'New preset' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('League rules');
  await dialog.getByLabel('Notes (optional)').fill('As the league starts.');
  await dialog.getByRole('button', { name: 'Create the preset' }).click();
  await expect(page).toHaveURL(new RegExp(`/app/presets/${probe}/league-rules$`));

  // The tracker's own editor, in a frame; each change is a version that the page lists at once.
  const editor = page.frameLocator('iframe');
  const versions = page.locator('section', { hasText: 'Versions' }).getByRole('listitem');
  await expect(versions).toHaveCount(1);
  await editor.getByRole('button', { name: 'Count' }).click();
  await expect(editor.locator('.n')).toHaveText('1');
  await expect(versions).toHaveCount(2);
  await editor.getByRole('button', { name: 'Count' }).click();
  await expect(versions).toHaveCount(3);
  await editor.getByRole('button', { name: 'Undo' }).click();
  await expect(editor.locator('.n')).toHaveText('1');
  await expect(versions).toHaveCount(4);

  await versions
    .last()
    .getByRole('button', { name: /^Compare/ })
    .click();
  const compared = page.locator('section', { has: page.getByRole('heading', { name: 'What changed' }) });
  await expect(compared.getByRole('row', { name: 'state.n 0 1' })).toBeVisible();
  await versions
    .last()
    .getByRole('button', { name: /^Bring back/ })
    .click();
  await expect(editor.locator('.n')).toHaveText('0');
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect(editor.locator('.n')).toHaveText('1');

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()]);
  const text = await readFile(await file.path(), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ label: 'League rules', tracker_type: probe });

  await page.getByRole('button', { name: 'Delete' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(page).toHaveURL(new RegExp(`/app/presets\\?type=${probe}`));
  await expect(page.getByText('No preset of this tracker yet')).toBeVisible();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'league-rules.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await expect(page.getByText('“League rules” is imported')).toBeVisible();
  await page.goto(`${regie.url}/app/presets/${probe}/league-rules`);
  await expect(page.frameLocator('iframe').locator('.n')).toHaveText('1');
});

test('who only runs restreams sees what a preset sets, and changes nothing', async ({ regie, page }) => {
  await regie.user('nour', 'restreamer');
  await regie.call('POST', `/api/trackers/${probe}/presets`, { label: 'League rules' });
  await regie.signIn(page, 'nour');
  await page.goto(`${regie.url}/app/presets/${probe}/league-rules`);
  const editor = page.frameLocator('iframe');
  await expect(editor.locator('.n')).toHaveText('0');
  await expect(editor.getByRole('button', { name: 'Count' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /Delete|Rename/ })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Export' })).toBeVisible();
});
