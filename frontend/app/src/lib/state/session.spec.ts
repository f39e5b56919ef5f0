import { expect, it } from 'vitest';
import { atLeast, userIn } from './session.svelte';

it.each([
  ['admin', 'viewer', true],
  ['restreamer', 'restreamer', true],
  ['editor', 'restreamer', false],
  [undefined, 'viewer', false],
] as const)('%s includes %s: %s', (has, needs, expected) => {
  expect(atLeast(has, needs)).toBe(expected);
});

it('finds the user in both shapes of an answer', () => {
  const user = { id: 'u', name: 'Ada', role: 'editor', created_at: '2026-01-01T00:00:00Z' } as const;
  expect([userIn(user), userIn({ user }), userIn({ user: null }), userIn({})]).toEqual([user, user, null, null]);
});
