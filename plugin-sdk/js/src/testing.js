// Drives a plugin under `node --test` exactly as the host does: JSON text in, JSON text out, every call made twice to see that it
// answers the same.

import assert from 'node:assert/strict';

import { Fault } from './fault.js';
import * as hooks from './hooks.js';
import { hostile } from './hostile.js';
import { Page } from './page.js';
import { still } from './still.js';

export { Page };

/** A session: a plugin, its document and what the host would say about it. */
export function kit(plugin, options = {}) {
  return new Kit(plugin, options);
}

const START = 1_770_000_000_000;

class Kit {
  constructor(plugin, { participants = ['Alice'], locale = 'en', settings = {}, canEdit = true, slot, actor, seed } = {}) {
    this.plugin = plugin;
    this.participants = participants.map((label, index) => ({ slot: index + 1, label }));
    this.locale = locale;
    this.settings = settings;
    this.canEdit = canEdit;
    this.slot = slot;
    this.actor = actor;
    this.nowMs = START;
    this.statuses = {};
    this.race = { status: 'running', started_at: '2026-02-02T02:40:00Z', started_at_ms: START };
    this.viewer = { role: 'public' };
    const request = { participants: this.participants, settings, random: '5'.repeat(64), seed };
    const { state, derived } = this.#call('preset', request);
    this.state = state;
    this.derived = derived;
  }

  catalog() {
    return this.#call('catalog', { locale: this.locale, settings: this.settings });
  }

  /** One action; its result, refused or not. */
  act(action) {
    return this.actAll([action])[0];
  }

  /** A batch, applied in one call. */
  actAll(all) {
    const actions = all.map((action) => {
      this.nowMs += 1000;
      const actor = { id: 'u1', name: 'Tester', role: 'editor', participant: this.actor };
      return { action, ctx: { now_ms: this.nowMs, random: 'a'.repeat(64), actor, participants: this.participants } };
    });
    const answer = this.#call('update', { state: this.state, derived: this.derived, actions, settings: this.settings });
    assert.equal(answer.results.length, actions.length, 'one result an action');
    this.state = answer.state;
    return answer.results;
  }

  /** An action that must be accepted and change something. */
  change(action) {
    const result = this.act(action);
    assert.ok(result.changed && !result.fault, `${JSON.stringify(action)} should change something: ${JSON.stringify(result)}`);
    return result;
  }

  /** An action that must be refused; the fault. */
  refusal(action) {
    const before = structuredClone(this.state);
    const { fault } = this.act(action);
    assert.ok(fault, `${JSON.stringify(action)} should be refused`);
    assert.deepEqual(this.state, before, 'a refused action left a trace');
    return fault;
  }

  html(surface) {
    const view = this.plugin.kind === 'race' ? this.project().view : this.state;
    return this.#text('render', {
      state: view,
      derived: this.derived,
      surface,
      slot: this.slot,
      locale: this.locale,
      can_edit: this.canEdit,
      participants: this.participants,
      settings: this.settings,
      assets: '/plugins/test/0/',
    });
  }

  /** What `render` answers, read and checked against what the host lets pass. */
  page(surface) {
    return new Page(this.html(surface));
  }

  /** Clicks the one button of that accessible name. */
  click(surface, name) {
    return this.act(this.page(surface).button(name).action('data-do'));
  }

  /** The same with the other button of the mouse. */
  clickAlt(surface, name) {
    return this.act(this.page(surface).button(name).action('data-do-alt'));
  }

  standings() {
    return this.#call('standings', this.#aroundRace());
  }

  /** What `viewer` may see, in a race. */
  project() {
    return this.#call('project', { ...this.#aroundRace(), standings: this.standings(), viewer: this.viewer });
  }

  /** Throws actions at `update` that nobody should send, made from `examples`: it must answer, and what comes out be shown. */
  assertTotal(examples, rounds = 300) {
    for (const action of hostile(examples, rounds)) {
      const before = structuredClone(this.state);
      const result = this.act(action);
      if (result.fault) assert.deepEqual(this.state, before, `a refused action left a trace: ${JSON.stringify(action)}`);
      this.page('live');
    }
  }

  #aroundRace() {
    return {
      state: this.state,
      derived: this.derived,
      participants: this.participants.map((one) => ({ ...one, status: this.statuses[one.slot] ?? 'playing' })),
      race: this.race,
      now_ms: this.nowMs,
      settings: this.settings,
    };
  }

  #call(hook, request) {
    return JSON.parse(this.#text(hook, request));
  }

  #text(hook, request) {
    const text = JSON.stringify(request);
    const first = attempt(hook, this.plugin, text);
    assert.deepEqual(attempt(hook, this.plugin, text), first, `${hook} answered the same request differently`);
    if (first.fault) throw new Fault(first.fault.code, first.fault.message, first.fault.path);
    return first.text;
  }
}

function attempt(hook, plugin, request) {
  try {
    return { text: still(() => hooks[hook](plugin, request)) };
  } catch (error) {
    if (error instanceof Fault) return { fault: hooks.record(error) };
    throw error;
  }
}
