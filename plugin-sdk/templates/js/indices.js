// @ts-check
// A sheet of hints in categories: start here, run `npm test`, then `regie plugin dev .` and look at it.

import { button, defineIndices, Fault, form, html, want } from '@regie/sdk';

/** What a sheet has that was started without a template. */
const CATEGORIES = { always: 'Always', sometimes: 'Sometimes' };

/** Lines of a category, cells of a line, characters of a cell. */
const LINES = 40;
const CELLS = 6;
const CHARACTERS = 80;

/**
 * The document. A state that has `categories` lies flat in the session's file, where people may edit it. `items` are lines of cells,
 * `found` the lines that are found, counted from 0.
 * @typedef {{ label: string, columns?: string[], items: string[][], found: number[] }} Category
 * @typedef {{ label: string, categories: Record<string, Category> }} State
 */

export default defineIndices({
  // `completions` are words that the host offers while people type into a field with that list's name.
  catalog() {
    return { label: '{{title}}', categories: CATEGORIES, completions: { words: ['Old well', 'Lantern', 'Sword'] } };
  },

  /** A sheet starts from the template that was chosen, if any. @returns {State} */
  preset({ seed }) {
    if (seed) return fromTemplate(seed);
    const categories = Object.entries(CATEGORIES).map(([key, label]) => [key, { label, items: [], found: [] }]);
    return { label: '{{title}}', categories: Object.fromEntries(categories) };
  },

  // An action may hold anything: `want` answers what is right and refuses the rest.
  update(state, action, cx) {
    const category = state.categories[want.oneOf(action.category, state.categories, 'action.category')];
    // A button: `{"category":"always","found":0}`; once more takes it back.
    if (action.found !== undefined) {
      const line = want.integer(action.found, 'action.found', 0, category.items.length - 1);
      cx.words(category.items[line].join(' → '));
      const index = category.found.indexOf(line);
      if (index < 0) category.found.push(line);
      else category.found.splice(index, 1);
      return;
    }
    // Programs send `{"category":"always","lines":["Old well | Lantern"]}`, the form the same as one text in its field `lines`.
    const lines = typeof action.fields?.lines === 'string' ? action.fields.lines.split('\n') : action.lines;
    if (!Array.isArray(lines) || lines.some((line) => typeof line !== 'string')) {
      throw new Fault('bad_lines', 'a list of lines is expected', 'action.lines');
    }
    write(category, lines.filter((line) => line.trim() !== ''));
    cx.words(`${category.label}: ${category.items.length} lines`);
  },

  render(state, view) {
    return html`<div class="sheet" aria-label="${state.label}" role="group">
      ${Object.entries(state.categories).map(([key, category]) => html`<section class="category" data-key="${key}">
        <h3 class="title">${category.label}</h3>
        <ul class="hints">${category.items.map((cells, line) => html`<li data-key="${line}">${hint(key, category, line, cells, view)}</li>`)}</ul>
        ${edit(key, category, view)}
      </section>`)}
    </div>`;
  },
});

/** @param {any} seed @returns {State} */
function fromTemplate(seed) {
  /** @type {State} */
  const state = { label: String(seed.label ?? '{{title}}'), categories: {} };
  for (const [key, given] of Object.entries(seed.categories ?? {})) {
    const items = given?.items ?? [];
    if (!Array.isArray(items) || !items.every((line) => Array.isArray(line))) {
      throw new Fault('bad_seed', 'items are lines of cells', `seed.categories.${key}.items`);
    }
    const cells = items.map((/** @type {unknown[]} */ line) => line.map(String));
    state.categories[key] = { label: String(given.label ?? key), columns: given.columns ?? [], items: cells, found: [] };
  }
  return state;
}

/** Replaces the lines; what was found is found again where the line is still there. @param {Category} category @param {string[]} lines */
function write(category, lines) {
  if (lines.length > LINES) throw new Fault('too_many', `a category has at most ${LINES} lines`, 'action.lines');
  const found = category.found.map((line) => category.items[line]?.join('|'));
  category.items = lines.map((line) => line.split('|').slice(0, CELLS).map((cell) => cell.trim().slice(0, CHARACTERS)));
  category.found = category.items.flatMap((cells, line) => (found.includes(cells.join('|')) ? [line] : []));
}

/**
 * A line is a button that says whether it is found.
 * @param {string} key @param {Category} category @param {number} line @param {string[]} cells @param {import('@regie/sdk').View} view
 */
function hint(key, category, line, cells, { t }) {
  const found = category.found.includes(line);
  const name = `${cells.join(', ')}, ${found ? t('found', 'trouvé') : t('open', 'à trouver')}`;
  const body = cells.map((cell) => html`<span class="cell">${cell}</span>`);
  return button({ name, class: found ? 'hint found' : 'hint', act: { category: key, found: line } }, body);
}

/** @param {string} key @param {Category} category @param {import('@regie/sdk').View} view */
function edit(key, category, { t }) {
  const lines = category.items.map((cells) => cells.join(' | ')).join('\n');
  const name = `${category.label}, ${t('one hint a line, cells apart by |', 'un indice par ligne, cases séparées par |')}`;
  return form({ act: { category: key }, class: 'edit', key: 'edit' }, html`
    <textarea name="lines" rows="4" aria-label="${name}" data-x-complete="words">${lines}</textarea>
    <button type="submit">${t('Write', 'Écrire')}</button>`);
}
