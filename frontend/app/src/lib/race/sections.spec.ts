import { expect, it } from 'vitest';
import { groupRaces, sectionOf } from './sections';
import { samplePlayer, sampleItem } from './samples';

const mine = { participant_id: 'p1', organizer: false, caster: false };
const races = [
  sampleItem({ id: 'later', name: 'Later', scheduled_start: '2026-03-02T20:00:00Z' }),
  sampleItem({ id: 'some-day', name: 'Some day' }),
  sampleItem({ id: 'soon', name: 'Soon', scheduled_start: '2026-03-01T20:00:00Z' }),
  sampleItem({ id: 'runs', name: 'Été', status: 'running', participants: [samplePlayer(1, { name: 'Zoé' })] }),
  sampleItem({ id: 'mine', name: 'Mine', me: mine }),
  sampleItem({ id: 'old', name: 'Old', status: 'finished', finished_at: '2026-02-01T10:00:00Z', me: mine }),
  sampleItem({ id: 'last', name: 'Last', status: 'finished', finished_at: '2026-02-02T10:00:00Z' }),
];
const ids = (question: string, status: Parameters<typeof groupRaces>[2] = 'all') =>
  Object.fromEntries(
    groupRaces(races, question, status).map((group) => [group.section, group.races.map((race) => race.id)]),
  );

it('each race stands in one section, the next start first and the last result first', () => {
  expect(ids('')).toEqual({
    own: ['mine'],
    running: ['runs'],
    coming: ['soon', 'later', 'some-day'],
    past: ['last', 'old'],
  });
});

it('a race is found by its name and by who takes part', () => {
  expect(ids('ete')).toEqual({ running: ['runs'] });
  expect(ids('zoe')).toEqual({ running: ['runs'] });
  expect(ids('nothing')).toEqual({});
});

it('the filter by status leaves what has that status', () => {
  expect(ids('', 'finished')).toEqual({ past: ['last', 'old'] });
});

it.each([
  ['draft', 'coming'],
  ['countdown', 'running'],
  ['cancelled', 'past'],
] as const)('a race of others that is %s is %s', (status, section) => {
  expect(sectionOf(sampleItem({ status }))).toBe(section);
});
