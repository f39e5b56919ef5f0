// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kit } from '@regie/sdk/testing';

import plugin from '../src/plugin.js';

const race = () => kit(plugin, { participants: ['Alice', 'Bob', 'Chloé'] });

test('who has enough points has finished', () => {
  const k = race();
  k.click('live', 'Bob, 0 points');
  k.click('live', 'Bob, 1 points');
  assert.deepEqual(k.click('live', 'Bob, 2 points').effects, [{ type: 'finished', participant: 2 }]);
  assert.ok(!k.click('live', 'Bob, 3 points').changed);
});

test('of two with as many points the earlier is ahead', () => {
  const k = race();
  for (const slot of [2, 1]) k.change({ type: 'point', slot, by: 1 });
  assert.deepEqual(k.standings().participants.map(({ participant, place }) => [participant, place]), [[2, 1], [1, 2], [3, 3]]);
  assert.deepEqual(k.project().view, k.state);
});

test('a start clears the points and the form sets the goal', () => {
  const k = race();
  k.change({ type: 'point', slot: 1, by: 2 });
  k.change({ type: 'host:start' });
  k.change({ type: 'goal', fields: { points: ' 5 ' } });
  assert.deepEqual(k.state, { goal: 5, scores: {} });
  assert.equal(k.refusal({ type: 'goal', fields: { points: 'many' } }).code, 'bad_action');
  assert.equal(k.refusal({ type: 'point', slot: 9, by: 1 }).code, 'unknown_slot');
});

test('no action breaks it', () => {
  race().assertTotal([
    { type: 'point', slot: 1, by: 1 },
    { type: 'goal', fields: { points: '7' } },
    { type: 'host:reset' },
  ]);
});

test('viewers get no buttons', () => {
  assert.equal(kit(plugin, { canEdit: false }).page('overlay:default').buttons.length, 0);
});
