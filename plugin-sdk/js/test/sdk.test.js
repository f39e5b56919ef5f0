import assert from 'node:assert/strict';
import { test } from 'node:test';

import { attributes, button, defineRace, defineTracker, Fault, html, meter, ranked, want } from '../src/index.js';
import { component } from '../src/guest.js';
import * as hooks from '../src/hooks.js';
import { kit, Page } from '../src/testing.js';

const purse = defineTracker({
  catalog: ({ t }) => ({ label: t('Coins', 'Pièces') }),
  preset: () => ({ coins: 0 }),
  update(state, action, cx) {
    // Spoils the state on purpose before it refuses.
    state.coins += want.integer(action.coins, 'action.coins');
    if (state.coins < 0) throw new Fault('too_few', 'there are not that many coins', 'action.coins');
    cx.words(`${state.coins} coins`);
    if (state.coins === 99) cx.effect({ type: 'finished', participant: 1 });
  },
  render: (state, { t }) => button({ name: `${t('Coins', 'Pièces')}, ${state.coins}`, act: { coins: 1 }, alt: { coins: -1 } }, state.coins),
});

test('a batch is applied in order and what is refused leaves no trace', () => {
  const k = kit(purse);
  const results = k.actAll([{ coins: 3 }, { coins: -9 }, { coins: 'x' }, { coins: 0 }, { coins: 96 }, null, [1]]);
  const fault = (path, code) => [false, path, code];
  assert.deepEqual(
    results.map((result) => [result.changed, result.fault?.path, result.fault?.code]),
    [
      [true, undefined, undefined],
      fault('actions[1].action.coins', 'too_few'),
      fault('actions[2].action.coins', 'bad_action'),
      [false, undefined, undefined],
      [true, undefined, undefined],
      fault('actions[5].action', 'bad_action'),
      fault('actions[6].action', 'bad_action'),
    ],
  );
  assert.deepEqual(k.state, { coins: 99 });
  assert.equal(results[0].words, '3 coins');
  assert.deepEqual(results[4].effects, [{ type: 'finished', participant: 1 }]);
});

test('an error that is no fault is a failure of the plugin and is not swallowed', () => {
  const broken = { ...purse, update: (state, action) => action.a.b };
  assert.throws(() => kit(broken).act({}), TypeError);
});

test('the same document in another order of its keys is no change', () => {
  const k = kit({ ...purse, preset: () => ({ a: 1, b: { c: [1] } }), update: () => ({ b: { c: [1] }, a: 1 }) });
  assert.equal(k.act({}).changed, false);
});

test('what is put into html is escaped, and what is meant is not', () => {
  const evil = '<b title="x">&';
  assert.equal(String(html`<p title="${evil}">${evil}</p>`), '<p title="&lt;b title=&quot;x&quot;&gt;&amp;">&lt;b title=&quot;x&quot;&gt;&amp;</p>');
  assert.equal(String(html`${[1, html`<i></i>`, null, false, true, undefined]}`), '1<i></i>');
  assert.equal(String(html`<i${attributes({ class: 'a"b', title: undefined, hidden: true })}></i>`), '<i class="a&quot;b" hidden=""></i>');
  assert.equal(String(html`<i data-do="${{ a: '"' }}"></i>`), '<i data-do="{&quot;a&quot;:&quot;\\&quot;&quot;}"></i>');
  assert.match(String(meter('<x>', 1, 0)), /--level: 0.000/);
});

test('there is neither chance nor a clock while a hook runs, and both again afterwards', () => {
  const uses = [() => Math.random(), () => Date.now(), () => new Date(), () => Date(), () => performance.now(), () => crypto.randomUUID()];
  for (const use of uses) {
    const plugin = { ...purse, preset: () => ({ coins: use() }) };
    assert.throws(() => kit(plugin), /depend on its request only/, String(use));
  }
  const dated = { ...purse, preset: () => ({ coins: new Date(86_400_000).getUTCDate() }) };
  assert.equal(kit(dated).state.coins, 2);
  assert.ok(Date.now() > 0 && Math.random() >= 0);
});

test('a viewer gets the same picture without a button', () => {
  const page = kit(purse, { canEdit: false, locale: 'fr-CA' }).page('live');
  assert.equal(page.buttons.length, 0);
  assert.equal(page.named('Pièces, 0').length, 1);
});

test('the page reader refuses what the host would drop', () => {
  const bad = ['<div id="x"></div>', '<div class="rg-a"></div>', '<div onclick="x"></div>', '<div style="color: red"></div>', '<p>', '<img src="x">',
    '<div data-do="{}">x</div>', '<button data-do="{">x</button>', '<button data-do="{}"></button>', '<i data-key="a"></i><i data-key="a"></i>'];
  for (const text of bad) assert.throws(() => new Page(text), undefined, text);
});

test('as a component a fault is thrown as a record, and an error is logged and thrown on', () => {
  const lines = [];
  const made = component({ ...purse, start: () => { throw new Fault('no', 'not now', 'seed'); } }, (level, text) => lines.push([level, text]));
  const request = JSON.stringify({ participants: [], random: '' });
  assert.throws(() => made.hooks.preset(request), (error) => !(error instanceof Error) && error.code === 'no' && error.path === 'seed');
  assert.throws(() => made.hooks.render('{'), SyntaxError);
  assert.match(lines[0][1], /^render: /);
});

test('unknown fields of a newer host are left alone', () => {
  const request = { state: { coins: 1 }, newer: 1, actions: [{ action: { coins: 1 }, ctx: { now_ms: 1, participants: [], newer: [] } }] };
  assert.equal(JSON.parse(hooks.update(purse, JSON.stringify(request))).state.coins, 2);
});

test('standings share places, and a race is rendered from its projection', () => {
  const all = [{ participant: 1, progress: 2 }, { participant: 2, progress: 3 }, { participant: 3, progress: 2 }, { participant: 4, progress: 0 }];
  assert.deepEqual(ranked(all, (one) => -one.progress).participants.map((one) => [one.participant, one.place]), [[2, 1], [1, 2], [3, 2], [4, 4]]);
  const race = defineRace({
    catalog: () => ({ label: 'x' }),
    preset: () => ({ secret: 7 }),
    update: () => {},
    standings: () => ({ participants: [] }),
    project: (state, standings, viewer) => ({ view: { shown: viewer.role === 'organizer' ? state.secret : 0 }, standings }),
    render: (shown) => html`<p>${JSON.stringify(shown)}</p>`,
  });
  const k = kit(race);
  assert.equal(k.page('live').text, '{"shown":0}');
  k.viewer = { role: 'organizer' };
  assert.equal(k.page('live').text, '{"shown":7}');
});

test('what the host tells a race changes nothing where the mode does not know it, and everything else is refused', () => {
  const race = defineRace({
    catalog: () => ({ label: 'x' }),
    preset: () => ({ on: false }),
    update: (state, action) => void (state.on = want.oneOf(action.type, ['on'], 'action.type') === 'on'),
    standings: () => ({ participants: [] }),
    project: (view, standings) => ({ view, standings }),
    render: () => html`<p>x</p>`,
  });
  const k = kit(race);
  assert.equal(k.act({ type: 'host:join', slot: 1 }).changed, false);
  assert.equal(k.refusal({ type: 'off' }).code, 'unknown');
  assert.equal(k.act({ type: 'on' }).changed, true);
});

test('a participant of a race acts for themselves', () => {
  const race = defineRace({
    catalog: () => ({ label: 'x' }),
    preset: () => ({ by: [] }),
    update: (state, _, cx) => void state.by.push(cx.actor.participant ?? 0),
    standings: () => ({ participants: [] }),
    project: (view, standings) => ({ view, standings }),
    render: () => html`<p>x</p>`,
  });
  const k = kit(race, { participants: ['Alice', 'Bob'] });
  k.change({ type: 'step' });
  k.actor = 2;
  k.change({ type: 'step' });
  assert.deepEqual(k.state.by, [0, 2]);
});

test('what a plugin lacks is named where it is defined', () => {
  assert.throws(() => defineTracker({ catalog() {}, preset() {}, update() {} }), /`render`/);
  assert.throws(() => defineRace(purse), /`standings`/);
});
