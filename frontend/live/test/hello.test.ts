import { afterEach, describe, expect, it, vi } from 'vitest';
import { hello } from '../src/hello';
import { FakeSocket, live, overlay, blockMarkup, stage, $ } from './stage';

stage();
afterEach(() => history.replaceState(null, '', '/'));

const reloads = () => {
  const reload = vi.fn();
  vi.stubGlobal('location', { protocol: 'http:', host: 'localhost:3000', pathname: '/a', search: '', reload });
  return reload;
};

describe('a page that is linked', () => {
  it.each([
    ['', '/a/overlay'],
    ['?view=x&slot=2', '/a/overlay?view=x&slot=2'],
    ['?key=1.f00&slot=2', '/a/overlay?slot=2'],
    ['?slot=2&KEY=1.f00&key', '/a/overlay?slot=2'],
    ['?keys=1', '/a/overlay?keys=1'],
    [`?x=${'y'.repeat(600)}`, `/a/overlay?x=${'y'.repeat(499)}`],
  ])('names itself without the key: %j', (search, page) => {
    expect(hello({ pathname: '/a/overlay', search } as Location).page).toBe(page);
  });

  it('introduces itself after every reconnect', () => {
    history.replaceState(null, '', '/a/overlay?key=1.f00&slot=2');
    overlay(blockMarkup('a'));
    FakeSocket.last.fail();
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    for (const { sent } of FakeSocket.all) expect(sent[1]).toMatchObject({ hello: { page: '/a/overlay?slot=2' } });
  });

  it('loads again within a second when it is an overlay', () => {
    const reload = reloads();
    overlay(blockMarkup('a')).push({ reload: true }, false);
    vi.advanceTimersByTime(499);
    expect(reload).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(reload).toHaveBeenCalledOnce();
  });

  it('asks whoever is there when it is a live page, once, in the language of the page', () => {
    const reload = reloads();
    const words = { newer: 'Nouvelle version.', reload: 'Recharger' };
    const socket = live(blockMarkup('a'), { key: null, locale: 'fr', words });
    socket.push({ reload: true });
    socket.push({ reload: true });
    vi.advanceTimersByTime(5_000);
    expect(reload).not.toHaveBeenCalled();
    expect(document.querySelectorAll('.rg-newer')).toHaveLength(1);
    expect([$('.rg-newer').textContent, $('.rg-newer').role]).toEqual(['Nouvelle version. Recharger', 'status']);
    $('.rg-newer button').click();
    expect(reload).toHaveBeenCalledOnce();
  });
});
