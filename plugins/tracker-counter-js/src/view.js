// @ts-check
// What people see. An overlay runs no script, and a picture is drawn only when the document changes: so a running timer shows what
// it said at the last change, and since when it runs; it does not pretend to tick.

import { button, form, html } from '@regie/sdk';

import { COLOURS, SHAPES } from './catalog.js';
import { clockOf, countOf, elapsed } from './state.js';
import { clock, ofDay } from './time.js';

/**
 * @typedef {import('./state.js').State} State @typedef {import('@regie/sdk').View} View
 * @typedef {import('@regie/sdk').Participant} Participant @typedef {import('@regie/sdk').Html} Html
 */

/** @param {State} state @param {View} view @returns {Html} */
export function render(state, view) {
  if (view.overlay === 'single') return single(state, view);
  const editing = view.can_edit && (view.surface === 'live' || view.surface === 'editor');
  const timers = !view.overlay || view.settings.show_timers !== false;
  return html`<div class="counters${view.overlay ? ' on-air' : ''}">
    ${view.shown.map((participant) => player(state, view, participant, timers, editing))}
    ${editing && manage(state, view)}
  </div>`;
}

/** @param {State} state @param {View} view @param {Participant} participant @param {boolean} timers @param {boolean} editing */
function player(state, view, { slot, label }, timers, editing) {
  return html`<section class="player" data-key="${slot}" aria-label="${label}">
    ${(view.participants.length > 1 || !view.overlay) && html`<h2 class="label">${label}</h2>`}
    <div class="row">${state.counters.map((counter) => counterCell(state, view, slot, counter, editing))}</div>
    ${timers && html`<div class="row">${state.timers.map((timer) => timerCell(state, view, slot, timer, editing))}</div>`}
  </section>`;
}

/** @param {State} state @param {View} view @param {number} slot @param {import('./state.js').Counter} counter @param {boolean} editing */
function counterCell(state, view, slot, counter, editing) {
  const count = countOf(state, slot, counter);
  const { id, name, max, step } = counter;
  const full = max !== null && count >= max;
  const says = max === null ? `${name}, ${count}` : `${name}, ${count} ${view.t('of', 'sur')} ${max}`;
  const act = (/** @type {number} */ by) => ({ type: 'step', slot, key: id, by });
  const big = Number(view.settings.big_step ?? 10);
  const jump = (/** @type {number} */ by) =>
    button({ name: `${name} ${by > 0 ? '+' : '−'}${Math.abs(by)}`, class: 'step', key: `by${by}`, act: act(by) }, by > 0 ? `+${by}` : `−${-by}`);
  return html`<div class="cell" data-key="${id}">
    ${button({ name: says, class: `count ${counter.colour}${full ? ' full' : ''}`, key: 'count', act: act(step), alt: act(-step) }, html`
      ${mark(counter)}<span class="name">${name}</span><span class="number">${count}${max !== null && html`<small>/${max}</small>`}</span>`)}
    ${editing && html`<div class="steps">
      ${jump(-step)}${jump(step)}${big > step && [jump(-big), jump(big)]}
      ${form({ act: { type: 'set', slot, key: id }, class: 'set', key: 'set' }, html`
        <input name="count" type="number" value="${count}" aria-label="${name}"><button type="submit" class="step">${view.t('Set', 'Fixer')}</button>`)}
    </div>`}
  </div>`;
}

/** A shape in a colour: each tells alone. @param {import('./state.js').Counter} counter */
function mark({ shape, colour }) {
  /** @type {Record<string, {path: string}>} */
  const shapes = SHAPES;
  return html`<svg class="mark ${colour}" viewBox="0 0 16 16" aria-hidden="true"><path d="${shapes[shape]?.path ?? SHAPES.circle.path}"></path></svg>`;
}

/** @param {State} state @param {View} view @param {number} slot @param {import('./state.js').Timer} timer @param {boolean} editing */
function timerCell(state, view, slot, { id, name }, editing) {
  const now = clockOf(state, slot, id);
  const running = now.since_ms !== null;
  const act = (/** @type {string} */ type) => ({ type, slot, key: id });
  const time = clock(elapsed(now, state.at_ms));
  const since = running ? ofDay(now.since_ms ?? 0, Number(view.settings.utc_offset ?? 0)) : '';
  const says = running
    ? view.t(`${name}, runs since ${since}, last seen at ${time}`, `${name}, tourne depuis ${since}, vu à ${time}`)
    : view.t(`${name}, stopped at ${time}`, `${name}, arrêté à ${time}`);
  return html`<div class="cell" data-key="${id}">
    ${button({ name: says, class: `timer${running ? ' runs' : ''}`, key: 'timer', act: act(running ? 'stop' : 'start') }, html`
      <span class="play" aria-hidden="true">${running ? '▶' : '■'}</span><span class="name">${name}</span><span class="number">${time}</span>
      ${running && html`<span class="since">${view.t('since', 'depuis')} ${since}</span>`}`)}
    ${editing && html`<div class="steps">
      ${button({ name: view.t(`Reset ${name}`, `Remettre ${name} à zéro`), class: 'step', key: 'reset', act: act('reset') }, '0:00')}
      ${running && button({ name: view.t(`Read ${name} now`, `Lire ${name} maintenant`), class: 'step', key: 'look', act: { type: 'look' } }, view.t('Now', 'Lire'))}
      ${form({ act: act('adjust'), class: 'set', key: 'adjust' }, html`
        <input name="time" type="text" value="${time}" size="8" aria-label="${view.t(`Time of ${name}`, `Temps de ${name}`)}"><button type="submit" class="step">${view.t('Set', 'Fixer')}</button>`)}
    </div>`}
  </div>`;
}

/** One of them, large. @param {State} state @param {View} view */
function single(state, view) {
  const wanted = String(view.settings.single ?? '').toLowerCase();
  const named = (/** @type {{name: string}} */ { name }) => name.toLowerCase() === wanted;
  const timer = state.timers.find(named) ?? (state.counters.length === 0 ? state.timers[0] : undefined);
  const counter = state.counters.find(named) ?? (timer ? undefined : state.counters[0]);
  const cells = view.shown.map(({ slot }) => {
    if (counter) return counterCell(state, view, slot, counter, false);
    return timer ? timerCell(state, view, slot, timer, false) : html`<p class="name">${view.t('Nothing is counted', 'Rien à compter')}</p>`;
  });
  return html`<div class="counters on-air single">${cells.map((cell, index) => html`<div data-key="${view.shown[index].slot}">${cell}</div>`)}</div>`;
}

/** Adding, renaming, removing. @param {State} state @param {View} view */
function manage(state, view) {
  const { t } = view;
  return html`<details class="manage" data-key="manage"><summary>${t('Counters and timers', 'Compteurs et chronos')}</summary>
    ${state.counters.map((counter) => html`<div class="edit" data-key="${counter.id}">
      ${form({ act: { type: 'edit', key: counter.id }, class: 'fields', key: 'edit' }, html`${counterFields(view, counter)}<button type="submit" class="step">${t('Change', 'Changer')}</button>`)}
      ${button({ name: t(`Remove ${counter.name}`, `Retirer ${counter.name}`), class: 'step', key: 'remove', act: { type: 'remove', key: counter.id } }, t('Remove', 'Retirer'))}
    </div>`)}
    ${state.timers.map(({ id, name }) => html`<div class="edit" data-key="${id}">
      ${form({ act: { type: 'edit', key: id }, class: 'fields', key: 'edit' }, html`${text(t('Name', 'Nom'), 'label', name)}<button type="submit" class="step">${t('Change', 'Changer')}</button>`)}
      ${button({ name: t(`Remove ${name}`, `Retirer ${name}`), class: 'step', key: 'remove', act: { type: 'remove', key: id } }, t('Remove', 'Retirer'))}
    </div>`)}
    ${form({ act: { type: 'add', what: 'counter' }, class: 'fields', key: 'add-counter' }, html`${counterFields(view)}<button type="submit" class="step">${t('Add a counter', 'Ajouter un compteur')}</button>`)}
    ${form({ act: { type: 'add', what: 'timer' }, class: 'fields', key: 'add-timer' }, html`${text(t('Name', 'Nom'), 'label', '')}<button type="submit" class="step">${t('Add a timer', 'Ajouter un chrono')}</button>`)}
  </details>`;
}

/** @param {View} view @param {Partial<import('./state.js').Counter>} [counter] */
function counterFields({ t }, counter = {}) {
  return html`${text(t('Name', 'Nom'), 'label', counter.name ?? '')}
    ${number(t('Lowest', 'Minimum'), 'min', counter.min ?? 0)}
    ${number(t('Highest', 'Maximum'), 'max', counter.max ?? '')}
    ${number(t('Step', 'Pas'), 'step', counter.step ?? 1)}
    ${choice(t('Shape', 'Forme'), 'shape', SHAPES, counter.shape ?? 'circle', t)}
    ${choice(t('Colour', 'Couleur'), 'colour', COLOURS, counter.colour ?? 'gold', t)}`;
}

/** @param {string} label @param {string} name @param {string} value */
function text(label, name, value) {
  return html`<label>${label} <input name="${name}" type="text" value="${value}" maxlength="40"></label>`;
}

/** @param {string} label @param {string} name @param {number | string} value */
function number(label, name, value) {
  return html`<label>${label} <input name="${name}" type="number" value="${value}"></label>`;
}

/** @param {string} label @param {string} name @param {Record<string, {en: string, fr: string}>} all @param {string} chosen @param {View['t']} t */
function choice(label, name, all, chosen, t) {
  const options = Object.entries(all).map(([key, { en, fr }]) =>
    key === chosen ? html`<option value="${key}" selected>${t(en, fr)}</option>` : html`<option value="${key}">${t(en, fr)}</option>`);
  return html`<label>${label} <select name="${name}">${options}</select></label>`;
}
