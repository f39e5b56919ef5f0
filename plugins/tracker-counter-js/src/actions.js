// @ts-check
// What an action does to the document. Each one checks all that it takes: anybody who may edit can send any JSON.

import { Fault, want } from '@regie/sdk';

import { clockOf, counterOf, countOf, COUNTERS, elapsed, MOST, setClock, setCount, TIMERS } from './state.js';
import { clock, read } from './time.js';

/** @typedef {import('./state.js').State} State @typedef {import('@regie/sdk').UpdateContext} Context */

/** @type {Record<string, (state: State, action: any, cx: Context) => void>} */
const ACTIONS = {
  /** `{slot, key, by}` */
  step(state, action, cx) {
    const { slot, counter } = counted(state, action, cx);
    count(state, slot, counter, countOf(state, slot, counter) + want.integer(action.by, 'action.by', -MOST, MOST), cx);
  },

  /** `{slot, key, fields:{count}}` */
  set(state, action, cx) {
    const { slot, counter } = counted(state, action, cx);
    count(state, slot, counter, number(action.fields?.count, 'action.fields.count'), cx);
  },

  /** Counts of a program that reads the game: absolute, by name, and never downwards. */
  'host:auto'(state, action, cx) {
    const slot = want.slot(action.slot, cx.participants);
    const name = want.text(action.item, 'action.item', 200).toLowerCase();
    const counter = state.counters.find((one) => one.name.toLowerCase() === name);
    if (!counter) throw new Fault('unknown_item', `there is no counter ${JSON.stringify(action.item)}`, 'action.item');
    const seen = want.integer(action.count, 'action.count', -MOST, MOST);
    count(state, slot, counter, Math.max(countOf(state, slot, counter), seen), cx);
  },

  /** `{slot, key}` */
  start(state, action, cx) {
    const { slot, timer, now } = timed(state, action, cx);
    if (now.since_ms !== null) return;
    setClock(state, slot, timer.id, { ...now, since_ms: cx.now_ms });
    cx.words(`${who(slot, cx)}${timer.name} starts at ${clock(now.total_ms)}`);
  },

  /** `{slot, key}` */
  stop(state, action, cx) {
    const { slot, timer, now } = timed(state, action, cx);
    if (now.since_ms === null) return;
    const total_ms = elapsed(now, cx.now_ms);
    setClock(state, slot, timer.id, { total_ms, since_ms: null });
    cx.words(`${who(slot, cx)}${timer.name} stops at ${clock(total_ms)}`);
  },

  /** `{slot, key}` */
  reset(state, action, cx) {
    const { slot, timer, now } = timed(state, action, cx);
    if (now.since_ms === null && now.total_ms === 0) return;
    setClock(state, slot, timer.id, { total_ms: 0, since_ms: null });
    cx.words(`${who(slot, cx)}${timer.name} ${clock(elapsed(now, cx.now_ms))} → 0:00:00`);
  },

  /** `{slot, key, fields:{time:"1:02:03"}}`: what it says now; it goes on running where it ran. */
  adjust(state, action, cx) {
    const { slot, timer, now } = timed(state, action, cx);
    const total_ms = read(action.fields?.time, 'action.fields.time');
    setClock(state, slot, timer.id, { total_ms, since_ms: now.since_ms === null ? null : cx.now_ms });
    cx.words(`${who(slot, cx)}${timer.name} ${clock(elapsed(now, cx.now_ms))} → ${clock(total_ms)}`);
  },

  /** Shows running timers as of now. */
  look(state, action, cx) {
    state.at_ms = cx.now_ms;
  },

  /** `{what:"counter"|"timer", fields:{label, …}}` */
  add(state, action, cx) {
    const fields = fieldsOf(action);
    if (want.oneOf(action.what, ['counter', 'timer'], 'action.what') === 'timer') {
      full(state.timers, TIMERS, 'timers');
      const name = free(state, fields.label, undefined);
      state.timers.push({ id: `t${state.next}`, name });
    } else {
      full(state.counters, COUNTERS, 'counters');
      const name = free(state, fields.label, undefined);
      const counter = counterOf(counterFields(fields), 'action.fields', `c${state.next}`);
      state.counters.push({ ...counter, name });
    }
    state.next = Math.min(state.next + 1, MOST);
    cx.words(`${state.next - 1}. ${want.text(fields.label, 'action.fields.label', 40)} added`);
  },

  /** `{key, fields:{label, …}}` */
  edit(state, action, cx) {
    const fields = fieldsOf(action);
    const timer = state.timers.find(({ id }) => id === action.key);
    const name = free(state, fields.label, action.key);
    if (timer) {
      if (timer.name !== name) cx.words(`${timer.name} is now ${name}`);
      timer.name = name;
      return;
    }
    const index = state.counters.findIndex(({ id }) => id === action.key);
    if (index < 0) throw unknown(action.key);
    const old = state.counters[index];
    const counter = counterOf(counterFields(fields), 'action.fields', old.id);
    state.counters[index] = { ...counter, name };
    for (const slot of Object.keys(state.counts)) {
      setCount(state, Number(slot), counter, countOf(state, Number(slot), counter));
    }
    cx.words(old.name === name ? `${name} changed` : `${old.name} is now ${name}`);
  },

  /** `{key}` */
  remove(state, action, cx) {
    const gone = [...state.counters, ...state.timers].find(({ id }) => id === action.key);
    if (!gone) throw unknown(action.key);
    state.counters = state.counters.filter((one) => one !== gone);
    state.timers = state.timers.filter((one) => one !== gone);
    for (const slots of [state.counts, state.clocks]) {
      for (const values of Object.values(slots)) delete values[gone.id];
    }
    cx.words(`${gone.name} removed`);
  },
};

/** @param {State} state @param {Record<string, any>} action @param {Context} cx */
export function act(state, action, cx) {
  const type = want.oneOf(action.type, ACTIONS, 'action.type');
  const before = JSON.stringify(state);
  ACTIONS[type](state, action, cx);
  // Running timers are shown as of the last change; no change at all leaves them, too.
  if (JSON.stringify(state) !== before) state.at_ms = cx.now_ms;
}

/** @param {State} state @param {any} action @param {Context} cx */
function counted(state, action, cx) {
  const counter = state.counters.find(({ id }) => id === action.key);
  if (!counter) throw unknown(action.key);
  return { slot: want.slot(action.slot, cx.participants), counter };
}

/** @param {State} state @param {any} action @param {Context} cx */
function timed(state, action, cx) {
  const timer = state.timers.find(({ id }) => id === action.key);
  if (!timer) throw unknown(action.key);
  const slot = want.slot(action.slot, cx.participants);
  return { slot, timer, now: clockOf(state, slot, timer.id) };
}

/** @param {State} state @param {number} slot @param {import('./state.js').Counter} counter @param {number} to @param {Context} cx */
function count(state, slot, counter, to, cx) {
  const before = countOf(state, slot, counter);
  const next = Math.min(Math.max(to, counter.min), counter.max ?? MOST);
  // A click beyond an end changes nothing; it is no mistake.
  if (next === before) return;
  setCount(state, slot, counter, next);
  cx.words(`${who(slot, cx)}${counter.name} ${before} → ${next}`);
}

/** Named where there are several. @param {number} slot @param {Context} cx */
function who(slot, { participants }) {
  return participants.length > 1 ? `${participants.find((one) => one.slot === slot)?.label}: ` : '';
}

/** Names tell counters apart, for people and for programs. @param {State} state @param {unknown} given @param {string | undefined} self */
function free(state, given, self) {
  const name = want.text(given, 'action.fields.label', 40);
  const taken = [...state.counters, ...state.timers].some((one) => one.id !== self && one.name.toLowerCase() === name.toLowerCase());
  if (taken) throw new Fault('taken', `there is a “${name}” already`, 'action.fields.label');
  return name;
}

/** @param {unknown[]} list @param {number} most @param {string} what */
function full(list, most, what) {
  if (list.length >= most) throw new Fault('full', `there are at most ${most} ${what}`);
}

/** @param {unknown} id */
function unknown(id) {
  return new Fault('unknown', `there is no ${JSON.stringify(id)?.slice(0, 40)}`, 'action.key');
}

/** @param {any} action @returns {Record<string, any>} */
function fieldsOf({ fields }) {
  if (typeof fields === 'object' && fields !== null) return fields;
  throw new Fault('bad_action', 'the fields of a form are expected', 'action.fields');
}

/** A form's fields are text, and empty where nothing was filled in. @param {Record<string, any>} fields */
function counterFields({ label, min, max, step, shape, colour }) {
  const optional = (/** @type {unknown} */ value, /** @type {string} */ path) => (value === undefined || value === '' ? undefined : number(value, path));
  return {
    name: label,
    min: optional(min, 'action.fields.min'),
    max: optional(max, 'action.fields.max'),
    step: optional(step, 'action.fields.step'),
    shape: shape || undefined,
    colour: colour || undefined,
  };
}

/** @param {unknown} value @param {string} path */
function number(value, path) {
  const text = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return want.integer(text, path, -MOST, MOST);
}
