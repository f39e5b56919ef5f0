import { describe, expect, it, vi } from 'vitest';
import { FakeSocket, live, overlay, blockMarkup, picture, stage, $ } from './stage';

stage();
const state = () => document.documentElement.dataset.link;

describe('the link of a page', () => {
  it('subscribes all blocks at once, with their etags, and asks once for what two blocks share', () => {
    const socket = overlay(
      blockMarkup('a') +
        blockMarkup('b') +
        blockMarkup('c', { surface: 'overlay:default', slot: 2, etag: '' }) +
        blockMarkup('d', { topic: 'presence/demo', etag: 'p-1-v' }),
      { key: 'K', locale: 'en' },
    );
    expect(socket.url).toBe('ws://localhost:3000/live');
    const common = { as: 'html', locale: 'en', key: 'K' };
    expect(socket.sent).toEqual([
      {
        subscribe: [
          { topic: 'tracker/12/main', surface: 'live', ...common, etag: 'l-3-v' },
          { topic: 'tracker/12/main', surface: 'overlay:default', slot: 2, ...common },
          { topic: 'presence/demo', surface: 'live', ...common, etag: 'p-1-v' },
        ],
      },
      { hello: { page: '/', build: 'hello.ts' } },
    ]);
  });

  it('echoes the newest etag when it comes back', () => {
    overlay(blockMarkup('a')).push(picture('b', 7));
    FakeSocket.last.fail();
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    expect(FakeSocket.last.subscribed).toMatchObject([{ etag: 'l-7-v' }]);
  });

  it('waits a random part of 0.5 s, doubled up to 15 s, between its attempts', () => {
    overlay(blockMarkup('a'));
    // Math.random() is 0.5 here.
    for (const wait of [250, 500, 1000, 2000, 4000, 7500, 7500, 7500]) {
      const attempts = FakeSocket.all.length;
      FakeSocket.last.fail();
      vi.advanceTimersByTime(wait - 1);
      expect(FakeSocket.all).toHaveLength(attempts);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(attempts + 1);
    }
  });

  it.each([
    [9_999, 1000],
    [10_000, 250],
  ])('after %d ms of being open waits %d ms', (open, wait) => {
    overlay(blockMarkup('a'));
    for (const pause of [250, 500]) {
      FakeSocket.last.fail();
      vi.advanceTimersByTime(pause);
    }
    FakeSocket.last.accept();
    vi.advanceTimersByTime(open);
    FakeSocket.last.fail();
    const attempts = FakeSocket.all.length;
    vi.advanceTimersByTime(wait - 1);
    expect(FakeSocket.all).toHaveLength(attempts);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(attempts + 1);
  });

  it.each(['online', 'visibilitychange', 'pageshow'])('does not sit out its wait at %s', (event) => {
    overlay(blockMarkup('a'));
    FakeSocket.last.fail();
    (event === 'visibilitychange' ? document : window).dispatchEvent(new Event(event));
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(10_000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it('beats every 10 s, and gives up a link that is silent for 25 s', () => {
    const socket = overlay(blockMarkup('a'));
    vi.advanceTimersByTime(20_000);
    expect(socket.sent.slice(2)).toEqual([{ beat: 1 }, { beat: 2 }]);
    socket.push({ beat: 2 }, false);
    vi.advanceTimersByTime(24_999);
    expect(state()).toBe('open');
    vi.advanceTimersByTime(1);
    expect([state(), socket.readyState]).toEqual(['lost', 3]);
    vi.advanceTimersByTime(250);
    expect(FakeSocket.all).toHaveLength(2);
    // The old one is not listened to any more.
    expect([socket.onclose, socket.onmessage]).toEqual([null, null]);
  });

  it('gives up an attempt that hangs', () => {
    overlay(blockMarkup('a'));
    FakeSocket.last.fail();
    vi.advanceTimersByTime(250 + 25_000);
    expect(FakeSocket.last.readyState).toBe(3);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(3);
  });

  it('notices at once that it slept through its silence', () => {
    const socket = overlay(blockMarkup('a'));
    vi.setSystemTime(Date.now() + 60_000);
    document.dispatchEvent(new Event('visibilitychange'));
    expect([state(), socket.readyState]).toEqual(['lost', 3]);
  });

  it('says how it is in html[data-link]: an overlay nowhere else, a live page also in words', () => {
    overlay(blockMarkup('a'));
    expect([state(), $('.rg-link').hidden]).toEqual(['open', true]);
    FakeSocket.last.fail();
    expect([state(), $('.rg-link').hidden, $('main').textContent]).toEqual(['lost', true, 'a']);
    live(blockMarkup('a'));
    expect([state(), $('.rg-link').hidden, $('.rg-link').textContent]).toEqual(['open', false, 'open']);
    FakeSocket.last.fail();
    expect([state(), $('.rg-link').textContent]).toEqual(['lost', 'Perdu']);
  });

  it('is connecting until its first answer, and stays lost through failed attempts', () => {
    overlay(blockMarkup('a'));
    FakeSocket.last.fail();
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(15_000);
      expect(state()).toBe('lost');
      FakeSocket.last.fail();
    }
  });

  it.each(['', 'x', 'null', '7', '[]', '{}', '{"beat":1}', '{"topic":"other","html":"x"}', '{"done":"?"}'])(
    'lives on after the message %j',
    (message) => {
      const socket = live(blockMarkup('a'));
      socket.push(message);
      expect($('main').textContent).toBe('a');
      socket.push(picture('b'));
      expect($('main').textContent).toBe('b');
    },
  );
});
