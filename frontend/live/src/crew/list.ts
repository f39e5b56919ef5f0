export type Text = HTMLInputElement | HTMLTextAreaElement;

const ID = 'rg-complete';

/** The list under a field. It is the host's own element, in the page's main part but outside every block: a new picture does not touch it. */
export class List {
  readonly #el = document.createElement('ul');
  readonly #said = document.createElement('p');
  #active = -1;
  field: Text | undefined;

  constructor(
    private readonly words: Readonly<Record<string, string>>,
    private readonly pick: (word: string) => void,
  ) {
    this.#el.id = ID;
    this.#el.className = 'rg-complete';
    this.#el.hidden = true;
    this.#el.setAttribute('role', 'listbox');
    this.#el.setAttribute('aria-label', words.suggestions ?? '');
    this.#said.className = 'rg-unseen';
    this.#said.setAttribute('role', 'status');
    (document.querySelector('main') ?? document.body).append(this.#el, this.#said);
    // The field keeps the focus.
    this.#el.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#el.addEventListener('click', ({ target }) => {
      const option = (target as Element).closest('li');
      if (option) pick(option.textContent);
    });
  }

  /** Says what the field is, once it has the focus. A text area has no other role than its own. */
  attach(field: Text) {
    field.autocomplete = 'off';
    field.setAttribute('aria-autocomplete', 'list');
    if (field instanceof HTMLTextAreaElement) {
      field.setAttribute('aria-haspopup', 'listbox');
    } else {
      field.setAttribute('role', 'combobox');
      field.setAttribute('aria-expanded', 'false');
    }
  }

  get open(): boolean {
    return !this.#el.hidden;
  }

  get active(): string | undefined {
    return this.#el.children[this.#active]?.textContent;
  }

  show(field: Text, words: readonly string[]) {
    if (!words.length) return this.close();
    this.field = field;
    this.#active = -1;
    this.#el.replaceChildren(
      ...words.map((word, i) => {
        const option = document.createElement('li');
        option.id = `${ID}-${i}`;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-selected', 'false');
        option.textContent = word;
        return option;
      }),
    );
    this.#el.hidden = false;
    this.#said.textContent = (this.words.suggested ?? '').replace('{n}', String(words.length));
    field.setAttribute('aria-controls', ID);
    field.removeAttribute('aria-activedescendant');
    if (field.hasAttribute('aria-expanded')) field.setAttribute('aria-expanded', 'true');
    this.place();
  }

  /** Past either end nothing is chosen: what was typed stands. */
  move(by: number) {
    const { children } = this.#el;
    const stops = children.length + 1;
    this.#active = ((this.#active + 1 + by + stops) % stops) - 1;
    for (const [i, option] of [...children].entries()) option.setAttribute('aria-selected', String(i === this.#active));
    const option = children[this.#active];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.field?.setAttribute('aria-activedescendant', option.id);
    else this.field?.removeAttribute('aria-activedescendant');
  }

  accept(): boolean {
    const word = this.active ?? this.#el.firstElementChild?.textContent;
    if (!this.open || word === undefined) return false;
    this.pick(word);
    return true;
  }

  close() {
    this.#el.hidden = true;
    this.#active = -1;
    this.#said.textContent = '';
    for (const name of ['aria-controls', 'aria-activedescendant']) this.field?.removeAttribute(name);
    if (this.field?.hasAttribute('aria-expanded')) this.field.setAttribute('aria-expanded', 'false');
    this.field = undefined;
  }

  /** Under the line of the caret, or above it where there is no room. */
  place() {
    const { field } = this;
    if (!field || !this.open) return;
    const box = field.getBoundingClientRect();
    const style = getComputedStyle(field);
    const height = parseFloat(style.lineHeight) || parseFloat(style.fontSize) * 1.2 || 20;
    let [top, bottom] = [box.top, box.bottom];
    if (field instanceof HTMLTextAreaElement) {
      // Long lines that wrap are not counted: the list is then a little high, never away from the field.
      const line = field.value.slice(0, field.selectionEnd).split('\n').length;
      bottom = Math.min(box.bottom, Math.max(box.top, box.top + 4 + line * height - field.scrollTop) + 4);
      top = Math.max(box.top, bottom - height - 8);
    }
    // The keyboard of a phone covers the page without changing its height.
    const room = visualViewport?.height ?? innerHeight;
    const { offsetHeight, offsetWidth } = this.#el;
    const below = bottom + offsetHeight <= room || top < offsetHeight;
    this.#el.style.top = `${below ? bottom : top - offsetHeight}px`;
    this.#el.style.left = `${Math.max(8, Math.min(box.left, innerWidth - offsetWidth - 8))}px`;
  }
}
