import { REFUSED } from '../hooks';

/** A crowd that sees a race begin does not ask for its pages in the same moment. */
const SPREAD_MS = 1_500;
/** And not in the same minute where the server has trouble. */
const TROUBLE_MS = 20_000;

/**
 * What of the page is this visitor's own (`[data-rg-part=<name>]`: what they may do, their pack) and comes over no topic. It is
 * fetched with the page again when the room says that something happened (`data-rg-stamp` of a block), when a topic is refused,
 * and after an action of the visitor's. Where the visitor sees other topics now, the page is loaded again.
 */
export class Parts {
  readonly #written = new Map<string, string>();
  #stamp = '';
  #timer: number | undefined;
  #changed: (part: HTMLElement) => void = () => undefined;

  start(changed: (part: HTMLElement) => void) {
    this.#changed = changed;
    this.#stamp = stamp();
    document.addEventListener(REFUSED, () => this.#later());
    // What a person is answering is not taken from under them.
    document.addEventListener('close', () => this.#later(0), true);
    void this.refresh(false);
  }

  /** To be called when a picture was shown. */
  look() {
    if (stamp() === this.#stamp) return;
    this.#stamp = stamp();
    this.#later();
  }

  /** `take`: not only remember what the server wrote. */
  async refresh(take = true): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!take) {
      for (const part of partsOf(document)) this.#written.set(nameOf(part), part.outerHTML);
      return;
    }
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
    if (!answer || answer.status >= 500) return this.#later(TROUBLE_MS);
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!answer.ok || topics(next) !== topics(document)) return location.reload();
    for (const part of partsOf(document)) {
      const fresh = partsOf(next).find((other) => nameOf(other) === nameOf(part));
      if (fresh) this.#put(part, fresh);
    }
  }

  #put(part: HTMLElement, fresh: HTMLElement) {
    const html = fresh.outerHTML;
    if (this.#written.get(nameOf(part)) === html || part.querySelector('dialog[open]')) return;
    this.#written.set(nameOf(part), html);
    if (part instanceof HTMLDetailsElement) (fresh as HTMLDetailsElement).open = part.open;
    const focused = part.contains(document.activeElement) ? document.activeElement?.id : undefined;
    part.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    this.#changed(fresh);
  }

  #later(spread = SPREAD_MS) {
    this.#timer ??= window.setTimeout(() => void this.refresh(), Math.random() * spread);
  }
}

const stamp = () => document.querySelector<HTMLElement>('[data-rg-topic] [data-rg-stamp]')?.dataset.rgStamp ?? '';

const partsOf = (doc: Document) => [...doc.querySelectorAll<HTMLElement>('[data-rg-part]')];

const nameOf = (part: HTMLElement) => part.dataset.rgPart ?? '';

/** What a page shows, in order. */
function topics(doc: Document): string {
  const blocks = [...doc.querySelectorAll<HTMLElement>('[data-rg-topic]')];
  return blocks.map(({ dataset }) => `${dataset.rgTopic ?? ''} ${dataset.rgSurface ?? ''}`).join('\n');
}
