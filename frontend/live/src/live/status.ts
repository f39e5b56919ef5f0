import type { LinkState } from '../link';

const TOAST_MS = 6_000;
/** To read one letter of a long text. */
const READ_MS = 60;

/** The host's own words on a live page: the state of the link, and what was refused. Always as text, never as markup. */
export class Status {
  readonly #line: HTMLElement | null;
  readonly #word: HTMLElement;
  readonly #problem: HTMLElement;
  readonly #toast: HTMLElement;
  #hide: number | undefined;
  readonly #problems = new Map<string, string>();

  constructor(private readonly words: Readonly<Record<string, string>>) {
    this.#line = document.querySelector<HTMLElement>('.rg-link');
    this.#word = element('span', 'rg-link-word');
    this.#problem = element('span', 'rg-link-problem');
    this.#line?.replaceChildren(element('span', 'rg-dot'), this.#word, this.#problem);
    this.#toast = element('div', 'rg-toast');
    // There before its first words: what appears together with its role is not read out.
    this.#toast.setAttribute('role', 'alert');
    this.#toast.hidden = true;
    document.body.append(this.#toast);
    this.#toast.addEventListener('click', () => this.#close());
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#close());
  }

  link(state: LinkState) {
    this.#word.textContent = this.words[state] ?? state;
    if (this.#line) this.#line.hidden = false;
  }

  /** Why a topic is not shown, until it is. */
  problem(topic: string, text: string | undefined) {
    if (this.#problems.get(topic) === text) return;
    if (text === undefined) this.#problems.delete(topic);
    else this.#problems.set(topic, text);
    this.#problem.textContent = [...new Set(this.#problems.values())].join(' · ');
  }

  /** Says `text` in the line of the panel that a block is in. */
  say(block: Element, text: string) {
    const line = block.closest('.rg-panel')?.querySelector('.rg-said');
    if (line && line.textContent !== text) line.textContent = text;
  }

  /** Says `text` beside `el`, for a while: the longer the text, the longer. */
  toast(text: string, el?: Element) {
    const toast = this.#toast;
    toast.textContent = text;
    toast.hidden = false;
    // Where it was last says how wide it may be: measure it at the left edge.
    toast.style.left = '0';
    const at = el?.isConnected ? el.getBoundingClientRect() : undefined;
    const { offsetWidth: width, offsetHeight: height } = toast;
    const left = at ? at.left + at.width / 2 - width / 2 : (innerWidth - width) / 2;
    const below = at ? at.bottom + 8 : innerHeight - height - 16;
    toast.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    toast.style.top = `${Math.max(8, at && below + height > innerHeight ? at.top - height - 8 : below)}px`;
    clearTimeout(this.#hide);
    this.#hide = window.setTimeout(() => this.#close(), Math.max(TOAST_MS, text.length * READ_MS));
  }

  #close() {
    this.#toast.hidden = true;
  }
}

function element(tag: string, className: string): HTMLElement {
  const el = document.createElement(tag);
  el.className = className;
  return el;
}
