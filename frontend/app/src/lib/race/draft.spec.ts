import { expect, it } from 'vitest';
import type { Pool, RaceMode } from '$lib/api/race-types';
import { RaceDraft } from './draft.svelte';
import { sampleRace } from './samples';

const pool = (name: string, mode: string, available: number, dialect: Pool['dialect'] = 'source'): Pool => ({
  name,
  display_name: name,
  description: '',
  mode,
  dialect,
  available,
  consumed: 0,
  discarded: 0,
  settings: '',
  problems: [],
});
const pools = [pool('empty', 'a', 0), pool('full', 'a', 3, 'public'), pool('other', 'b', 5)];
const mode = (id: string, generates: boolean): RaceMode => ({ id, name: id, description: '', generates });

it.each([
  ['that makes seeds begins without a pool', mode('a', true), '', 'source'],
  ['that does not begins with a pool that has seeds left', mode('a', false), 'full', 'public'],
  ['takes none of another mode', mode('b', false), 'other', 'source'],
  ['without any pool has none', mode('c', false), '', 'source'],
] as const)('a mode %s', (_, chosen, name, dialect) => {
  const draft = new RaceDraft();
  draft.chooseMode(chosen, pools);
  expect([draft.pool, draft.config.dialect]).toEqual([name, dialect]);
});

it('limits that were emptied are no limits, and the start is told in UTC', () => {
  const draft = new RaceDraft();
  draft.name = ' Sunday ';
  draft.mode = 'a';
  draft.start = '2026-03-01T20:30';
  draft.config.late_join_minutes = 0;
  const made = draft.toNew();
  expect(made).toMatchObject({ name: 'Sunday', pool: null, config: { late_join_minutes: null } });
  expect(made.scheduled_start).toBe(new Date('2026-03-01T20:30').toISOString().replace('.000', ''));
});

it('only what was changed is sent', () => {
  const race = sampleRace({ scheduled_start: '2026-03-01T20:30:40Z', pool: 'full' });
  const draft = RaceDraft.of(race);
  expect(draft.toPatch(race)).toEqual({});
  draft.name = 'Monday race';
  draft.start = '';
  draft.config.countdown_seconds = 20;
  expect(draft.toPatch(race)).toEqual({
    name: 'Monday race',
    scheduled_start: null,
    config: { countdown_seconds: 20 },
  });
});

it.each([
  ['name', true],
  ['config.max_participants', true],
  ['config.nothing', false],
  ['participants', false],
])('a refusal of %s is shown at a field: %s', (field, shown) => {
  expect(new RaceDraft().hasField(field)).toBe(shown);
});
