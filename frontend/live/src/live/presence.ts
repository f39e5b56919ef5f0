import type { Page } from '../page';
import type { Json } from '../protocol';
import { uuid7 } from './uuid';

/** The server forgets who has not said anything for longer. */
export const HERE_MS = 20_000;

interface Person {
  name?: string;
  panel?: string;
  slot?: number;
}
interface Source {
  source: string;
  panel?: string;
  slot?: number;
}
interface Here {
  people?: Person[];
  count?: number;
  sources?: Source[];
}

/** Who is on the page and what counts by itself; a page of someone who may edit says that they are here. */
export class Presence {
  readonly #topic: string | undefined;
  readonly #line = document.querySelector<HTMLElement>('.rg-presence');
  #at = '{}';
  #shown = '';

  constructor(
    private readonly page: Page,
    private readonly send: (frame: object) => boolean,
  ) {
    const { presence, here } = page.data;
    if (typeof presence === 'string' && this.#line) this.#topic = presence;
    if (!this.#topic || !here) return;
    setInterval(() => this.#say('here', this.#at), HERE_MS);
    document.addEventListener('focusin', ({ target }) => this.#move(target as Element));
    addEventListener('pagehide', () => this.#say('gone'));
    addEventListener('pageshow', ({ persisted }) => persisted && this.#say('here', this.#at));
  }

  opened() {
    if (!this.#topic) return;
    const { key, data } = this.page;
    this.send({ subscribe: [{ topic: this.#topic, as: 'state', ...(key === null ? {} : { key }) }] });
    if (data.here) this.#say('here', this.#at);
  }

  /** Whether a frame of this topic is for here. A refusal is, too: a page without names is still a page. */
  take(topic: string, state: Json | undefined): boolean {
    if (topic !== this.#topic) return false;
    if (state !== undefined) this.#show(state as Here);
    return true;
  }

  #say(type: string, at = '{}') {
    const action = { type, ...(JSON.parse(at) as object) };
    this.send({ do: { topic: this.#topic, key: uuid7(), action } });
  }

  #move(target: Element) {
    const panel = target.closest<HTMLElement>('[data-rg-panel]')?.dataset.rgPanel;
    const slot = target.closest<HTMLElement>('[data-x-slot]')?.dataset.xSlot;
    const at = panel === undefined ? '{}' : JSON.stringify({ panel, ...(Number(slot) ? { slot: Number(slot) } : {}) });
    if (at === this.#at) return;
    this.#at = at;
    this.#say('here', at);
  }

  #show({ people = [], count = 0, sources = [] }: Here) {
    const { words, data } = this.page;
    const items: [string, string, string][] = [
      ...people.map(({ name = '', ...at }): [string, string, string] => [initials(name), name, where(at)]),
      ...sources.map(({ source, ...at }): [string, string, string] => ['⟳', source, where(at)]),
    ];
    const shown = JSON.stringify([items, count]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const line = this.#line!;
    line.hidden = !data.here && !items.length && count < 2;
    // Where names are not said, there is a number.
    const rest = people.length ? '' : (words.here ?? '').replace('{n}', String(count));
    const list = element('ul', '');
    list.setAttribute('aria-label', words.crew ?? '');
    list.append(
      ...items.map(([sign, name, at], i) => {
        const item = element('li', i < people.length ? 'rg-person' : 'rg-source');
        const mark = element('span', 'rg-sign', sign);
        mark.setAttribute('aria-hidden', 'true');
        item.append(mark, element('span', '', name), element('span', 'rg-where', at));
        if (i >= people.length) item.title = words.auto ?? '';
        return item;
      }),
    );
    line.replaceChildren(...(count > 1 && rest ? [element('span', '', rest)] : []), ...(items.length ? [list] : []));
  }
}

/** A participant's name, or the panel's where there are several, as the page itself says them. */
function where({ panel = 'main', slot }: { panel?: string; slot?: number }): string {
  const label = document.querySelector(`[data-rg-jump="${CSS.escape(panel)}"][data-rg-to="${slot ?? ''}"]`);
  const heading = document.querySelector(`[data-rg-jump="${CSS.escape(panel)}"]:not([data-rg-to])`);
  return (label ?? heading)?.textContent.trim() ?? '';
}

const letters = (text: string, count: number) => (text.match(/./gu) ?? []).slice(0, count).join('');

function initials(name: string): string {
  const [first = '', second] = name.split(/[\s._-]+/).filter(Boolean);
  return (second ? letters(first, 1) + letters(second, 1) : letters(first, 2)).toUpperCase();
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const el = document.createElement(tag);
  el.className = className;
  el.textContent = text;
  return el;
}
