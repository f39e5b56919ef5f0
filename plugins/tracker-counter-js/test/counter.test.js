// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { kit } from '@regie/sdk/testing';

import plugin from '../src/plugin.js';

const two = { participants: ['Alice', 'Bob'] };
const counter = (/** @type {Record<string, unknown>} */ fields) => ({ type: 'add', what: 'counter', fields });

test('a click counts up, the other button down, and neither goes beyond an end', () => {
  const k = kit(plugin, { ...two, slot: 2 });
  assert.equal(k.click('live', 'Deaths, 0').words, 'Bob: Deaths 0 → 1');
  assert.ok(k.click('live', 'Deaths, 1').changed);
  assert.ok(k.clickAlt('live', 'Deaths, 2').changed);
  assert.ok(k.clickAlt('live', 'Deaths, 1').changed);
  assert.ok(!k.clickAlt('live', 'Deaths, 0').changed);
  k.change({ type: 'edit', key: 'c1', fields: { label: 'Deaths', max: '2', step: '5' } });
  assert.ok(k.click('live', 'Deaths, 0 of 2').changed);
  assert.ok(!k.click('live', 'Deaths, 2 of 2').changed);
});

test('counters are added, renamed and removed, and names are told apart', () => {
  const k = kit(plugin, two);
  assert.equal(k.change(counter({ label: 'Resets', min: '', max: '9', shape: 'star', colour: 'blue' })).words, '3. Resets added');
  k.change({ type: 'step', slot: 1, key: 'c3', by: 4 });
  assert.equal(k.refusal(counter({ label: 'resets' })).code, 'taken');
  assert.equal(k.change({ type: 'edit', key: 'c3', fields: { label: 'Retries', max: '3' } }).words, 'Resets is now Retries');
  assert.equal(k.page('overlay:default').named('Retries, 3 of 3').length, 1);
  assert.equal(k.change({ type: 'remove', key: 'c3' }).words, 'Retries removed');
  assert.deepEqual(k.state.counts, { 1: {} });
});

test('what a form holds is checked', () => {
  const k = kit(plugin);
  const cases = /** @type {const} */ ([
    [counter({ label: ' ' }), 'bad_action', 'label'],
    [counter({ label: 'x', min: '5', max: '2' }), 'bad_range', 'max'],
    [counter({ label: 'x', shape: 'blob' }), 'unknown', 'shape'],
    [counter({ label: 'x', max: '1e400' }), 'bad_action', 'max'],
    [{ type: 'set', slot: 1, key: 'c1', fields: { count: 'many' } }, 'bad_action', 'count'],
    [{ type: 'adjust', slot: 1, key: 't2', fields: { time: '1:2:3:4' } }, 'bad_time', 'time'],
  ]);
  for (const [action, code, field] of cases) {
    const fault = k.refusal(action);
    assert.deepEqual([fault.code, fault.path], [code, `actions[0].action.fields.${field}`], JSON.stringify(action));
  }
  assert.equal(k.refusal({ type: 'step', slot: 7, key: 'c1', by: 1 }).code, 'unknown_slot');
  assert.equal(k.refusal({ type: '__proto__' }).code, 'unknown');
});

test('a timer counts from its start, stops, is set and goes on', () => {
  const k = kit(plugin, { slot: 1 });
  k.click('live', 'Run, stopped at 0:00:00');
  const started = k.nowMs;
  k.nowMs += 61_000;
  k.change({ type: 'look' });
  const name = 'Run, runs since 02:40, last seen at 0:01:02';
  assert.equal(k.page('overlay:default').named(name).length, 1);
  k.nowMs = started + 3_599_000;
  assert.equal(k.click('live', name).words, 'Run stops at 1:00:00');
  k.change({ type: 'adjust', slot: 1, key: 't2', fields: { time: '59:30' } });
  k.click('live', 'Run, stopped at 0:59:30');
  k.nowMs += 29_000;
  k.change({ type: 'stop', slot: 1, key: 't2' });
  assert.equal(k.page('live').named('Run, stopped at 1:00:00').length, 1);
  k.change({ type: 'reset', slot: 1, key: 't2' });
  assert.ok(!k.act({ type: 'reset', slot: 1, key: 't2' }).changed);
});

test('automatic counts find a counter by name and never lower it', () => {
  const k = kit(plugin);
  const auto = (/** @type {unknown} */ item, /** @type {unknown} */ count) => ({ type: 'host:auto', slot: 1, item, count, source: 'game' });
  assert.equal(k.change(auto('DEATHS', 4)).words, 'Deaths 0 → 4');
  assert.ok(!k.act(auto('Deaths', 2)).changed);
  assert.equal(k.refusal(auto('Lives', 2)).code, 'unknown_item');
  assert.equal(k.refusal(auto('Deaths', 'many')).code, 'bad_action');
});

test('a preset describes counters for everybody, or brings back a whole state without its running timers', () => {
  const participant = { counters: [{ name: 'Lives', count: 3, max: 5 }, { name: 'Keys' }], timers: [] };
  const k = kit(plugin, { ...two, seed: { participant } });
  assert.equal(k.page('live').named('Lives, 3 of 5').length, 2);
  k.change({ type: 'step', slot: 2, key: 'c1', by: -1 });
  k.change({ type: 'add', what: 'timer', fields: { label: 'Split' } });
  k.change({ type: 'start', slot: 1, key: 't3' });
  const again = kit(plugin, { ...two, seed: { state: k.state } });
  assert.equal(again.page('live').named('Lives, 2 of 5').length, 1);
  assert.equal(again.page('live').named('Split, stopped at 0:00:00').length, 2);
  again.change({ type: 'add', what: 'timer', fields: { label: 'Other' } });
  for (const seed of [{}, { participant: 1 }, { state: [] }, { participant: { counters: [{ name: 'x', min: 1.5 }] } }]) {
    assert.throws(() => kit(plugin, { seed }), { name: 'Fault' }, JSON.stringify(seed));
  }
});

test('the overlay single shows what the setting names, and the first counter otherwise', () => {
  const shows = (/** @type {Record<string, unknown>} */ settings) => kit(plugin, { settings }).page('overlay:single').text;
  assert.match(shows({}), /Deaths/);
  assert.match(shows({ single: 'run' }), /Run/);
  assert.doesNotMatch(shows({ single: 'Run' }), /Deaths/);
});

test('viewers get pictures of the same names, and no button and no form', () => {
  const page = kit(plugin, { ...two, canEdit: false, locale: 'fr' }).page('live');
  assert.equal(page.buttons.length, 0);
  assert.equal(page.elements.filter(({ tag }) => tag === 'form').length, 0);
  assert.equal(page.named('Run, arrêté à 0:00:00').length, 2);
});

test('no action breaks it', () => {
  const k = kit(plugin, two);
  k.change(counter({ label: 'Keys', max: '3' }));
  k.assertTotal([
    { type: 'step', slot: 1, key: 'c1', by: 1 },
    { type: 'set', slot: 2, key: 'c3', fields: { count: '2' } },
    { type: 'start', slot: 1, key: 't2' },
    { type: 'adjust', slot: 1, key: 't2', fields: { time: '1:00' } },
    counter({ label: 'More', min: '-3', max: '3', step: '2', shape: 'heart', colour: 'red' }),
    { type: 'edit', key: 'c3', fields: { label: 'Keys', max: '5' } },
    { type: 'remove', key: 'c3' },
    { type: 'host:auto', slot: 1, item: 'Deaths', count: 3, source: 'x' },
  ], 500);
});
