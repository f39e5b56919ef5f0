import AxeBuilder from '@axe-core/playwright';
import { expect, games, test } from '../regie.js';

test('there is a game to test', () => {
  expect(games.length).toBeGreaterThan(0);
});

for (const game of games) {
  test(`${game}: raise, lower and watch every kind of surface`, async ({ regie, browser }) => {
    test.setTimeout(120_000);
    regie.drop(game);
    const known = async () => (await regie.call<{ key: string }[]>('GET', '/api/trackers')).map(({ key }) => key);
    await expect.poll(known, { timeout: 60_000 }).toContain(game);
    await regie.restream('demo', game, ['Alice', 'Bob']);
    await regie.user('ed', 'editor');
    const crew = await browser.newContext();
    const live = await crew.newPage();
    await regie.signIn(live, 'ed');
    await live.goto(`${regie.url}/demo/live`);
    await expect(live.locator('html')).toHaveAttribute('data-link', 'open');
    const overlay = await (await browser.newContext()).newPage();
    await overlay.goto(`${regie.url}/demo/overlay`);
    await expect(overlay.locator('html')).toHaveAttribute('data-link', 'open');
    const before = await overlay.locator('.rg-block').innerHTML();

    const button = live.locator('.rg-block button[data-do][data-do-alt]').first();
    const name = (await button.getAttribute('aria-label')) ?? '';
    expect(name).not.toBe('');
    await button.click();
    await expect(button).not.toHaveAttribute('aria-label', name);
    await expect.poll(() => overlay.locator('.rg-block').innerHTML()).not.toBe(before);
    await button.click({ button: 'right' });
    await expect(button).toHaveAttribute('aria-label', name);
    await expect.poll(() => overlay.locator('.rg-block').innerHTML()).toBe(before);
    await button.press('Enter');
    await expect(button).not.toHaveAttribute('aria-label', name);
    await button.press('Backspace');
    await expect(button).toHaveAttribute('aria-label', name);

    for (const page of [live, overlay]) {
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((v) => `${v.id}: ${v.nodes[0]?.html ?? ''}`)).toEqual([]);
    }
  });
}
