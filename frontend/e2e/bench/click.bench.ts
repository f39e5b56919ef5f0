// A real click on the live page to the changed DOM of the overlay, in Chromium, and the overlay's first paint.
import { games, test } from '../regie.js';

const CLICKS = 200;
const at = (sorted: number[], q: number) => sorted[Math.floor((sorted.length - 1) * q)] ?? NaN;

test('clicks and first paint', async ({ regie, browser }) => {
  test.setTimeout(300_000);
  const game = games[0];
  if (!game) throw new Error('no game is built: run `make packages`');
  await regie.restream('demo', game, ['Alice', 'Bob']);
  await regie.user('ed', 'editor');
  const live = await (await browser.newContext()).newPage();
  await regie.signIn(live, 'ed');
  await live.goto(`${regie.url}/demo/live`);
  const overlay = await (await browser.newContext()).newPage();
  await overlay.goto(`${regie.url}/demo/overlay`);
  for (const page of [live, overlay])
    await page.waitForFunction(() => document.documentElement.dataset.link === 'open');

  // Both pages of one machine share its clock: performance.timeOrigin + now().
  await overlay.evaluate(() => {
    const seen: number[] = [];
    (window as unknown as { seen: number[] }).seen = seen;
    const block = document.querySelector('.rg-block');
    if (!block) throw new Error('no block');
    new MutationObserver(() => seen.push(performance.timeOrigin + performance.now())).observe(block, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
  await live.evaluate(() => {
    const clicked: number[] = [];
    (window as unknown as { clicked: number[] }).clicked = clicked;
    // When the hand made the gesture, before the browser had handed it to the page.
    const note = (event: Event) => clicked.push(performance.timeOrigin + event.timeStamp);
    addEventListener('click', note, true);
    addEventListener('contextmenu', note, true);
  });
  const button = live.locator('.rg-block button[data-do][data-do-alt]').first();
  const box = await button.boundingBox();
  if (!box) throw new Error('no button');
  const times: number[] = [];
  for (let n = 0; n < CLICKS; n++) {
    const before = await overlay.evaluate(() => (window as unknown as { seen: number[] }).seen.length);
    await live.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { button: n % 2 ? 'right' : 'left' });
    await overlay.waitForFunction((count) => (window as unknown as { seen: number[] }).seen.length > count, before, {
      polling: 20,
    });
    const seen = await overlay.evaluate((count) => (window as unknown as { seen: number[] }).seen[count], before);
    const clicked = await live.evaluate(() => (window as unknown as { clicked: number[] }).clicked.at(-1));
    times.push((seen ?? NaN) - (clicked ?? NaN));
    // Beyond the pace at which viewers are told: each click is on its own.
    await live.waitForTimeout(120);
  }
  times.sort((a, b) => a - b);
  console.log(
    `click to changed DOM of the overlay, durable, ${String(CLICKS)} clicks: p50 ${at(times, 0.5).toFixed(1)} ms, p95 ${at(times, 0.95).toFixed(1)} ms`,
  );

  const paints: number[] = [];
  for (let n = 0; n < 15; n++) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${regie.url}/demo/overlay`);
    const paint = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            const first = list.getEntriesByName('first-contentful-paint')[0];
            if (first) resolve(first.startTime);
          }).observe({ type: 'paint', buffered: true });
        }),
    );
    paints.push(paint);
    await page.close();
  }
  paints.sort((a, b) => a - b);
  console.log(`overlay, first contentful paint: p50 ${at(paints, 0.5).toFixed(0)} ms of ${String(paints.length)}`);
});
