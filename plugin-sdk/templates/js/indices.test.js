// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kit } from '@regie/sdk/testing';

import plugin from '../src/plugin.js';

test('lines come from the form and from programs alike', () => {
  const k = kit(plugin);
  k.change({ category: 'always', fields: { lines: 'Old well | Lantern\n\n Tower | Sword ' } });
  assert.deepEqual(k.state.categories.always.items, [['Old well', 'Lantern'], ['Tower', 'Sword']]);
  assert.ok(!k.act({ category: 'always', lines: ['Old well|Lantern', 'Tower|Sword'] }).changed);
});

test('a hint is found and stays so where its line stays', () => {
  const k = kit(plugin);
  k.change({ category: 'always', lines: ['Old well | Lantern', 'Tower | Sword'] });
  assert.ok(k.click('live', 'Tower, Sword, open').changed);
  k.change({ category: 'always', lines: ['Tower | Sword'] });
  assert.ok(k.click('live', 'Tower, Sword, found').changed);
});

test('a template is a start', () => {
  const seed = { label: 'Mine', categories: { path: { label: 'Paths', items: [['Forest', 'Bow']] } } };
  assert.equal(kit(plugin, { seed }).page('overlay:default').named('Forest, Bow, open').length, 1);
  assert.throws(() => kit(plugin, { seed: { categories: { path: { items: 1 } } } }), { code: 'bad_seed' });
});

test('what is not there is refused', () => {
  const k = kit(plugin);
  assert.equal(k.refusal({ category: 'never', lines: [] }).code, 'unknown');
  assert.equal(k.refusal({ category: 'always', found: 3 }).code, 'bad_action');
  assert.equal(k.refusal({ category: 'always', lines: 'x' }).code, 'bad_lines');
});

test('no action breaks it', () => {
  kit(plugin).assertTotal([
    { category: 'always', lines: ['a | b', 'c'] },
    { category: 'always', fields: { lines: 'a\nb' } },
    { category: 'always', found: 0 },
  ]);
});

test('viewers get no form', () => {
  const page = kit(plugin, { canEdit: false }).page('live');
  assert.equal(page.elements.filter(({ tag }) => tag === 'form').length, 0);
});
