// The lobby's page: two people in browsers of their own, and games that only speak MQTT.
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Locator, Page } from '@playwright/test';
import { Network } from '../network.js';
import { Peer } from '../peer.js';
import { expect, type Regie, test } from '../regie.js';

/** Everybody sees a change within this time. */
const soon = { timeout: 1000 };
const first = '0198c0de-0000-7000-8000-00000000000a';

async function somebody(browser: Browser, regie: Regie, name: string, url = regie.url): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await regie.signIn(page, name, url);
  await page.goto(`${url}/app/lobby`);
  await expect(page.getByRole('heading', { name: 'Lobby', level: 1 })).toBeVisible();
  await expect(page.getByText('Connected', { exact: true })).toBeVisible();
  return page;
}

const row = (page: Page, model: string): Locator => page.locator('[data-session]').filter({ hasText: model });
const tick = (page: Page, model: string): Locator =>
  row(page, model).getByRole('button', { name: /You are in this session/ });
const button = (page: Page, word: string, model: string): Locator =>
  row(page, model).getByRole('button', { name: new RegExp(`^${word} ?, ${model}$`) });

async function create(page: Page, model: string, min: number, max: number | ''): Promise<void> {
  await page.getByRole('button', { name: 'New session' }).click();
  await page.getByLabel('Model').fill(model);
  await page.getByLabel('Players at least').fill(String(min));
  await page.getByLabel('Players at most').fill(String(max));
  await page.getByRole('button', { name: 'Create the session' }).click();
}

/** In this order: on every page within a second after what was done. */
async function all(...seen: Promise<void>[]): Promise<void> {
  await Promise.all(seen);
}

// A host that starts looks first whether another one arbitrates.
test.beforeEach(async ({ regie }) => {
  const state = async () => (await regie.call<{ broker: { state: string } }>('GET', '/api/lobby')).broker.state;
  await expect.poll(state, { timeout: 20_000 }).toBe('connected');
});

test('the list and the ✓ follow joins, leaves and switches of people and of games, in every browser', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'viewer');
  await regie.user('bob', 'viewer');
  const ada = await somebody(browser, regie, 'ada');
  const bob = await somebody(browser, regie, 'bob');
  await expect(ada.getByText('No session yet')).toBeVisible();

  // A person creates one, another joins it.
  await create(ada, 'Tide pools', 2, 4);
  await all(
    expect(tick(ada, 'Tide pools')).toBeVisible(soon),
    expect(row(ada, 'Tide pools')).toContainText('1 of 2–4', soon),
    expect(row(bob, 'Tide pools')).toContainText('1 of 2–4', soon),
    expect(row(bob, 'Tide pools')).toContainText('By ada', soon),
  );
  expect(await tick(bob, 'Tide pools').count()).toBe(0);
  await expect(button(ada, 'Start', 'Tide pools')).toBeDisabled();
  await expect(row(ada, 'Tide pools')).toContainText('1 more to start');
  await button(bob, 'Join', 'Tide pools').click();
  await all(
    expect(tick(bob, 'Tide pools')).toBeVisible(soon),
    expect(row(ada, 'Tide pools')).toContainText('2 of 2–4', soon),
    expect(button(ada, 'Start', 'Tide pools')).toBeEnabled(soon),
  );
  await expect(bob.locator('[data-news]')).toHaveText('You are now in “Tide pools”.');
  await expect(button(bob, 'Leave', 'Tide pools')).toBeFocused();

  // A game creates one, another game joins it.
  const game = await Peer.connect(regie.lobby, 'game-one');
  const guest = await Peer.connect(regie.lobby, 'game-two');
  try {
    await game.create(first, 'Salt marsh', 2, 4);
    await all(...[ada, bob].map((page) => expect(row(page, 'Salt marsh')).toContainText('1 of 2–4', soon)));
    await guest.join(first);
    await all(...[ada, bob].map((page) => expect(row(page, 'Salt marsh')).toContainText('2 of 2–4', soon)));

    // Somebody who has created nothing switches without a question.
    await button(bob, 'Switch', 'Salt marsh').click();
    await all(
      expect(tick(bob, 'Salt marsh')).toBeVisible(soon),
      expect(tick(bob, 'Tide pools')).toHaveCount(0, soon),
      expect(row(ada, 'Tide pools')).toContainText('1 of 2–4', soon),
      expect(row(ada, 'Salt marsh')).toContainText('3 of 2–4', soon),
    );

    // What is done elsewhere counts here, too: the same person in another browser, and the state of a game.
    const other = await somebody(browser, regie, 'bob');
    await expect(tick(other, 'Salt marsh')).toBeVisible();
    await button(other, 'Leave', 'Salt marsh').click();
    await expect(tick(bob, 'Salt marsh')).toHaveCount(0, soon);
    await expect(bob.locator('[data-news]')).toHaveText('You are no longer in “Salt marsh”.');
    await row(bob, 'Salt marsh').getByRole('button', { name: 'Salt marsh' }).first().click();
    const mine = row(bob, 'Salt marsh').getByRole('button', { name: /^My game ?, game-two$/ });
    await mine.click();
    await expect(mine).toHaveAttribute('aria-pressed', 'true');
    const played = row(bob, 'Salt marsh').getByRole('button', { name: /Your game is in this session/ });
    await expect(played).toBeVisible();
    await bob.reload();
    await expect(played).toBeVisible();
    await guest.leave(first);
    await all(expect(played).toHaveCount(0, soon), expect(row(ada, 'Salt marsh')).toContainText('1 of 2–4', soon));
    await guest.join(first);
    await expect(played).toBeVisible(soon);
    await bob.getByRole('button', { name: 'Forget it' }).click();
    await expect(played).toHaveCount(0);

    // Whoever leaves what they created is told what is lost, and can stay.
    await button(bob, 'Join', 'Tide pools').click();
    await expect(row(ada, 'Tide pools')).toContainText('2 of 2–4', soon);
    await button(ada, 'Switch', 'Salt marsh').click();
    const question = ada.getByRole('dialog', { name: 'Switch to “Salt marsh”' });
    await expect(question).toContainText('it closes when you leave, also for 1 other member');
    await ada.keyboard.press('Escape');
    await expect(button(ada, 'Switch', 'Salt marsh')).toBeFocused();
    await expect(tick(ada, 'Tide pools')).toBeVisible();
    await button(ada, 'Switch', 'Salt marsh').click();
    await question.getByRole('button', { name: 'Close “Tide pools” and switch' }).click();
    await all(
      expect(tick(ada, 'Salt marsh')).toBeVisible(soon),
      ...[ada, bob].map((page) => expect(row(page, 'Tide pools')).toHaveCount(0, soon)),
    );
    await expect(bob.locator('[data-news]')).toHaveText('You are no longer in “Tide pools”.');
    await expect(button(ada, 'Leave', 'Salt marsh')).toBeFocused();

    // The game sees them come and go, and goes itself: its session closes.
    await expect.poll(async () => (await game.seen(first)).connected_instances.length, soon).toBe(3);
    await game.leave(first);
    await all(...[ada, bob].map((page) => expect(row(page, 'Salt marsh')).toHaveCount(0, soon)));
  } finally {
    game.close();
    guest.close();
  }
});

test('a session is started and closed by its creator, and others cannot', async ({ regie, browser }) => {
  await regie.user('ada', 'viewer');
  await regie.user('bob', 'viewer');
  await regie.user('boss', 'admin');
  const ada = await somebody(browser, regie, 'ada');
  const bob = await somebody(browser, regie, 'bob');
  const boss = await somebody(browser, regie, 'boss');
  await create(ada, 'Tide pools', 2, '');
  await expect(row(bob, 'Tide pools')).toContainText('1 of 2+, no limit', soon);
  await button(bob, 'Join', 'Tide pools').click();
  await expect(button(bob, 'Leave', 'Tide pools')).toBeVisible(soon);
  expect(await button(bob, 'Start', 'Tide pools').count()).toBe(0);
  await button(ada, 'Start', 'Tide pools').click();
  await all(...[ada, bob, boss].map((page) => expect(row(page, 'Tide pools')).toContainText('Started', soon)));
  expect(await button(boss, 'Join', 'Tide pools').count()).toBe(0);

  // An administrator closes it, told whom that puts out.
  await row(boss, 'Tide pools').getByRole('button', { name: 'Tide pools' }).first().click();
  await button(boss, 'Close the session', 'Tide pools').click();
  const question = boss.getByRole('dialog', { name: 'Close “Tide pools”' });
  await expect(question).toContainText('2 members are put out of it');
  await question.getByRole('button', { name: 'Close the session' }).click();
  await all(...[ada, bob, boss].map((page) => expect(page.getByText('No session yet')).toBeVisible(soon)));
});

test('a refusal is told with how the session stands, and the row shows that', async ({ regie, browser }) => {
  await regie.user('bob', 'viewer');
  const game = await Peer.connect(regie.lobby, 'game-one');
  const guest = await Peer.connect(regie.lobby, 'game-two');
  try {
    await game.create(first, 'Salt marsh', 1, 2);
    const bob = await (await browser.newContext()).newPage();
    await regie.signIn(bob, 'bob');
    // A page to which nothing is told any more does not know that the last place is taken.
    await bob.routeWebSocket(/\/live$/, () => undefined);
    await bob.goto(`${regie.url}/app/lobby`);
    await expect(row(bob, 'Salt marsh')).toContainText('1 of 1–2');
    await guest.join(first);
    await expect
      .poll(
        async () =>
          (await regie.call<{ items: { members: unknown[] }[] }>('GET', '/api/lobby/sessions')).items[0]?.members
            .length,
      )
      .toBe(2);
    await button(bob, 'Join', 'Salt marsh').click();
    await expect(bob.getByText('“Salt marsh” is full: 2 of 2.')).toBeVisible();
    await expect(row(bob, 'Salt marsh')).toContainText('2 of 1–2');
    await expect(button(bob, 'Join', 'Salt marsh')).toBeDisabled();
  } finally {
    game.close();
    guest.close();
  }
});

test('buttons wait while the link is down, and the list is right again when it is back', async ({ regie, browser }) => {
  await regie.user('ada', 'viewer');
  const network = await Network.to(regie.url);
  const game = await Peer.connect(regie.lobby, 'game-one');
  try {
    const ada = await somebody(browser, regie, 'ada', network.url);
    await game.create(first, 'Salt marsh', 2, 4);
    await expect(button(ada, 'Join', 'Salt marsh')).toBeEnabled(soon);
    network.cut();
    await expect(ada.getByText('Link lost')).toBeVisible();
    await expect(button(ada, 'Join', 'Salt marsh')).toBeDisabled();
    await expect(ada.getByRole('button', { name: 'New session' })).toBeDisabled();
    await game.leave(first);
    network.restore();
    await expect(ada.getByText('No session yet')).toBeVisible({ timeout: 20_000 });
    await expect(ada.getByRole('button', { name: 'New session' })).toBeEnabled();
  } finally {
    game.close();
    network.close();
  }
});

test('a heartbeat ages as time goes by, and is marked after ten seconds without moving anything', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'viewer');
  const game = await Peer.connect(regie.lobby, 'game-one');
  try {
    await game.create(first, 'Salt marsh', 2, 4, false);
    const page = await (await browser.newContext()).newPage();
    await page.clock.install();
    await regie.signIn(page, 'ada');
    await page.goto(`${regie.url}/app/lobby`);
    const beat = row(page, 'Salt marsh').getByText(/Heartbeat|Silent/);
    await expect(beat).toHaveText(/^Heartbeat [0-4] s ago$/);
    const where = await button(page, 'Join', 'Salt marsh').boundingBox();
    await page.clock.fastForward(11_000);
    await expect(beat).toHaveText(/^Silent for 1\d s$/);
    expect(await button(page, 'Join', 'Salt marsh').boundingBox()).toEqual(where);
  } finally {
    game.close();
  }
});

test('the banner says why there is no broker, since when, and what to do', async ({ regie, browser }) => {
  await regie.user('ada', 'viewer');
  await regie.kill();
  // Nothing listens there.
  regie.settings = { REGIE_LOBBY_BROKER: 'mqtt://127.0.0.1:1' };
  await regie.start();
  const page = await somebody(browser, regie, 'ada');
  const banner = page.getByRole('status').filter({ hasText: 'The broker is away' });
  await expect(banner).toContainText('since');
  await expect(banner).toContainText('mqtt://127.0.0.1:1: nothing listens there');
  // People can meet all the same.
  await create(page, 'Tide pools', 1, 4);
  await expect(tick(page, 'Tide pools')).toBeVisible();
  await banner.getByRole('link', { name: 'What to do' }).click();
  await expect(page.getByRole('heading', { name: 'When the broker is not there' })).toBeInViewport();

  await regie.kill();
  regie.settings = { REGIE_LOBBY_BROKER: 'off' };
  await regie.start();
  await page.goto(`${regie.url}/app/lobby`);
  await expect(page.getByText('The lobby is switched off')).toBeVisible();
  expect(await page.getByRole('button', { name: 'New session' }).count()).toBe(0);
});

test('who is in a session keeps their place while they look at another page, and no longer', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'viewer');
  const context = await browser.newContext();
  const page = await context.newPage();
  const followed = new Set<string>();
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const frame = JSON.parse(payload.toString()) as { subscribe?: { topic: string }[]; unsubscribe?: string[] };
      for (const topic of frame.unsubscribe ?? []) followed.delete(topic);
      for (const { topic } of frame.subscribe ?? []) followed.add(topic);
    }),
  );
  await regie.signIn(page, 'ada');
  await page.goto(`${regie.url}/app/lobby`);
  const away = async () => {
    await page.getByRole('link', { name: 'Races' }).click();
    await expect(page.getByText('No race yet')).toBeVisible();
  };
  await expect(page.getByText('No session yet')).toBeVisible();
  expect(followed).toContain('lobby');
  await away();
  expect(followed).not.toContain('lobby');

  await page.keyboard.press('b');
  await create(page, 'Tide pools', 2, 4);
  await expect(tick(page, 'Tide pools')).toBeVisible();
  await away();
  expect(followed).toContain('lobby');

  // Left in another window.
  const other = await context.newPage();
  await other.goto(`${regie.url}/app/lobby`);
  await button(other, 'Leave', 'Tide pools').click();
  await other.getByRole('button', { name: 'Leave and close' }).click();
  await expect.poll(() => followed.has('lobby'), soon).toBe(false);
});

test('the keyboard alone creates, walks through the list and leaves; nothing is too small for a thumb', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'viewer');
  const game = await Peer.connect(regie.lobby, 'game-one');
  try {
    await game.create(first, 'Salt marsh', 2, 4);
    const page = await somebody(browser, regie, 'ada');
    await expect(row(page, 'Salt marsh')).toBeVisible();
    await page.keyboard.press('n');
    await expect(page.getByLabel('Model')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByText('A session needs the name of a model.')).toBeVisible();
    await page.keyboard.type('Tide pools');
    await page.keyboard.press('Enter');
    await expect(tick(page, 'Tide pools')).toBeVisible(soon);
    await expect(page.getByRole('button', { name: 'New session' })).toBeFocused();
    const toggle = (model: string) =>
      row(page, model)
        .getByRole('button', { name: new RegExp(`${model}$`) })
        .first();
    await toggle('Salt marsh').focus();
    await page.keyboard.press('ArrowDown');
    await expect(toggle('Tide pools')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('list', { name: 'Members of Tide pools' })).toContainText('You');
    await page.keyboard.press('ArrowUp');
    await expect(toggle('Salt marsh')).toBeFocused();
    await button(page, 'Leave', 'Tide pools').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Leave and close' }).press('Enter');
    await expect(row(page, 'Tide pools')).toHaveCount(0, soon);
    await expect(page.getByRole('heading', { name: 'Available sessions' })).toBeFocused();

    await page.setViewportSize({ width: 390, height: 844 });
    await toggle('Salt marsh').click();
    const small: string[] = [];
    for (const each of await page.locator('main').getByRole('button').or(page.locator('main a')).all()) {
      const box = await each.boundingBox();
      if (box && box.height < 44) small.push(`${await each.innerText()}: ${String(box.height)}`);
    }
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  } finally {
    game.close();
  }
});

test('the page is free of accessibility faults, with its members, dialogs and banner, in both languages and themes', async ({
  regie,
  browser,
}) => {
  await regie.user('ada', 'admin');
  const game = await Peer.connect(regie.lobby, 'game-one');
  const faults: string[] = [];
  const check = async (page: Page, what: string) => {
    for (const theme of ['dark', 'light']) {
      await page.evaluate((painted) => (document.documentElement.dataset.theme = painted), theme);
      // A button that was disabled a moment ago is still on its way to its colours.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
      const found = await new AxeBuilder({ page }).analyze();
      faults.push(...found.violations.map((v) => `${what} ${theme} ${v.id}: ${v.nodes[0]?.html ?? ''}`));
    }
  };
  try {
    const page = await somebody(browser, regie, 'ada');
    await check(page, 'empty');
    await game.create(first, 'Salt marsh', 2, 4);
    await create(page, 'Tide pools', 2, 4);
    await expect(tick(page, 'Tide pools')).toBeVisible();
    for (const each of await page.locator('[data-toggle]').all()) await each.click();
    await check(page, 'full');
    await page.getByRole('button', { name: /Français/ }).click();
    await expect(page.getByRole('heading', { name: 'Sessions disponibles' })).toBeVisible();
    await expect(row(page, 'Tide pools')).toContainText('1 sur 2–4');
    await expect(row(page, 'Tide pools').getByRole('button', { name: /Vous êtes dans cette session/ })).toBeVisible();
    await check(page, 'full, French');
    await page.getByRole('button', { name: /^Quitter ?, Tide pools$/ }).click();
    await expect(page.getByRole('dialog')).toContainText('elle ferme quand vous la quittez');
    await check(page, 'question');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Nouvelle session' }).click();
    await page.keyboard.press('Enter');
    await expect(page.getByText('Une session a besoin du nom d’un modèle.')).toBeVisible();
    await check(page, 'new');
  } finally {
    game.close();
  }
  expect(faults).toEqual([]);
});
