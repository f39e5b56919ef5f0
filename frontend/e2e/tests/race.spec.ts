// A race from its creation to its results, run by clients that were started from the packs they downloaded.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type Page } from '@playwright/test';
import { unpack } from '../pack.js';
import { expect, type Regie, test } from '../regie.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const PLAYERS = ['ada', 'bo', 'cleo', 'dov', 'eli', 'fay'];
/** In-game time to a time on the wall: a run takes some seconds. */
const SPEED = '90';

async function somebody(browser: Browser, regie: Regie, name: string): Promise<Page> {
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  await regie.signIn(page, name);
  return page;
}

/** The player's own pack, by the link on the race's page. */
async function download(page: Page, regie: Regie, race: string, into: string): Promise<string> {
  await page.goto(`${regie.url}/race/${race}`);
  const [pack] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /pack/i }).first().click(),
  ]);
  const file = `${into}.zip`;
  await pack.saveAs(file);
  const settings = unpack(file, into).find((path) => path.endsWith('.toml'));
  if (settings === undefined) throw new Error(`${file} holds no settings file`);
  return settings;
}

function racer(settings: string, graph: string, seed: number): { child: ChildProcess; ended: Promise<string> } {
  const binary = process.env.REGIE_BINARY ?? join(root, 'target/debug/regie');
  const args = ['racer', '--settings', settings, '--simulate', '--graph', graph, '--speed', SPEED];
  const child = spawn(binary, [...args, '--seed', String(seed), '--plain', '--stay'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer) => (said += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<string>((resume) => child.once('exit', () => resume(said)));
  return { child, ended };
}

test('six clients race from the packs they downloaded, from creation to results', async ({ regie, browser }) => {
  test.setTimeout(240_000);
  const clients: ChildProcess[] = [];
  cpSync(join(root, 'instance/seeds'), join(regie.instance, 'seeds'), { recursive: true });
  await regie.user('boss', 'admin');
  for (const name of ['org', ...PLAYERS]) await regie.user(name, 'viewer');

  // An administrator fills a pool.
  const boss = await somebody(browser, regie, 'boss');
  await boss.goto(`${regie.url}/app/pools`);
  await boss.getByRole('button', { name: 'Rescan' }).click();
  await boss.getByRole('spinbutton', { name: 'Make seeds' }).first().fill('2');
  await boss
    .getByRole('button', { name: /^Make ?, / })
    .first()
    .click();
  const pools = async () =>
    (
      await regie.call<{ items: { name: string; display_name: string; available: number; folder?: string }[] }>(
        'GET',
        '/api/pools',
      )
    ).items;
  await expect.poll(async () => (await pools()).some((pool) => pool.available > 0), { timeout: 60_000 }).toBe(true);
  const pool = (await pools()).find((each) => each.available > 0);
  if (!pool) throw new Error('no pool has seeds');

  // Somebody creates a race from it, and adds six players by name.
  const org = await somebody(browser, regie, 'org');
  await org.goto(`${regie.url}/app/races/new`);
  await org.getByLabel('Name', { exact: true }).fill('Sunday showdown');
  await org.getByLabel('Mode', { exact: true }).selectOption('race-dag');
  await org.getByRole('radio', { name: new RegExp(pool.display_name.replace(/[()~]/g, '\\$&')) }).check();
  await org.getByText('Countdown, places, limits').click();
  await org.getByLabel('Countdown (seconds)').fill('3');
  await org.getByRole('button', { name: 'Create the race' }).click();
  await expect(org).toHaveURL(/\/app\/races\/[0-9a-f-]{36}/);
  const race = /races\/([0-9a-f-]{36})/.exec(org.url())?.[1] ?? '';
  await org.getByRole('button', { name: 'Open the race', exact: true }).click();
  for (const name of PLAYERS) {
    const field = org
      .locator('form')
      .filter({ hasText: 'Add players' })
      .or(org.locator('section', { has: org.getByRole('heading', { name: 'Add players' }) }))
      .getByLabel('Name')
      .first();
    await field.fill(name);
    await field.press('Enter');
    await expect(org.getByRole('button', { name: new RegExp(`^Manage ?, ${name}`) })).toBeVisible();
  }
  await org.getByRole('button', { name: 'Release the packs' }).click();

  // Each player downloads the own pack, and starts a client with it.
  const [seed] = readdirSync(join(regie.instance, 'seeds', pool.name, 'consumed'));
  const graph = join(regie.instance, 'seeds', pool.name, 'consumed', seed ?? '', 'graph.json');
  const pages: Page[] = [];
  const ends: Promise<string>[] = [];
  try {
    for (const [index, name] of PLAYERS.entries()) {
      const page = await somebody(browser, regie, name);
      pages.push(page);
      const settings = await download(page, regie, race, join(dirname(regie.instance), name));
      const { child, ended } = racer(settings, graph, index + 1);
      clients.push(child);
      ends.push(ended);
    }
    await expect(org.getByText('6 of 6 players are ready.')).toBeVisible({ timeout: 30_000 });

    // Spectators see nothing of the way before the start, and everybody on the map after it.
    const spectator = await (await browser.newContext()).newPage();
    await spectator.goto(`${regie.url}/race/${race}`);
    await expect(spectator.locator('html')).toHaveAttribute('data-link', 'open');
    const map = spectator.locator('[data-rg-surface="overlay:dag:base"]');
    expect(await map.locator('svg').count()).toBe(0);
    await org.getByRole('button', { name: 'Start the race' }).click();
    await expect(map.locator('svg').first()).toBeVisible({ timeout: 20_000 });
    // A player who still races sees the own way only.
    const stations = (page: Page) => page.locator('[data-rg-surface="overlay:dag:base"] svg text').count();
    expect(await stations(pages[0] as Page)).toBeLessThan(await stations(spectator));

    // It ends by itself, and the results are what the clients ran.
    const said = await Promise.all(ends);
    for (const [index, name] of PLAYERS.entries())
      expect(said[index]).toMatch(new RegExp(`${name}: finished, place \\d`));
    interface Result {
      status: string;
      participants: { name: string; place: number; igt_ms: number; status: string }[];
    }
    const result = await regie.call<Result>('GET', `/api/races/${race}`);
    expect(result.status).toBe('finished');
    const byTime = [...result.participants].sort((a, b) => a.igt_ms - b.igt_ms);
    expect(byTime.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 6]);
    await org.getByRole('link', { name: 'See the result' }).waitFor();
    const board = spectator.locator('[data-rg-surface="live"]');
    await expect(board).toContainText('Results');
    const shown = (await board.innerText()).toLowerCase();
    const order = byTime.map(({ name }) => shown.indexOf(name));
    expect(order).toEqual([...order].sort((a, b) => a - b));

    // The race can be seen again at any of its moments.
    await spectator.getByRole('link', { name: 'Replay' }).click();
    const slider = spectator.getByRole('slider');
    await slider.focus();
    const replayed = spectator.locator('[data-rg-replay="live"]');
    await slider.press('End');
    await expect(replayed).toContainText(byTime[0]?.name ?? '');
    await expect(replayed).toContainText('FIN');
    await slider.press('Home');
    await expect(replayed).not.toContainText('FIN');
  } finally {
    for (const client of clients) client.kill();
  }
});
