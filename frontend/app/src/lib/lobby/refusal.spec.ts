import { expect, it } from 'vitest';
import { Problem, problemFrom } from '$lib/api/problem';
import { fill } from '$lib/i18n/i18n.svelte';
import words from '../../../../locales/en.json';
import { refusalText } from './refusal';
import { session } from './samples';

const held = session('a', ['x', 'y'], { model_name: 'Tide pools', num_players_max: 2, state: 'started' });

it.each([
  ['full', '“Tide pools” is full: 2 of 2.'],
  ['not_open', '“Tide pools” can no longer be joined or started. It is now: Started.'],
  ['in_another_session', 'You are in another session by now, so you did not join “Tide pools”. The list shows which.'],
  ['offline', 'The server does not answer. Nothing was changed.'],
  ['forbidden', 'Tide pools: only its creator may'],
])('the refusal %s is told as %s', (code, text) => {
  const problem = new Problem(409, code, 'only its creator may');
  expect(refusalText(problem, held, (key, values) => fill(words[key], values))).toBe(text);
});

it('comes with how the session stands', () => {
  const body = { error: { code: 'full', message: 'no room' }, state: held };
  expect(problemFrom(409, body).state).toEqual(held);
});
