// A race night, rehearsed: everything a crew does, at once, over a network that breaks.
import { readFileSync } from 'node:fs';
import { type Browser, type Page } from '@playwright/test';
import { Network } from '../network.js';
import { expect, games, type Regie, sheets, test } from '../regie.js';

/** Any tracker of a game, and any hint sheet. */
const tracker = games.filter((name) => !name.endsWith('-js')).at(-1) ?? '';
const hints = sheets[0] ?? '';

/** How long the crew works. */
const MINUTE = 60_000;

interface Entry {
  version: number;
  kind: string;
  actor: { name: string };
  undone: boolean;
  detail: { key?: string };
}
interface Document {
  version: number;
  [field: string]: unknown;
}

/** A browser of somebody's own, signed in, on a page whose actions and their answers are noted. */
class Crew {
  /** Answered without an error, by key. */
  readonly done = new Map<string, number>();
  /** The topic of each action that the page sent, by key. */
  readonly sent = new Map<string, string>();
  private constructor(readonly page: Page) {}

  static async at(browser: Browser, regie: Regie, network: Network, name: string, path: string): Promise<Crew> {
    const page = await (await browser.newContext()).newPage();
    const crew = new Crew(page);
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const said = JSON.parse(String(payload)) as { do?: { topic: string; key: string } };
        if (said.do) crew.sent.set(said.do.key, said.do.topic);
      });
      socket.on('framereceived', ({ payload }) => {
        const said = JSON.parse(String(payload)) as { done?: string; error?: unknown; version?: number };
        if (said.done !== undefined && said.error === undefined && said.version !== undefined)
          crew.done.set(said.done, said.version);
      });
    });
    await regie.signIn(page, name, network.url);
    await page.goto(`${network.url}${path}`);
    await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
    return crew;
  }

  /**
   * Clicks as soon as the link is up; what is on its way is answered before the next click.
   * A click that meets a link which broke at that moment sends nothing, so what is counted is what was sent.
   */
  async click(
    panel: string,
    button: (scope: ReturnType<Page['locator']>) => ReturnType<Page['locator']>,
  ): Promise<void> {
    const scope = this.page.locator(`[data-rg-panel="${panel}"]`);
    await button(scope).click({ timeout: 45_000 });
    await expect(scope.locator('[data-pending]')).toHaveCount(0, { timeout: 45_000 });
  }
}

/** Each block of a page as it stands: its topic, and what the server drew, without what the runtime marks on it. */
async function blocks(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const found: Record<string, string> = {};
    for (const block of document.querySelectorAll<HTMLElement>('[data-rg-topic]')) {
      const copy = block.cloneNode(true) as HTMLElement;
      for (const one of copy.querySelectorAll('*')) {
        for (const mark of ['tabindex', 'data-pending', 'aria-busy', 'open', 'disabled']) one.removeAttribute(mark);
        for (const { name } of [...one.attributes])
          if (
            name.startsWith('data-rg-') ||
            /^(aria-(controls|expanded|activedescendant|autocomplete|haspopup)|autocomplete)$/.test(name)
          )
            one.removeAttribute(name);
        if (one.getAttribute('role') === 'combobox') one.removeAttribute('role');
      }
      found[`${block.dataset['rgTopic'] ?? ''} ${block.dataset['rgSurface'] ?? ''}`] = copy.innerHTML;
    }
    return found;
  });
}

/** The document as its stream says it, and as its file has it. */
async function session(regie: Regie, path: string): Promise<Document> {
  const stop = new AbortController();
  const stream = await fetch(`${regie.url}${path}`, { signal: stop.signal });
  const [reader, decoder] = [stream.body?.getReader(), new TextDecoder()];
  let text = '';
  while (!text.includes('data:') || !text.includes('\n\n')) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  stop.abort();
  const data = text
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5));
  return JSON.parse(data.join('\n')) as Document;
}

async function history(regie: Regie, panel: string): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let after = ''; ;) {
    const path = `/api/restreams/final/history?panel=${panel}&limit=200${after}`;
    const page = await regie.call<{ items: Entry[]; next: number | null }>('GET', path);
    all.push(...page.items);
    if (page.next === null) return all;
    after = `&after=${String(page.next)}`;
  }
}

test('a race night, with two editors at once, three overlays and a network that breaks', async ({ regie, browser }) => {
  test.setTimeout(MINUTE + 240_000);
  for (const [name, role] of [
    ['ada', 'admin'],
    ['rene', 'restreamer'],
    ['ann', 'editor'],
    ['ben', 'editor'],
  ] as const)
    await regie.user(name, role);
  const network = await Network.to(regie.url);

  // An administrator makes a preset, in the tracker's own editor.
  const ada = await (await browser.newContext()).newPage();
  await regie.signIn(ada, 'ada', network.url);
  await ada.goto(`${network.url}/app/presets?type=${tracker}`);
  await ada
    .getByRole('button', { name: /new preset/i })
    .first()
    .click();
  await ada
    .getByRole('dialog')
    .getByLabel(/^name|^label/i)
    .first()
    .fill('Season start');
  await ada
    .getByRole('dialog')
    .getByRole('button', { name: /^(create|make)/i })
    .click();
  await expect(ada).toHaveURL(new RegExp(`presets/${tracker}/season-start`));
  const item = ada.locator('iframe').first().contentFrame().locator('.rg-block button[data-do][data-do-alt]').first();
  const empty = (await item.getAttribute('aria-label')) ?? '';
  await item.click();
  await expect(item).not.toHaveAttribute('aria-label', empty);
  const collected = (await item.getAttribute('aria-label')) ?? '';

  // A restreamer makes a restream of two panels and a hint sheet, which starts from it.
  const rene = await (await browser.newContext()).newPage();
  await regie.signIn(rene, 'rene', network.url);
  await rene.goto(`${network.url}/app/restreams/new`);
  await rene
    .getByLabel(/^title/i)
    .first()
    .fill('Final');
  await rene
    .getByLabel(/^tracker$/i)
    .first()
    .selectOption(tracker);
  await rene.getByRole('button', { name: /add a panel/i }).click();
  await rene.getByLabel(/tracker of panel 2|panel 2.*tracker/i).selectOption('tracker-probe');
  await rene.getByLabel(/preset/i).selectOption('season-start');
  await rene
    .locator('section', { has: rene.getByRole('heading', { name: 'Hint sheet' }) })
    .getByRole('combobox')
    .selectOption(hints);
  await rene.getByRole('button', { name: /^create/i }).click();
  await expect(rene).toHaveURL(/\/app\/restreams\/final/);
  const made = await regie.call<{ id: number; panels: { key: string }[]; participants: unknown[] }>(
    'GET',
    '/api/restreams/final',
  );
  const second = made.panels.map((panel) => panel.key).find((key) => key !== 'main') ?? '';
  expect(made.participants).toHaveLength(2);

  // Two editors and three overlays.
  const ann = await Crew.at(browser, regie, network, 'ann', '/final/live');
  const ben = await Crew.at(browser, regie, network, 'ben', '/final/live');
  const overlays: Page[] = [];
  for (const path of ['/final/overlay', `/final/overlay?panel=${second}`, '/final/overlay/indices']) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${network.url}${path}`);
    await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
    overlays.push(page);
  }
  const streams = {
    main: '/final/tracker/stream',
    [second]: `/final/tracker/stream?panel=${second}`,
    indices: '/final/indices/stream',
  };
  const first: Record<string, Document> = {};
  for (const [panel, path] of Object.entries(streams)) first[panel] = await session(regie, path);
  const begun = ann.page.locator('[data-rg-panel="main"] button[data-do][data-do-alt]').first();
  await expect(begun).toHaveAttribute('aria-label', collected);

  // A minute of work; a third hand breaks the network and mends it.
  const end = Date.now() + MINUTE;
  const work = async (crew: Crew, name: string, slot: number) => {
    for (let turn = 0; Date.now() < end; turn++) {
      if (turn % 8 === 7) {
        const scope = crew.page.locator('[data-rg-panel="indices"]');
        const field = scope.locator('input[name="add"]').nth(turn % 3);
        await field.fill(`${name} ${String(turn)}`, { timeout: 45_000 });
        // While the link is down nothing is sent and the text stays: as a person does, try again.
        await expect(async () => {
          await expect(crew.page.locator('html')).toHaveAttribute('data-link', 'open');
          await field.press('Enter');
          await expect(field).toHaveValue('', { timeout: 4_000 });
        }).toPass({ timeout: 40_000 });
        await expect(scope.locator('[data-pending]')).toHaveCount(0, { timeout: 45_000 });
      } else if (turn % 2 === 0) {
        await crew.click(second, (scope) => scope.getByRole('button', { name: 'Count' }));
      } else {
        const items = `section[data-x-slot="${String(slot)}"] button`;
        await crew.click('main', (scope) => scope.locator(items).nth((turn * 7) % 40));
      }
    }
  };
  const breakings = (async () => {
    for (let n = 0; Date.now() < end - 8_000; n++) {
      // Long enough in between that pages trust the network again; what breaks all the time is waited for ever longer.
      await new Promise((resume) => setTimeout(resume, 12_000));
      network.cut();
      await new Promise((resume) => setTimeout(resume, 1_000 + (n % 3) * 700));
      network.restore();
    }
  })();
  await Promise.all([work(ann, 'ann', 1), work(ben, 'ben', 2), breakings]);

  // Everybody comes to the same end: what each has followed is what a page that is opened now shows.
  const last: Record<string, Document> = {};
  for (const [panel, path] of Object.entries(streams)) last[panel] = await session(regie, path);
  for (const view of [ann.page, ben.page, ...overlays]) {
    const fresh = await view.context().newPage();
    await fresh.goto(view.url());
    await expect(fresh.locator('html')).toHaveAttribute('data-link', 'open');
    const now = await blocks(fresh);
    await expect.poll(() => blocks(view), { timeout: 45_000 }).toEqual(now);
    await fresh.close();
  }
  expect(Object.keys(await blocks(ann.page))).toHaveLength(3);
  expect(await blocks(ann.page)).toEqual(await blocks(ben.page));
  const files = {
    main: `trackers/sessions/restream_${String(made.id)}.json`,
    [second]: `trackers/sessions/restream_${String(made.id)}.${second}.json`,
    indices: 'indices/sessions/final.json',
  };
  for (const [panel, file] of Object.entries(files)) {
    const read = () => JSON.stringify(JSON.parse(readFileSync(`${regie.instance}/${file}`, 'utf8')));
    await expect.poll(read).toBe(JSON.stringify(last[panel]));
  }

  // Every action is in the history, once; what was acknowledged is there.
  const entries: Record<string, Entry[]> = {};
  for (const panel of Object.keys(streams)) entries[panel] = await history(regie, panel);
  const keys = Object.values(entries).flatMap((list) => list.flatMap((entry) => entry.detail.key ?? []));
  expect(new Set(keys).size).toBe(keys.length);
  const acknowledged = new Map([...ann.done, ...ben.done]);
  const counts = (entries[second] ?? []).filter((entry) => entry.kind === 'action');
  const topic = await ann.page.locator(`[data-rg-panel="${second}"] [data-rg-topic]`).getAttribute('data-rg-topic');
  const sent = [...ann.sent, ...ben.sent].filter(([, to]) => to === topic).map(([key]) => key);
  expect(counts.map((entry) => entry.detail.key).sort()).toEqual(sent.sort());
  expect(last[second]?.['state']).toMatchObject({ n: counts.length });
  const sheet = (entries['indices'] ?? []).filter((entry) => entry.kind === 'action');
  for (const entry of [...counts, ...sheet, ...(entries['main'] ?? []).filter((e) => e.kind === 'action')])
    expect([...acknowledged.keys()]).toContain(entry.detail.key);
  expect(counts.length).toBeGreaterThan(20);
  expect(new Set(counts.map((entry) => entry.actor.name))).toEqual(new Set(['ann', 'ben']));

  // All of it taken back, newest first, is what was there first.
  for (const [panel, list] of Object.entries(entries))
    for (const entry of list.filter((one) => one.kind === 'action'))
      await regie.call('POST', '/api/restreams/final/undo', { panel, version: entry.version });
  for (const [panel, path] of Object.entries(streams)) {
    const { version, updated_at, ...rest } = await session(regie, path);
    const { version: before, updated_at: then, ...start } = first[panel] ?? { version: 0, updated_at: undefined };
    expect(version).toBeGreaterThan(before);
    expect([updated_at, then]).not.toContain(undefined);
    expect(JSON.stringify(rest)).toBe(JSON.stringify(start));
  }
  network.close();
});
