// HTML whose texts are escaped, and the accessible building blocks that the host lets pass.

/** Markup that is meant: interpolated into another `html`, it is not escaped again. */
export class Html {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/**
 * `` html`<p class="${name}">${text}</p>` ``: what is put in is escaped, lists are joined, `null`, `undefined`, `false` and `true` are
 * nothing, and an object (an action) becomes JSON: `` data-do="${{ item: 'bow' }}" ``.
 */
export function html(strings, ...values) {
  let text = strings[0];
  values.forEach((value, index) => {
    text += write(value) + strings[index + 1];
  });
  return new Html(text);
}

function write(value) {
  if (value instanceof Html) return value.text;
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  if (Array.isArray(value)) return value.map(write).join('');
  if (typeof value === 'object') return escape(JSON.stringify(value));
  if (typeof value === 'function') throw new TypeError('a function was put into html`…`; call it');
  return escape(String(value));
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** ` class="x" title="y"`; those that are null, undefined or false are left out. */
export function attributes(all) {
  const given = Object.entries(all).filter(([, value]) => value !== null && value !== undefined && value !== false);
  return new Html(given.map(([name, value]) => ` ${name}="${value === true ? '' : write(value)}"`).join(''));
}

let current = null;

/** What `button`, `form` and `icon` look at while `render` runs. */
export function drawing(view, draw) {
  const outer = current;
  current = view;
  try {
    return draw();
  } finally {
    current = outer;
  }
}

function view(what) {
  if (!current) throw new Error(`\`${what}\` belongs into \`render\``);
  return current;
}

/**
 * Something that can be clicked, where the person may act; the same picture with the same name where not. The name says what
 * it is *and* its state: "Bow, 2 of 3". `act` is the action of a left click, `alt` that of a right click or a long press.
 */
export function button({ name, act, alt, title, key, class: className }, body) {
  if (typeof name !== 'string' || name.trim() === '') {
    throw new TypeError('a button has a `name` that says what it is and its state');
  }
  const common = { class: className, title, 'data-key': key };
  if (view('button').can_edit && act !== undefined) {
    const acts = { 'data-do': act, 'data-do-alt': alt, type: 'button' };
    return html`<button${attributes({ ...common, 'aria-label': name, ...acts })}>${body}</button>`;
  }
  return html`<span${attributes({ ...common, role: 'img', 'aria-label': name })}>${body}</span>`;
}

/** A form, where the person may act, and nothing where not. Its fields reach `update` as `action.fields`. */
export function form({ act, key, class: className }, body) {
  if (!view('form').can_edit) return html``;
  return html`<form${attributes({ class: className, 'data-key': key, 'data-do': act })}>${body}</form>`;
}

/** An image of `assets/` that says nothing which the text around it does not say. */
export function icon(path) {
  return html`<img class="icon" src="${view('icon').assets}${path}" alt="" loading="lazy">`;
}

/** Level pips, `level` of `max` filled. */
export function pips(level, max) {
  const all = Array.from({ length: max }, (_, index) => html`<span class="${index < level ? 'pip on' : 'pip'}"></span>`);
  return html`<span class="pips" aria-hidden="true">${all}</span>`;
}

/** A number or a word on a plate in the corner of an icon. */
export function plate(text) {
  return html`<span class="plate" aria-hidden="true">${text}</span>`;
}

/** A bar that is `value` of `max` full: style it with `width: calc(100% * var(--level))`. */
export function meter(name, value, max) {
  const level = max > 0 ? Math.min(Math.max(value / max, 0), 1) : 0;
  return html`<span class="meter" role="meter" aria-label="${name}" aria-valuemin="0" aria-valuemax="${max}" aria-valuenow="${value}"><span class="meter-bar" style="--level: ${level.toFixed(3)}"></span></span>`;
}
