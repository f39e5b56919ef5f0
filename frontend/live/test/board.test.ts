import { describe, expect, it, vi } from 'vitest';
import { blockMarkup, live, overlay, picture, stage, $, type BlockMarkup } from './stage';

stage();
const text = () => [...document.querySelectorAll('.rg-block')].map((el) => el.textContent);

describe('pictures', () => {
  const two = (a: BlockMarkup, b: BlockMarkup) => overlay(blockMarkup('a', a) + blockMarkup('b', b));

  it.each([
    ['surface', { surface: 'overlay:map:base' }, { surface: 'overlay:map' }, { surface: 'overlay:map' }, ['a', 'new']],
    ['slot', { slot: 1 }, { slot: 2 }, { slot: 2 }, ['a', 'new']],
    ['delay', { delay: 30 }, {}, {}, ['a', 'new']],
    ['no slot', {}, { slot: 2 }, {}, ['new', 'b']],
    ['null slot', {}, { slot: 2 }, { slot: null }, ['new', 'b']],
    ['both, where they are the same', {}, {}, {}, ['new', 'new']],
    ['topic', {}, { topic: 'indices/x' }, { topic: 'indices/x' }, ['a', 'new']],
    ['topic alone, where it has one block', { slot: 1 }, { topic: 'indices/x' }, { surface: undefined }, ['new', 'b']],
  ])('go to the block of their %s', (_, a, b, frame, expected) => {
    two(a, b).push(picture('new', 4, frame));
    expect(text()).toEqual(expected);
  });

  it('are shown at once, and those of a burst once per frame of the screen, the newest only', () => {
    const socket = overlay(blockMarkup('a'));
    const block = $<HTMLElement>('.rg-block');
    const observer = new MutationObserver(() => undefined);
    observer.observe(block, { childList: true, characterData: true, subtree: true });
    for (let version = 4; version < 50; version++) {
      socket.push(picture(String(version), version), false);
      expect(block.textContent).toBe('4');
    }
    vi.advanceTimersByTime(16);
    expect(block.textContent).toBe('49');
    expect(observer.takeRecords()).toHaveLength(2);
    observer.disconnect();
  });

  it('are shown on a hidden page, too', () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    const socket = overlay(blockMarkup('a'));
    socket.push(picture('b'), false);
    socket.push(picture('c', 5), false);
    expect(text()).toEqual(['b']);
    vi.advanceTimersByTime(100);
    expect(text()).toEqual(['c']);
  });

  it('that are current change nothing', () => {
    const socket = overlay(blockMarkup('<i>a</i>'));
    const before = $('i');
    socket.push({ topic: 'tracker/12/main', etag: 'l-3-v', current: true });
    socket.push(picture('<i>z</i>', 3));
    expect([$('i'), $('i').textContent]).toEqual([before, 'a']);
  });

  it('that break the morph replace their own block, and no other suffers', () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const socket = live(
      blockMarkup('<form><input name="attributes"></form>') + blockMarkup('b', { topic: 'indices/x' }),
    );
    socket.push(picture('<form class="x"><input name="attributes"><b>1</b></form>'), false);
    socket.push(picture('2', 4, { topic: 'indices/x' }));
    expect(text()).toEqual(['1', '2']);
  });

  it('that fail are said on a live page and not on an overlay', () => {
    const failed = {
      topic: 'tracker/12/main',
      error: { code: 'plugin_unavailable', message: 'No plugin', hint: 'Wait' },
    };
    overlay(blockMarkup('a')).push(failed);
    expect(document.body.textContent).not.toContain('No plugin');
    const socket = live(blockMarkup('a'));
    socket.push(failed);
    expect([$('.rg-link').textContent, text()]).toEqual(['openNo plugin — Wait', ['a']]);
    socket.push(picture('b'));
    expect([$('.rg-link').textContent, text()]).toEqual(['open', ['b']]);
  });
});

describe('topics', () => {
  it('inside a block are ignored: at start, when they arrive, and for actions', () => {
    const hostile = '<div data-rg-topic="tracker/99/main" class="rg-block"><button data-do="1">x</button></div>';
    const socket = live(blockMarkup(hostile));
    expect(socket.subscribed.map(({ topic }) => topic)).toEqual(['tracker/12/main']);
    socket.push(picture(`${hostile}<script id="rg-page" type="application/json">{}</script>`));
    socket.push(picture('taken over', 9, { topic: 'tracker/99/main' }));
    expect($('[data-rg-topic="tracker/99/main"]').textContent).toBe('x');
    $('button').click();
    expect(socket.dos).toMatchObject([{ topic: 'tracker/12/main', base_version: 4 }]);
  });

  it('have no actions outside of blocks', () => {
    const socket = live(`${blockMarkup('a')}<button data-do="1">x</button><form data-do="2"></form>`);
    $('main > button').click();
    expect(socket.dos).toEqual([]);
  });
});

describe('stylesheets of a replaced plugin', () => {
  const page = () => {
    document.head.innerHTML = `<link rel="stylesheet" href="/static/page.css">
      <link rel="stylesheet" href="/plugins/p/1/a.css" data-rg-css="p"><link rel="stylesheet" href="/plugins/q/1/a.css" data-rg-css="q">`;
    return overlay(blockMarkup('old') + blockMarkup('b', { topic: 'indices/x', plugin: 'q' }));
  };
  const hrefs = () => [...document.querySelectorAll('link')].map((link) => link.getAttribute('href'));
  const load = async (href: string, type = 'load') => {
    $<HTMLLinkElement>(`link[href="${href}"]`).dispatchEvent(new Event(type));
    await vi.advanceTimersByTimeAsync(20);
  };

  it('load beside the old ones, then change places with them together with the picture', async () => {
    const socket = page();
    socket.push(picture('new', 4, { css: ['/plugins/p/2/a.css', '/plugins/p/2/b.css'] }));
    const [host, old, b, q] = ['/static/page.css', '/plugins/p/1/a.css', '/plugins/p/2/b.css', '/plugins/q/1/a.css'];
    expect(hrefs()).toEqual([host, old, '/plugins/p/2/a.css', b, q]);
    await load('/plugins/p/2/a.css');
    expect(text()).toEqual(['old', 'b']);
    await load(b);
    expect(hrefs()).toEqual([host, '/plugins/p/2/a.css', b, q]);
    expect(text()).toEqual(['new', 'b']);
  });

  it('hold later pictures back as well, and do not overtake them', async () => {
    const socket = page();
    socket.push(picture('4', 4, { css: ['/plugins/p/2/a.css'] }));
    socket.push(picture('5', 5));
    socket.push(picture('6', 6, { css: ['/plugins/p/2/a.css'] }));
    expect(text()).toEqual(['old', 'b']);
    await load('/plugins/p/2/a.css');
    expect(text()).toEqual(['6', 'b']);
  });

  it('that do not load leave the old ones in place', async () => {
    page().push(picture('new', 4, { css: ['/plugins/p/2/a.css'] }));
    await load('/plugins/p/2/a.css', 'error');
    expect(hrefs()).toEqual(['/static/page.css', '/plugins/p/1/a.css', '/plugins/q/1/a.css']);
    expect(text()).toEqual(['new', 'b']);
  });

  it('that never answer are waited for 5 s', async () => {
    page().push(picture('new', 4, { css: ['/plugins/p/2/a.css'] }));
    await vi.advanceTimersByTimeAsync(5_100);
    expect(text()).toEqual(['new', 'b']);
  });

  it('that are there already cost nothing', () => {
    page().push(picture('new', 4, { css: ['/plugins/p/1/a.css'] }));
    expect(text()).toEqual(['new', 'b']);
    expect(hrefs()).toHaveLength(3);
  });

  it('of two replacements in a row end as the second', async () => {
    const socket = page();
    socket.push(picture('4', 4, { css: ['/plugins/p/2/a.css'] }));
    socket.push(picture('5', 5, { css: ['/plugins/p/3/a.css'] }));
    await load('/plugins/p/2/a.css');
    await load('/plugins/p/3/a.css');
    expect([text(), hrefs()]).toEqual([
      ['5', 'b'],
      ['/static/page.css', '/plugins/p/3/a.css', '/plugins/q/1/a.css'],
    ]);
  });
});
