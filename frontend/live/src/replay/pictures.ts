import { morph } from '../morph';
import { share } from '../share';

/** A slider that is dragged moves on before anything is asked. */
const SETTLE_MS = 60;

/** The blocks `[data-rg-replay=<surface>]`, as they were at one time. One request at a time for each; the newest time wins. */
export class Pictures {
  readonly #blocks = [...document.querySelectorAll<HTMLElement>('[data-rg-replay]')];
  #wanted = 0;
  #shown = -1;
  #busy = false;
  #settling = false;

  /** `url` answers `?at_ms=&surface=&locale=` with `{html}`. */
  constructor(
    private readonly url: string,
    private readonly locale: string,
  ) {}

  want(at: number) {
    this.#wanted = at;
    if (this.#settling) return;
    this.#settling = true;
    setTimeout(() => {
      this.#settling = false;
      if (!this.#busy) void this.#fetch();
    }, SETTLE_MS);
  }

  async #fetch() {
    this.#busy = true;
    while (this.#wanted !== this.#shown) {
      const at = this.#wanted;
      try {
        const html = await Promise.all(this.#blocks.map((el) => this.#picture(el.dataset.rgReplay!, at)));
        // All layers and the table change together: they are one moment.
        for (const [i, el] of this.#blocks.entries()) {
          morph(el, html[i]!);
          share(el);
        }
        document.documentElement.removeAttribute('data-lost');
      } catch {
        // Nothing is asked again by itself: the next move of the slider does.
        document.documentElement.dataset.lost = '';
      }
      this.#shown = at;
    }
    this.#busy = false;
  }

  async #picture(surface: string, at: number): Promise<string> {
    const query = new URLSearchParams({ at_ms: String(at), surface, locale: this.locale });
    const answer = await fetch(`${this.url}?${query.toString()}`);
    if (!answer.ok) throw new Error(answer.statusText);
    return ((await answer.json()) as { html: string }).html;
  }
}
