// @ts-check
// A tracker of three items and a note: start here, run `npm test`, then `regie plugin dev .` and look at it.

import { button, defineTracker, form, html, plate, want } from '@regie/sdk';

/** What the tracker knows of. The key goes into documents: never change one that was published. */
const ITEMS = {
  sword: { en: 'Sword', fr: 'Épée', max: 3 },
  lantern: { en: 'Lantern', fr: 'Lanterne', max: 1 },
  shell: { en: 'Shells', fr: 'Coquillages', max: 20 },
};

/**
 * The document: what each participant has, by slot. What is missing counts 0.
 * @typedef {{ items: Record<string, number>, note: string }} Player
 * @typedef {{ slots: Record<string, Player> }} State
 */

export default defineTracker({
  catalog({ t }) {
    const names = Object.entries(ITEMS).map(([key, { en, fr }]) => [key, t(en, fr)]);
    return { label: '{{title}}', items: Object.fromEntries(names) };
  },

  /** @returns {State} */
  preset() {
    return { slots: {} };
  },

  // An action may hold anything: `want` answers what is right and refuses the rest.
  update(state, action, cx) {
    const slot = want.slot(action.slot, cx.participants);
    const player = state.slots[slot] ?? { items: {}, note: '' };
    switch (want.oneOf(action.type, ['step', 'note'], 'action.type')) {
      // A button: `{"type":"step","item":"sword","slot":1,"by":1}`.
      case 'step': {
        const key = want.oneOf(action.item, ITEMS, 'action.item');
        const by = want.integer(action.by, 'action.by', -100, 100);
        const count = player.items[key] ?? 0;
        const next = Math.min(Math.max(count + by, 0), ITEMS[key].max);
        // A click beyond an end changes nothing; it is no mistake.
        if (next === count) return;
        player.items[key] = next;
        cx.words(`${ITEMS[key].en} ${count} → ${next}`);
        break;
      }
      // The form: `{"type":"note","slot":1,"fields":{"text":"dungeon 3"}}`. Fields are always text.
      case 'note':
        player.note = String(action.fields?.text ?? '').trim().slice(0, 60);
        cx.words(`note: ${player.note}`);
        break;
    }
    state.slots[slot] = player;
  },

  render(state, view) {
    return html`<div class="players">
      ${view.shown.map(({ slot, label }) => html`<section data-key="${slot}" aria-label="${label}">
        <h3 class="label">${label}</h3>
        <div class="grid">${Object.keys(ITEMS).map((key) => cell(key, slot, state, view))}</div>
        ${view.settings.show_notes !== false && note(slot, state, view)}
      </section>`)}
    </div>`;
  },
});

/**
 * A button where the person may act, the same picture where not. Its name says the state.
 * @param {string} key @param {number} slot @param {State} state @param {import('@regie/sdk').View} view
 */
function cell(key, slot, state, { t }) {
  const { en, fr, max } = ITEMS[/** @type {keyof typeof ITEMS} */ (key)];
  const count = state.slots[slot]?.items[key] ?? 0;
  const act = (/** @type {number} */ by) => ({ type: 'step', item: key, slot, by });
  const name = `${t(en, fr)}, ${count} ${t('of', 'sur')} ${max}`;
  const look = count === 0 ? 'item off' : count === max ? 'item done' : 'item';
  return button({ name, class: look, key, act: act(1), alt: act(-1) }, html`<span class="word">${t(en, fr)}</span>${max > 1 && plate(count)}`);
}

/**
 * What crews wrote, and the form they write it with.
 * @param {number} slot @param {State} state @param {import('@regie/sdk').View} view
 */
function note(slot, state, { t }) {
  const text = state.slots[slot]?.note ?? '';
  return html`${text && html`<p class="note" data-key="note">${text}</p>`}
    ${form({ act: { type: 'note', slot }, class: 'edit', key: 'edit' }, html`
      <input name="text" type="text" maxlength="60" value="${text}" aria-label="${t('Note', 'Note')}">
      <button type="submit">${t('Write', 'Écrire')}</button>`)}`;
}
