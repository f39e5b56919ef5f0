import { describe, expect, it } from 'vitest';
import { member, session } from './samples';
import {
  ageText,
  creatorName,
  heartbeatAge,
  isFull,
  isSilent,
  matching,
  missing,
  ownOf,
  range,
  shortId,
  sorted,
  tieChanges,
  tieOf,
  withAnswer,
} from './session';

const me = { instance: 'regie-u1', game: 'game-7' };
const ids = (sessions: { session_id: string }[]) => sessions.map((each) => each.session_id);

describe('the ✓', () => {
  it.each([
    [['regie-u1', 'x'], 'instance'],
    [['game-7', 'x'], 'game'],
    [['game-7', 'regie-u1'], 'instance'],
    [['regie-u11', 'game-77'], undefined],
    [[], undefined],
  ])('of members %j is by %s', (members, tie) => {
    expect(tieOf(session('a', members), me)).toBe(tie);
  });

  it('is by nobody as long as it is not known who one is', () => {
    expect(tieOf(session('a', ['undefined']), { instance: undefined, game: undefined })).toBeUndefined();
  });

  it('follows a game only where one said that it is theirs', () => {
    const sessions = [session('a', ['game-7']), session('b', ['x', 'regie-u1'])];
    expect(ownOf(sessions, me)?.session_id).toBe('b');
    expect(tieOf(sessions[0]!, { ...me, game: undefined })).toBeUndefined();
  });

  it('tells a switch as one left and one joined', () => {
    const [a, b] = [session('a', ['x']), session('b', ['x'])];
    expect(tieChanges([a], [b])).toEqual({ joined: ['Model b'], left: ['Model a'] });
    expect(tieChanges([a], [{ ...a, version: 9 }])).toEqual({ joined: [], left: [] });
  });
});

describe('the count', () => {
  it.each([
    [{ num_players_min: 2, num_players_max: 4 }, '2–4'],
    [{ num_players_min: 3, num_players_max: 3 }, '3'],
  ])('of %j is of %s', (limits, text) => {
    expect(range(session('a', [], limits))).toBe(text);
  });

  it.each([
    [['x'], 2, 4, 1, false],
    [['x', 'y'], 2, 4, 0, false],
    [['x', 'y'], 2, 2, 0, true],
    [['x', 'y'], 0, 0, 0, false],
  ])('%j with %d to %d misses %d, full: %s', (members, num_players_min, num_players_max, few, full) => {
    const held = session('a', members, { num_players_min, num_players_max });
    expect([missing(held), isFull(held)]).toEqual([few, full]);
  });
});

describe('the age of a heartbeat', () => {
  const beat = Date.parse('2026-01-01T12:00:00Z');
  it.each([
    [0, '0 s', false],
    [999, '0 s', false],
    [9_999, '9 s', false],
    [10_000, '10 s', true],
    [59_999, '59 s', true],
    [60_000, '1 min', true],
    [3_600_000, '1 h', true],
  ])('after %d ms is %s, silent: %s', (ms, text, silent) => {
    const age = heartbeatAge(session('a', []), beat + ms);
    expect([ageText(age!), isSilent(age)]).toEqual([text, silent]);
  });

  it('is none where clocks differ by a little', () => {
    expect(heartbeatAge(session('a', []), beat - 400)).toBe(0);
  });

  it('that nobody can read is silence', () => {
    const age = heartbeatAge(session('a', [], { last_heartbeat: '' }), beat);
    expect([age, isSilent(age)]).toEqual([undefined, true]);
  });
});

describe('the list', () => {
  const early = session('early', [], { created_at: '2026-01-01T10:00:00Z' });
  const late = session('late', [], { created_at: '2026-01-01T11:00:00Z' });

  it('has open ones first, each in the order they were made, ties by id', () => {
    const played = { ...early, session_id: 'played', state: 'in_progress' as const };
    const twin = { ...late, session_id: 'zwin' };
    expect(ids(sorted([twin, played, late, early]))).toEqual(['early', 'late', 'zwin', 'played']);
  });

  it.each([
    ['', ['early', 'late']],
    ['nour', ['late']],
    ['model early', ['early']],
    ['nobody-has-it', []],
  ])('asked for %j holds %j', (question, found) => {
    const named = { ...late, members: [member('regie-u2', { name: 'Nour' })] };
    expect(ids(matching([early, named], question))).toEqual(found);
  });

  it('takes an answer at once, unless something newer is known', () => {
    const joined = { ...early, version: 5 };
    expect(withAnswer([early, late], joined)).toEqual([late, joined]);
    expect(withAnswer([{ ...early, version: 6 }], joined)[0]?.version).toBe(6);
    expect(ids(withAnswer([late], joined))).toEqual(['late', 'early']);
  });

  it('has none that an answer calls closed', () => {
    expect(ids(withAnswer([early, late], { ...early, version: 2, state: 'closed' }))).toEqual(['late']);
  });
});

it.each([
  ['peer-1', 'peer-1'],
  ['7c9e6679-7425-40de-944b-e07fc1f90a12', '7c9e…0a12'],
])('the client id %s is shown as %s', (id, text) => {
  expect(shortId(id)).toBe(text);
});

it('calls a creator by name, or by their game’s id', () => {
  expect(creatorName(session('a', ['peer-1']))).toBe('peer-1');
  expect(creatorName(session('a', ['regie-u1'], { creator_name: 'Camille' }))).toBe('Camille');
});
