import { expect, it } from 'vitest';
import { Presence } from './presence.svelte';

it('knows nothing until it was told, and counts those without a name', () => {
  const presence = new Presence();
  expect(presence.known).toBe(false);
  presence.take({ count: 3 });
  expect([presence.known, presence.count, presence.people]).toEqual([true, 3, []]);
  presence.take({ people: [{ id: 'u1', name: 'Nour' }], sources: [] });
  expect([presence.count, presence.people[0]?.name]).toEqual([1, 'Nour']);
});

it.each([null, 'x', 3])('stays as it is when told %j', (said) => {
  const presence = new Presence();
  presence.take(said);
  expect(presence.known).toBe(false);
});
