import type { Json } from '../protocol';

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** True: a person changed it. An action's key: it was sent with that action, and its answer is awaited. */
type Mark = true | string;

/** On a field whose text the server has changed since a person began to change it. */
export const STALE = 'data-rg-stale';

/** Who owns what stands in a form field: the person, from the first key stroke until the answer to what they sent. */
export class Fields {
  readonly #marks = new WeakMap<Element, Mark>();

  typed(el: EventTarget | null) {
    if (!isField(el)) return;
    // Choosing one radio button is a change of all of its group.
    const group = el.type === 'radio' && el.form ? fieldsOf(el.form).filter(({ name }) => name === el.name) : [el];
    for (const field of group) this.#marks.set(field, true);
  }

  has(el: Element): boolean {
    return this.#marks.has(el);
  }

  /** Changed by a person, and not sent yet. */
  unsent(el: Element): boolean {
    return this.#marks.get(el) === true;
  }

  sent(form: Element, key: string) {
    for (const el of fieldsOf(form)) if (this.#marks.has(el)) this.#marks.set(el, key);
  }

  refused(form: Element, key: string) {
    for (const el of this.#sentWith(form, key)) this.#marks.set(el, true);
  }

  /**
   * The server has it: the fields show again what the server says, except what was typed since. `shown`: the page
   * already holds the picture that came of it; else the next one brings their values.
   */
  accepted(form: Element, key: string, shown: boolean) {
    for (const el of this.#sentWith(form, key)) {
      this.#marks.delete(el);
      el.removeAttribute(STALE);
      if (shown) reset(el);
    }
  }

  #sentWith(form: Element, key: string): Field[] {
    return fieldsOf(form).filter((el) => this.#marks.get(el) === key);
  }
}

// Not `form.elements`: a field may be named `elements` and hide it.
const fieldsOf = (form: Element) => [...form.querySelectorAll<Field>('input,textarea,select')];

/** `data-do` of a form with its fields; a name that repeats becomes a list, files are left out. */
export function formAction(action: Json, form: HTMLFormElement, submitter: HTMLElement | null): Json {
  if (typeof action !== 'object' || action === null || Array.isArray(action)) action = { value: action };
  const entries = [...new FormData(form)];
  // FormData's second parameter is newer than the oldest browser we serve.
  if (submitter instanceof HTMLButtonElement && submitter.name) entries.push([submitter.name, submitter.value]);
  const fields = new Map<string, Json>();
  for (const [name, value] of entries) {
    if (typeof value !== 'string') continue;
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]);
  }
  return { ...action, fields: Object.fromEntries(fields) };
}

export function isField(el: unknown): el is Field {
  return el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement;
}

function reset(el: Field) {
  if (el instanceof HTMLSelectElement) {
    const options = [...el.options];
    for (const option of options) option.selected = option.defaultSelected;
    if (!el.multiple && !options.some((option) => option.defaultSelected)) el.selectedIndex = 0;
    return;
  }
  el.value = el.defaultValue;
  if (el instanceof HTMLInputElement) el.checked = el.defaultChecked;
}
