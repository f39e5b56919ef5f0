import { writeFileSync } from 'node:fs';
import { expect, games, test } from '../regie.js';

// Style a plugin may write, aimed at everything outside its own block.
const HOSTILE_CSS = `
.probe { position: absolute; inset: -4000px; width: 9000px; height: 9000px; z-index: 2147483647; background: red; }
.cell, .player, button, section, main, .rg-panel { display: none; color: red; transform: scale(0); }
* { outline: 9px solid red; }
`;

test('two plugins on one page: neither covers, restyles or acts for the other, nor reaches a foreign host', async ({
  regie,
  browser,
}) => {
  const game = games.find((name) => !name.endsWith('-js')) ?? '';
  const { id } = await regie.restream('demo', game, ['Alice']);
  await regie.call('PATCH', '/api/restreams/demo', { panels: [{ key: 'second', tracker_type: 'tracker-probe' }] });
  await regie.user('ed', 'editor');
  const page = await (await browser.newContext()).newPage();
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await regie.signIn(page, 'ed');
  await page.goto(`${regie.url}/demo/live`);
  const victim = page.locator(`.rg-block[data-plugin="${game}"]`);
  const button = victim.locator('button[data-do][data-do-alt]').first();
  await expect(page.locator('html')).toHaveAttribute('data-link', 'open');
  const looks = () =>
    button.evaluate((e) =>
      JSON.stringify([getComputedStyle(e).outline, getComputedStyle(e).color, e.getBoundingClientRect().width]),
    );
  const before = await looks();
  const name = (await button.getAttribute('aria-label')) ?? '';

  // Its markup names the other's topic, its style is aimed at the page, its pictures point elsewhere.
  const html = [
    `<div class="rg-block" data-plugin="${game}" data-rg-topic="tracker/${String(id)}/main" id="rg-page">`,
    `<button class="steal" data-rg-topic="tracker/${String(id)}/main" data-do='{"do":"count"}' aria-label="Steal">x</button>`,
    '<img src="https://evil.example/x.png" onerror="document.title=1"><script>document.title="stolen"</script>',
    '<div style="position:fixed;inset:0;background:red;--x:url(https://evil.example/y)">cover</div></div>',
  ].join('');
  await regie.call('POST', '/demo/tracker/update', { panel: 'second', action: { do: 'html', html } });
  writeFileSync(`${regie.instance}/plugins/tracker-probe/assets/probe.css`, HOSTILE_CSS);
  await expect(page.locator('.rg-block[data-plugin="tracker-probe"] .probe')).toHaveCSS(
    'background-color',
    'rgb(255, 0, 0)',
  );

  expect(await looks()).toBe(before);
  // What lies under the pointer at the victim's button is the victim's.
  expect(
    await button.evaluate((e) => {
      const box = e.getBoundingClientRect();
      return e.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
    }),
  ).toBe(true);
  await button.click();
  await expect(button).not.toHaveAttribute('aria-label', name);
  const raised = (await button.getAttribute('aria-label')) ?? '';
  // The thief's button acts on its own document only.
  await page.evaluate(() => document.querySelector<HTMLElement>('.steal')?.click());
  await expect(page.locator('.rg-block[data-plugin="tracker-probe"] .n')).toHaveText('1');
  await expect(button).toHaveAttribute('aria-label', raised);
  expect(await page.locator(`[data-rg-topic="tracker/${String(id)}/main"]`).count()).toBe(1);
  expect(await page.title()).toBe('demo');
  expect([...hosts]).toEqual([new URL(regie.url).host]);
});
