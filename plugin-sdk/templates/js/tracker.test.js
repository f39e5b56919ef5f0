// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kit } from '@regie/sdk/testing';

import plugin from '../src/plugin.js';

test('clicks count up to the maximum and back', () => {
  const k = kit(plugin, { participants: ['Alice', 'Bob'], slot: 2 });
  assert.ok(k.click('live', 'Sword, 0 of 3').changed);
  assert.ok(k.click('live', 'Sword, 1 of 3').changed);
  assert.ok(k.clickAlt('live', 'Sword, 2 of 3').changed);
  assert.ok(!k.act({ type: 'step', item: 'lantern', slot: 1, by: -1 }).changed);
  assert.equal(k.state.slots[2].items.sword, 1);
});

test('a note is shown to everybody', () => {
  const k = kit(plugin);
  k.change({ type: 'note', slot: 1, fields: { text: ' dungeon <3> ' } });
  assert.match(k.page('overlay:default').text, /dungeon <3>/);
});

test('unknown items, slots and types are refused', () => {
  const k = kit(plugin);
  assert.equal(k.refusal({ type: 'step', item: 'boat', slot: 1, by: 1 }).code, 'unknown');
  assert.equal(k.refusal({ type: 'step', item: 'sword', slot: 9, by: 1 }).code, 'unknown_slot');
  assert.equal(k.refusal({ type: 'dance', slot: 1 }).code, 'unknown');
});

test('no action breaks it', () => {
  kit(plugin).assertTotal([
    { type: 'step', item: 'shell', slot: 1, by: 1 },
    { type: 'note', slot: 1, fields: { text: 'x' } },
  ]);
});

test('viewers get no buttons', () => {
  const page = kit(plugin, { canEdit: false }).page('overlay:default');
  assert.equal(page.buttons.length, 0);
  assert.equal(page.named('Shells, 0 of 20').length, 1);
});
