import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Calm, CALM_MS } from '../src/calm';
import { Clock } from '../src/race/clock';
import { Counters } from '../src/race/counters';
import { clockText, dressTimes } from '../src/race/times';
import { share } from '../src/share';
import { blockMarkup, overlay, picture, stage } from './stage';

stage();

const rows = (...keys: string[]) => keys.map((key) => `<li data-key="${key}">${key}</li>`).join('');

describe('a table of rows', () => {
  let table: HTMLElement;
  let calm: Calm;
  const keys = () => [...table.querySelectorAll('[data-key]')].map(({ textContent }) => textContent).join('');
  const show = (...keys: string[]) => {
    const html = rows(...keys);
    calm.show(table, html, () => (table.innerHTML = html));
  };

  beforeEach(() => {
    document.body.innerHTML = `<ol>${rows('a', 'b', 'c')}</ol>`;
    table = document.querySelector('ol')!;
    calm = new Calm();
  });

  it('changes its order at once when it has stood for a while, and then not for a second', () => {
    show('b', 'a', 'c');
    expect(keys()).toBe('bac');
    show('b', 'c', 'a');
    expect(keys()).toBe('bac');
    vi.advanceTimersByTime(CALM_MS - 1);
    expect(keys()).toBe('bac');
    vi.advanceTimersByTime(1);
    expect(keys()).toBe('bca');
  });

  it('shows the newest order only when the second is over', () => {
    show('b', 'a', 'c');
    show('c', 'a', 'b');
    show('a', 'b', 'c');
    vi.advanceTimersByTime(CALM_MS);
    expect(keys()).toBe('abc');
  });

  it('does not wait with what moves nothing, and drops an older order for it', () => {
    show('b', 'a', 'c');
    show('c', 'b', 'a');
    show('b', 'a', 'c', 'd');
    expect(keys()).toBe('bacd');
    vi.advanceTimersByTime(10 * CALM_MS);
    expect(keys()).toBe('bacd');
  });

  it('takes rows that come and go, and keys that repeat, for no change of order', () => {
    show('b', 'a', 'c');
    for (const next of ['bxac', 'bc', 'cbbc', 'cbb']) {
      show(...Array.from(next));
      expect(keys()).toBe(next);
    }
  });
});

describe('layers', () => {
  it('share numbers that the changing one says, and nothing of the host’s', () => {
    document.body.innerHTML = `<main><div class="rg-block"><svg data-x-share="--map-x: 834.5; --map-y:-2;--rg-scale:9; --a: red; color: 1"></svg></div></main>`;
    share(document.querySelector('.rg-block')!);
    expect(document.querySelector('main')!.style.cssText).toBe('--map-x: 834.5; --map-y: -2;');
  });
});

describe('an overlay in a window', () => {
  it('folds and hides by the keys that its address names, and stays folded through pictures', () => {
    const html = '<details open><summary>Ways</summary></details>';
    const socket = overlay(blockMarkup(html, { surface: 'overlay:hud' }), {
      folded: true,
      keys: { all: 'f9', fold: 'f11' },
    });
    const details = () => document.querySelector('details')!;
    const press = (key: string) => {
      const event = new KeyboardEvent('keydown', { key, cancelable: true });
      document.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(details().open).toBe(false);
    socket.push(picture(`${html}<p>1</p>`, 4, { surface: 'overlay:hud' }));
    expect([document.querySelector('.rg-block p')!.textContent, details().open]).toEqual(['1', false]);
    expect([press('F11'), details().open]).toEqual([true, true]);
    expect([press('F9'), document.body.hasAttribute('data-rg-away')]).toEqual([true, true]);
    press('F9');
    expect([document.body.hasAttribute('data-rg-away'), press('F5')]).toEqual([false, false]);
  });
});

describe('clocks', () => {
  it.each([
    [0, false, '0:00'],
    [59_999, false, '0:59'],
    [59_000, true, '59'],
    [60_000, true, '1:00'],
    [3_723_000, false, '1:02:03'],
    [90_000_000, false, '25:00:00'],
  ])('%i ms (brief: %s) is %s', (ms, brief, text) => expect(clockText(ms, brief)).toBe(text));

  it('count down on the server’s clock, then say what comes, and count up', async () => {
    vi.setSystemTime(1_000_000);
    const answers = [
      [400, 5_000],
      [20, 5_010],
      [100, 9_999],
    ].map(([trip, ahead]) => () => {
      // Whatever the way takes, half of it is on the way back.
      const now = Date.now();
      vi.setSystemTime(now + trip!);
      return Promise.resolve({ json: () => Promise.resolve({ server_time_ms: now + trip! / 2 + ahead! }) });
    });
    vi.stubGlobal('fetch', () => answers.shift()!());
    const clock = new Clock(undefined, '/api');
    await clock.measure();
    expect(clock.now() - Date.now()).toBe(5_010);

    const to = clock.now() + 61_500;
    document.body.innerHTML = `<p id="down" data-rg-countdown="${to}" data-rg-then="Go"></p><p id="up" data-rg-elapsed="${to}"></p>`;
    vi.stubGlobal('fetch', () => Promise.reject(new Error('down')));
    new Counters(clock, document).look();
    const texts = () => [...document.querySelectorAll('p')].map(({ textContent }) => textContent);
    expect(texts()).toEqual(['1:02', '0:00']);
    await vi.advanceTimersByTimeAsync(58_600);
    expect(texts()).toEqual(['3', '0:00']);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(texts()).toEqual(['Go', '0:00']);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(texts()).toEqual(['Go', '1:01']);
  });

  it('that are on the page no more are not counted', () => {
    document.body.innerHTML = `<p data-rg-elapsed="0"></p>`;
    const counters = new Counters(new Clock(undefined, undefined), document);
    counters.look();
    expect(vi.getTimerCount()).toBe(1);
    document.body.innerHTML = '';
    counters.look();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a time', () => {
  it('is said in the zone of who reads it, and in UTC', () => {
    vi.setSystemTime(new Date('2026-02-01T00:00:00Z'));
    document.documentElement.lang = 'en';
    document.body.innerHTML = `<time datetime="2026-02-04T19:30:00Z" data-rg-time>2026-02-04 19:30 UTC</time>
      <time datetime="nonsense" data-rg-time>kept</time><time datetime="2026-02-04T19:30:00Z">a plugin’s</time>`;
    dressTimes(document);
    const [time, ...others] = [...document.querySelectorAll('time')].map(({ textContent }) => textContent);
    expect(time).toContain('19:30');
    expect(time).toContain('UTC');
    expect(others).toEqual(['kept', 'a plugin’s']);
  });
});
