import { expect, test } from 'vitest';
import type { Session, SessionState } from '$lib/api/lobby-types';
import { choices, chosenOf, takenText, toneOf, type Taken, wordOf } from './taken';

const named = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ client_id: `c${String(at)}`, name: `P${String(at)}`, message: 'full' }));
const told = (taken: Taken) =>
  takenText(
    taken,
    (key, count) => `${String(count)} ${key.slice('app.gather.'.length)}`,
    (key) => key,
    (parts) => parts.join(', '),
  );
const session = (id: string, state: SessionState, created_at = '2026-02-04T13:38:00Z'): Session => ({
  session_id: id,
  model_name: 'Tide pools',
  state,
  creator_client_id: 'c0',
  connected_instances: [],
  members: [],
  num_players_min: 1,
  num_players_max: 4,
  version: 1,
  created_at,
  last_updated: created_at,
  last_heartbeat: created_at,
});
const ids = (sessions: Session[]) => sessions.map((each) => each.session_id);

test('what happened is counted, and what did not is not mentioned', () => {
  const all = { added: named(3), invited: named(1), there: named(2), refused: named(1) };
  expect(told(all)).toBe('3 added, 1 invited, 2 there, 1 refused');
  expect(told({ added: named(2), there: [], refused: [] })).toBe('2 added');
  expect(told({ added: [], invited: [], there: named(4), refused: [] })).toBe('4 there');
  expect(told({ added: [], there: [], refused: [] })).toBe('app.gather.nobody');
});

test('open sessions are offered first, and neither closed ones nor the one that is tied', () => {
  const sessions = [
    session('runs', 'in_progress', '2026-02-04T13:00:00Z'),
    session('later', 'open', '2026-02-04T13:20:00Z'),
    session('first', 'open', '2026-02-04T13:10:00Z'),
    session('over', 'closed'),
  ];
  expect(ids(choices(sessions, undefined))).toEqual(['first', 'later', 'runs']);
  expect(ids(choices(sessions, 'first'))).toEqual(['later', 'runs']);
});

test('what was chosen stays chosen for as long as it is offered', () => {
  const offered = [session('a', 'open'), session('b', 'open')];
  expect(chosenOf(offered, 'b')?.session_id).toBe('b');
  expect(chosenOf(offered, 'gone')?.session_id).toBe('a');
  expect(chosenOf(offered, undefined)?.session_id).toBe('a');
  expect(chosenOf([], 'b')).toBeUndefined();
});

test('a session that is gone is told apart from one that is there', () => {
  const look = (there: boolean, state: string | null): unknown[] => [
    toneOf({ there, state }),
    wordOf({ there, state }),
  ];
  expect(look(false, null)).toEqual(['off', 'app.gather.gone']);
  expect(look(true, 'open')).toEqual(['wait', 'app.lobby.state.open']);
  expect(look(true, 'in_progress')).toEqual(['on', 'app.lobby.state.in-progress']);
});
