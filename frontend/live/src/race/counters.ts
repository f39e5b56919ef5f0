import type { Clock } from './clock';
import { clockText } from './times';

/** Fine enough that no second is seen late. */
const TICK_MS = 100;

/**
 * `[data-rg-countdown="<epoch ms>"]` counts down on the server's clock and then says `data-rg-then`;
 * `[data-rg-elapsed="<epoch ms>"]` counts up.
 */
export class Counters {
  #timer: number | undefined;
  /** What was last counted down to: a new one is worth measuring the clock for. */
  #to = '';

  constructor(
    private readonly clock: Clock,
    private readonly root: ParentNode,
  ) {}

  /** To be called when the page has changed. */
  look() {
    const counting = this.root.querySelector('[data-rg-countdown], [data-rg-elapsed]');
    if (counting) {
      this.#tick();
      this.#timer ??= window.setInterval(() => this.#tick(), TICK_MS);
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    const to = this.root.querySelector<HTMLElement>('[data-rg-countdown]')?.dataset.rgCountdown ?? '';
    if (to && to !== this.#to) void this.clock.measure();
    this.#to = to;
  }

  #tick() {
    const now = this.clock.now();
    for (const el of this.root.querySelectorAll<HTMLElement>('[data-rg-countdown]')) {
      const { rgCountdown, rgThen } = el.dataset;
      const left = Number(rgCountdown) - now;
      say(el, left > 0 ? clockText(Math.ceil(left / 1_000) * 1_000, true) : (rgThen ?? ''));
    }
    for (const el of this.root.querySelectorAll<HTMLElement>('[data-rg-elapsed]'))
      say(el, clockText(Math.max(0, now - Number(el.dataset.rgElapsed))));
  }
}

/** A text that is the same is not written: nothing is drawn again. */
function say(el: HTMLElement, text: string) {
  if (el.textContent !== text) el.textContent = text;
}
