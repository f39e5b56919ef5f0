import { expect, it } from 'vitest';
import type { ProfileRace } from '$lib/api/race-types';
import { summary } from './profile';

const race = (more: Partial<ProfileRace>): ProfileRace => ({
  id: 'r',
  name: 'Race',
  mode: 'race-probe',
  status: 'finished',
  status_of: 'finished',
  ...more,
});

it('a race is won by the first of those that are over', () => {
  const races = [
    race({ place: 1 }),
    race({ place: 2 }),
    race({ place: 1, status: 'running' }),
    race({ place: 1, status_of: 'disqualified' }),
    race({ status_of: 'abandoned' }),
  ];
  expect(summary(races)).toEqual({ races: 5, finished: 3, won: 1 });
});
