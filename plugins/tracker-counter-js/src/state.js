// @ts-check
// The document: what is counted, and how far everybody is.

import { Fault, want } from '@regie/sdk';

import { COLOURS, SHAPES } from './catalog.js';

/**
 * @typedef {{ id: string, name: string, min: number, max: number | null, step: number, first: number, shape: string, colour: string }} Counter
 * @typedef {{ id: string, name: string }} Timer
 * @typedef {{ total_ms: number, since_ms: number | null }} Clock  `since_ms`: running since then
 * @typedef {{ counters: Counter[], timers: Timer[], counts: Record<string, Record<string, number>>,
 *   clocks: Record<string, Record<string, Clock>>, next: number, at_ms: number }} State  `at_ms`: of the last change
 */

export const MOST = 9_999_999;
export const COUNTERS = 24;
export const TIMERS = 8;

/** A day and a night and more: what a timer shows at most. */
export const LONGEST_MS = 99 * 3_600_000;

/** Deaths and a run timer, or what a preset says. @param {import('@regie/sdk').PresetRequest} request @returns {State} */
export function start({ seed, participants }) {
  if (seed === undefined || seed === null) return described({ counters: [{ name: 'Deaths', shape: 'heart', colour: 'red' }], timers: [{ name: 'Run' }] }, participants);
  const { state, participant } = table(seed, 'seed');
  if (state !== undefined) return whole(table(state, 'seed.state'));
  if (participant !== undefined) return described(table(participant, 'seed.participant'), participants);
  throw new Fault('bad_seed', 'a preset holds a `state` or a `participant`', 'seed');
}

/**
 * `{counters:[{name, count?, min?, max?, step?, shape?, colour?}], timers:[{name}]}`, the same for everybody.
 * @param {Record<string, any>} seed @param {import('@regie/sdk').Participant[]} participants @returns {State}
 */
function described({ counters = [], timers = [] }, participants) {
  /** @type {State} */
  const state = { counters: [], timers: [], counts: {}, clocks: {}, next: 1, at_ms: 0 };
  for (const [index, counter] of list(counters, COUNTERS, 'seed.participant.counters').entries()) {
    const path = `seed.participant.counters[${index}]`;
    const made = counterOf(table(counter, path), path, `c${state.next}`);
    state.next += 1;
    state.counters.push(made);
    if (counter.count === undefined) continue;
    for (const { slot } of participants) setCount(state, slot, made, counter.count);
  }
  for (const [index, timer] of list(timers, TIMERS, 'seed.participant.timers').entries()) {
    const path = `seed.participant.timers[${index}]`;
    state.timers.push({ id: `t${state.next}`, name: want.text(table(timer, path).name, `${path}.name`, 40) });
    state.next += 1;
  }
  return state;
}

/** A state that was kept, looked at closely: people edit these. @param {Record<string, any>} kept @returns {State} */
function whole(kept) {
  const counters = list(kept.counters, COUNTERS, 'seed.state.counters').map((counter, index) => {
    const path = `seed.state.counters[${index}]`;
    return counterOf(table(counter, path), path, want.text(counter.id, `${path}.id`, 12));
  });
  const timers = list(kept.timers, TIMERS, 'seed.state.timers').map((timer, index) => {
    const path = `seed.state.timers[${index}]`;
    return { id: want.text(table(timer, path).id, `${path}.id`, 12), name: want.text(timer.name, `${path}.name`, 40) };
  });
  const next = want.integer(kept.next ?? 1000, 'seed.state.next', 1, MOST);
  /** @type {State} */
  const state = { counters, timers, counts: {}, clocks: {}, next, at_ms: 0 };
  for (const [slot, counts] of Object.entries(table(kept.counts ?? {}, 'seed.state.counts'))) {
    for (const counter of counters) {
      if (Object.hasOwn(counts, counter.id)) setCount(state, slotOf(slot), counter, counts[counter.id]);
    }
  }
  for (const [slot, clocks] of Object.entries(table(kept.clocks ?? {}, 'seed.state.clocks'))) {
    for (const { id } of timers) {
      // A preset is no running show: its timers stand.
      if (Object.hasOwn(clocks, id)) setClock(state, slotOf(slot), id, { total_ms: ms(clocks[id]?.total_ms), since_ms: null });
    }
  }
  return state;
}

/** @param {Record<string, any>} given @param {string} path @param {string} id @returns {Counter} */
export function counterOf(given, path, id) {
  const min = want.integer(given.min ?? 0, `${path}.min`, -MOST, MOST);
  const max = given.max === null || given.max === undefined ? null : want.integer(given.max, `${path}.max`, -MOST, MOST);
  if (max !== null && max < min) throw new Fault('bad_range', `the highest, ${max}, is below the lowest, ${min}`, `${path}.max`);
  return {
    id,
    name: want.text(given.name, `${path}.name`, 40),
    min,
    max,
    step: want.integer(given.step ?? 1, `${path}.step`, 1, MOST),
    first: Math.min(Math.max(0, min), max ?? MOST),
    shape: want.oneOf(given.shape ?? 'circle', SHAPES, `${path}.shape`),
    colour: want.oneOf(given.colour ?? 'gold', COLOURS, `${path}.colour`),
  };
}

/** @param {State} state @param {number} slot @param {Counter} counter */
export function countOf(state, slot, counter) {
  return state.counts[slot]?.[counter.id] ?? counter.first;
}

/** Kept between the counter's ends. @param {State} state @param {number} slot @param {Counter} counter @param {number} count */
export function setCount(state, slot, counter, count) {
  const whole = want.integer(count, 'count');
  state.counts[slot] ??= {};
  state.counts[slot][counter.id] = Math.min(Math.max(whole, counter.min), counter.max ?? MOST);
}

/** @param {State} state @param {number} slot @param {string} id @returns {Clock} */
export function clockOf(state, slot, id) {
  return state.clocks[slot]?.[id] ?? { total_ms: 0, since_ms: null };
}

/** @param {State} state @param {number} slot @param {string} id @param {Clock} clock */
export function setClock(state, slot, id, clock) {
  state.clocks[slot] ??= {};
  state.clocks[slot][id] = clock;
}

/** What a clock says at a moment. @param {Clock} clock @param {number} now */
export function elapsed({ total_ms, since_ms }, now) {
  return Math.min(total_ms + (since_ms === null ? 0 : Math.max(now - since_ms, 0)), LONGEST_MS);
}

/** @param {string} key */
function slotOf(key) {
  return want.integer(Number(key), `seed.state.counts.${key}`, 1, 1000);
}

/** @param {unknown} value */
function ms(value) {
  return want.integer(value ?? 0, 'seed.state.clocks', 0, LONGEST_MS);
}

/** @param {unknown} value @param {string} path @returns {Record<string, any>} */
function table(value, path) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Fault('bad_seed', 'a table is expected', path);
}

/** @param {unknown} value @param {number} most @param {string} path @returns {any[]} */
function list(value, most, path) {
  if (Array.isArray(value) && value.length <= most) return value;
  throw new Fault('bad_seed', `a list of at most ${most} is expected`, path);
}
