// A race and a restream that are tied to a session of the lobby: its members become participants on one click.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Peer } from '../peer.js';
import { expect, modes, type Regie, test } from '../regie.js';

const meeting = '0198c0de-0000-7000-8000-0000000000aa';
const panel = (page: Page) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'From a lobby' }) });

/** Two games in a session; one goes by the name of an account. */
async function games(regie: Regie): Promise<Peer[]> {
  const boat = await Peer.connect(regie.lobby, 'boat-7');
  const ada = await Peer.connect(regie.lobby, 'ada');
  await boat.create(meeting, 'Tide pools', 1, 8);
  await ada.join(meeting);
  return [boat, ada];
}

async function ties(page: Page): Promise<void> {
  await expect(panel(page).getByRole('option', { name: 'Tide pools · 2 members' })).toBeAttached();
  await panel(page).getByRole('button', { name: 'Tie' }).click();
  await expect(page.getByText('Tied to “Tide pools”')).toBeVisible();
  await expect(panel(page).getByRole('listitem')).toHaveText(['boat-7', 'ada']);
}

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.target) }))).toEqual([]);
}

test('the organizer of a race takes who is in a session, and is told what became of each', async ({ regie, page }) => {
  for (const name of ['ada', 'org']) await regie.user(name, name === 'org' ? 'restreamer' : 'viewer');
  const peers = await games(regie);
  try {
    await regie.signIn(page, 'org');
    const mode = modes.find((id) => id === 'race-bingo') ?? modes[0] ?? '';
    const id = await page.evaluate(async (mode) => {
      const headers = { 'content-type': 'application/json' };
      const made = await fetch('/api/races', {
        method: 'POST',
        headers,
        body: JSON.stringify({ name: 'Sunday', mode }),
      });
      return ((await made.json()) as { id: string }).id;
    }, mode);
    await page.goto(`${regie.url}/app/races/${id}`);
    await ties(page);
    await panel(page).getByRole('button', { name: 'Take them as participants' }).click();
    await expect(panel(page).getByRole('status')).toHaveText('1 added, 1 invited');
    await expect(page.getByText('Invitation link for boat-7')).toBeVisible();
    await panel(page).getByRole('button', { name: 'Take them as participants' }).click();
    await expect(panel(page).getByRole('status')).toHaveText('2 already there');
    await isAccessible(page);
    // Somebody joins: the desk shows it without being asked.
    const late = await Peer.connect(regie.lobby, 'late-9');
    peers.push(late);
    await late.join(meeting);
    await expect(panel(page).getByRole('listitem')).toHaveText(['boat-7', 'ada', 'late-9']);
    await regie.call('POST', `/api/lobby/sessions/${meeting}/close`);
    await expect(panel(page).getByText('was Tide pools')).toBeVisible();
    await expect(panel(page).getByRole('button', { name: /Take/ })).toHaveCount(0);
    await panel(page).getByRole('button', { name: 'Untie' }).click();
    await expect(panel(page).getByText('There is no session to choose now.')).toBeVisible();
  } finally {
    for (const peer of peers) peer.close();
  }
});

test('a restreamer takes who is in a session after those who are there', async ({ regie, page }) => {
  await regie.user('crew', 'restreamer');
  await regie.restream('a', 'tracker-probe', ['Zoe']);
  const peers = await games(regie);
  try {
    await regie.signIn(page, 'crew');
    await page.goto(`${regie.url}/app/restreams/a/people`);
    await ties(page);
    await panel(page).getByRole('button', { name: 'Take them as participants' }).click();
    await expect(panel(page).getByRole('status')).toHaveText('2 added');
    const { participants } = await regie.call<{ participants: { label: string }[] }>('GET', '/api/restreams/a');
    expect(participants.map((each) => each.label)).toEqual(['Zoe', 'boat-7', 'ada']);
    await isAccessible(page);
  } finally {
    for (const peer of peers) peer.close();
  }
});
