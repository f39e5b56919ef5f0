import { expect, it } from 'vitest';
import type { Race } from '$lib/api/race-types';
import { hasEnded, letter, ranked, stepOf, stepsOf } from './phase';
import { samplePlayer, sampleRace } from './samples';

const players = [samplePlayer(1), samplePlayer(2)];

it.each<[string, Partial<Race>, string | undefined]>([
  ['a draft', { status: 'draft' }, 'open'],
  ['an open race that nobody has joined', {}, 'players'],
  ['one whose players wait for their packs', { participants: players, pool: 'sprint' }, 'packs'],
  [
    'one whose packs are released',
    { participants: players, pool: 'sprint', seeds_released_at: '2026-02-04T13:38:00Z' },
    'start',
  ],
  ['one that has no packs', { participants: players }, 'start'],
  ['a countdown', { status: 'countdown' }, 'finish'],
  ['a race that runs', { status: 'running' }, 'finish'],
  ['one that is over', { status: 'finished' }, undefined],
  ['one that was cancelled', { status: 'cancelled' }, undefined],
])('what comes next for %s', (_, more, step) => {
  expect(stepOf(sampleRace(more))).toBe(step);
});

it('packs are a step only where players download something', () => {
  expect(stepsOf(sampleRace())).toEqual(['open', 'players', 'start', 'finish']);
  expect(stepsOf(sampleRace({ pool: 'sprint' }))).toContain('packs');
});

it('players stand by place, and those without one as they joined', () => {
  const race = sampleRace({
    participants: [samplePlayer(1), samplePlayer(2, { place: 2 }), samplePlayer(3, { place: 1 }), samplePlayer(4)],
  });
  expect(ranked(race).map((each) => each.slot)).toEqual([3, 2, 1, 4]);
});

it.each([
  [1, 'A'],
  [26, 'Z'],
  [27, 'A2'],
  [53, 'A3'],
])('slot %d is %s', (slot, name) => {
  expect(letter(slot)).toBe(name);
});

it.each([
  ['registered', false],
  ['playing', false],
  ['finished', true],
  ['abandoned', true],
  ['disqualified', true],
] as const)('whoever is %s has ended: %s', (status, ended) => {
  expect(hasEnded({ status })).toBe(ended);
});
