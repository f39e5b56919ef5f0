import { describe, expect, it } from 'vitest';
import type { OpenPage } from '$lib/api/types';
import { agentOf, groupLinks, instancesOf, newestOf, slugOf, staleness } from './instances';

const obs = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/127.0.0.0 Safari/537.36 OBS/31.0.2';
function link(page: string, more: Partial<OpenPage> = {}): OpenPage {
  const at = '2026-01-01T10:00:00Z';
  const said = { kind: 'overlay', address: '127.0.0.1', agent: obs, since: at, build: 'a' } as const;
  return { id: 1, page, ...said, seen: '2026-01-01T12:00:00Z', version: null, topics: [], ...more };
}
const links = [
  link('/demi-a/overlay?view=default'),
  link('/demi-a/overlay?view=default&scale=0.5&panel=main'),
  link('/demi-a/overlay?view=default&slot=1'),
  link('/demi-a/overlay?view=default&preview=1'),
  link('/demi-a/live', { kind: 'live', build: 'b', since: '2026-01-01T11:00:00Z', user: 'Nour' }),
  link('/app/overlays', { kind: 'app', build: '' }),
];

it.each([
  ['http://host/demi-a/overlay?view=default', 2],
  ['/demi-a/overlay?slot=1&view=default', 1],
  ['/demi-a/overlay?view=default&panel=second', 0],
  ['/demi-b/overlay?view=default', 0],
])('%s is shown by %d pages', (url, count) => {
  expect(instancesOf(links, url)).toBe(count);
});

it.each([
  [obs, { name: 'OBS 31.0.2', obs: true }],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', { name: 'Firefox 140', obs: false }],
  ['curl/8', { name: 'curl/8', obs: false }],
  [null, { name: '', obs: false }],
])('reads the agent %j', (agent, said) => {
  expect(agentOf(agent)).toEqual(said);
});

it.each([
  ['/demi-a/overlay?view=x', 'demi-a'],
  ['/app/overlays', 'app'],
  ['/demi-a?x', 'demi-a'],
])('%s belongs to %s', (page, slug) => {
  expect(slugOf(page)).toBe(slug);
});

describe('a page is marked', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');

  const told = (version: number | null) => [{ topic: 'tracker/1/main', version }];
  const newest = newestOf([
    link('/a', { build: 'old', since: '2026-01-01T09:00:00Z', topics: told(4) }),
    link('/b', { build: 'new', since: '2026-01-01T11:00:00Z', topics: told(7) }),
    link('/b/live', { kind: 'live', build: 'other', since: '2026-01-01T11:30:00Z' }),
  ]);

  it.each<[Partial<OpenPage>, string | undefined]>([
    [{ build: 'new', seen: '2026-01-01T11:59:50Z', topics: told(7) }, undefined],
    [{ build: 'new', seen: '2026-01-01T11:59:00Z' }, 'silent'],
    [{ build: 'new', topics: told(6) }, 'behind'],
    [{ build: 'new', topics: told(null) }, 'behind'],
    [{ build: 'old' }, 'old'],
    [{ build: 'other', kind: 'live' }, undefined],
    [{ build: '' }, undefined],
  ])('%o as %s', (more, mark) => {
    expect(staleness(link('/a', more), newest, now)).toBe(mark);
  });
});

it('groups by restream what matches every word', () => {
  expect(groupLinks(links, '', ['overlay', 'live']).map((each) => [each.slug, each.links.length])).toEqual([
    ['demi-a', 4],
  ]);
  expect(groupLinks(links, 'nour LIVE', ['overlay', 'live'])[0]?.links).toHaveLength(1);
  expect(groupLinks(links, 'nobody', ['overlay', 'live'])).toEqual([]);
});
