// @ts-check
// A race mode: whoever has enough points first. Start here, run `npm test`, then `regie plugin build .`.

import { button, defineRace, form, html, ranked, want } from '@regie/sdk';

/** The most a race can be about. */
const MOST = 99;

/**
 * The document: points by slot, and when the last one came; of two with as many, the earlier is ahead.
 * @typedef {{ points: number, at_ms: number }} Score
 * @typedef {{ goal: number, scores: Record<string, Score> }} State
 */

const NONE = { points: 0, at_ms: 0 };

export default defineRace({
  catalog() {
    return { label: '{{title}}' };
  },

  /** @returns {State} */
  preset({ settings }) {
    return { goal: Math.min(Math.max(Number(settings.points ?? 3), 1), MOST), scores: {} };
  },

  // What people, players' games and the host send. It may hold anything: `want` answers what is right and refuses the rest.
  update(state, action, cx) {
    switch (want.oneOf(action.type, ['point', 'goal', 'host:start', 'host:reset'], 'action.type')) {
      // The race starts, or is made ready for another start.
      case 'host:start':
      case 'host:reset':
        state.scores = {};
        break;
      // The form: `{"type":"goal","fields":{"points":"5"}}`. Fields are always text.
      case 'goal':
        state.goal = want.integer(Number(action.fields?.points), 'action.fields.points', 1, MOST);
        cx.words(`${state.goal} points win`);
        break;
      // A button: `{"type":"point","slot":1,"by":1}`.
      case 'point': {
        const slot = want.slot(action.slot, cx.participants);
        const by = want.integer(action.by, 'action.by', -MOST, MOST);
        const before = (state.scores[slot] ?? NONE).points;
        const points = Math.min(Math.max(before + by, 0), state.goal);
        if (points === before) break;
        state.scores[slot] = { points, at_ms: cx.now_ms };
        cx.words(`${cx.participants.find((one) => one.slot === slot)?.label} ${before} → ${points}`);
        if (points === state.goal && before < state.goal) cx.effect({ type: 'finished', participant: slot });
        break;
      }
    }
  },

  standings(state, { participants }) {
    const score = (/** @type {number} */ slot) => state.scores[slot] ?? NONE;
    const all = participants.map(({ slot, status }) => ({ participant: slot, status, progress: score(slot).points }));
    return ranked(all, ({ participant }) => [-score(participant).points, score(participant).at_ms]);
  },

  // Nothing is hidden here. A mode with secrets answers less in `view`: nothing else leaves the host.
  project(state, standings) {
    return { view: state, standings };
  },

  render(state, view) {
    const score = (/** @type {number} */ slot) => state.scores[slot] ?? NONE;
    const order = [...view.shown].sort((a, b) => {
      const [first, second] = [score(a.slot), score(b.slot)];
      return second.points - first.points || first.at_ms - second.at_ms;
    });
    return html`<div class="race">
      <p class="goal">${state.goal} ${view.t('points win', 'points gagnent')}</p>
      <ol class="places">
        ${order.map(({ slot, label }, index) => html`<li class="${score(slot).points === state.goal ? 'place won' : 'place'}" data-key="${slot}">
          <span class="rank">${index + 1}</span><span class="who">${label}</span>${points(slot, label, score(slot))}
        </li>`)}
      </ol>
      ${form({ act: { type: 'goal' }, class: 'edit', key: 'goal' }, html`
        <input name="points" type="number" min="1" max="${MOST}" value="${state.goal}" aria-label="${view.t('Points that win', 'Points qui gagnent')}">
        <button type="submit">${view.t('Set', 'Fixer')}</button>`)}
    </div>`;
  },
});

/** A button where the person may act, the same picture where not. @param {number} slot @param {string} label @param {Score} score */
function points(slot, label, score) {
  const act = (/** @type {number} */ by) => ({ type: 'point', slot, by });
  return button({ name: `${label}, ${score.points} points`, class: 'points', key: 'points', act: act(1), alt: act(-1) }, score.points);
}
