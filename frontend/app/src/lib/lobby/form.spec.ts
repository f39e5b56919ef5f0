import { expect, it } from 'vitest';
import { bodyOf, faultsOf } from './form';

const form = { model_name: 'Tide pools', min: 2, max: 4 };

it.each([
  [{}, []],
  [{ max: null }, []],
  [{ min: 0, max: 1 }, []],
  [{ min: 3, max: 3 }, []],
  [{ model_name: '  ' }, ['model_name']],
  [{ model_name: 'é'.repeat(100) }, []],
  [{ model_name: 'é'.repeat(101) }, ['model_name']],
  [{ min: null }, ['num_players_min']],
  [{ min: -1 }, ['num_players_min']],
  [{ min: 1.5 }, ['num_players_min']],
  [{ min: 1001, max: null }, ['num_players_min']],
  [{ max: 1 }, ['num_players_max']],
  [{ max: 0 }, ['num_players_max']],
  [{ max: 1001 }, ['num_players_max']],
])('%j is at fault in %j', (change, fields) => {
  expect(Object.keys(faultsOf({ ...form, ...change }))).toEqual(fields);
});

it('sends an empty limit as none, and the name without spaces around it', () => {
  const body = { model_name: 'Tide pools', num_players_min: 2, num_players_max: 0 };
  expect(bodyOf({ model_name: ' Tide pools ', min: 2, max: null })).toEqual(body);
});
