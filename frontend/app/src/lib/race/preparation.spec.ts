import { expect, it } from 'vitest';
import { preparation, prepared } from './preparation';
import { samplePlayer, sampleRace } from './samples';

const withPack = sampleRace({ pool: 'sprint' });
const inBrowser = sampleRace();

it('a race of a pool is prepared with a pack, any other in the browser', () => {
  expect(preparation(withPack).map((task) => task.step)).toEqual(['download', 'unzip', 'launch', 'ready']);
  expect(preparation(inBrowser).map((task) => task.step)).toEqual(['ready']);
});

it.each([
  ['who has just joined', withPack, samplePlayer(1), 0],
  ['whose game is connected', withPack, samplePlayer(1, { connected: true }), 3],
  ['who is ready', withPack, samplePlayer(1, { status: 'ready' }), 4],
  ['who plays in the browser', inBrowser, samplePlayer(1, { connected: true }), 0],
  ['who is ready there', inBrowser, samplePlayer(1, { status: 'ready' }), 1],
])('a player %s has done so many tasks', (_, race, player, done) => {
  expect(prepared(race, player)).toBe(done);
});
