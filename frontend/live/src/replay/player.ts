import { clockText } from '../race/times';

/** How often the time moves while it plays. */
const STEP_MS = 250;
/** How far an arrow leaps. */
const LEAP_MS = 10_000;

/** The slider, play and pause, the speed, the keyboard, and the time in the address. All times in milliseconds. */
export class Player {
  readonly #slider: HTMLInputElement;
  readonly #button: HTMLButtonElement;
  readonly #speed: HTMLSelectElement;
  readonly #clock: HTMLElement;
  #playing: number | undefined;

  constructor(
    root: HTMLElement,
    private readonly show: (at: number) => void,
  ) {
    this.#slider = root.querySelector('input[type=range]')!;
    this.#button = root.querySelector('button')!;
    this.#speed = root.querySelector('select')!;
    this.#clock = root.querySelector('.rg-replay-time')!;
  }

  start() {
    this.#slider.addEventListener('input', () => this.#go(this.#at));
    this.#slider.addEventListener('change', () => this.#remember());
    this.#button.addEventListener('click', () => this.#toggle());
    document.addEventListener('keydown', (event) => {
      const { key, target, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || (target as Element).closest('select, a, summary, textarea')) return;
      const on = target === this.#button;
      if ((key === ' ' && !on) || key === 'k') this.#toggle();
      else if (key === 'ArrowLeft' || key === 'ArrowRight') {
        this.#go(this.#at + (key === 'ArrowLeft' ? -LEAP_MS : LEAP_MS));
        this.#remember();
      } else if (key === 'Home' || key === 'End') {
        this.#go(key === 'Home' ? 0 : this.#end);
        this.#remember();
      } else return;
      event.preventDefault();
    });
    this.#say();
  }

  get #at(): number {
    return Number(this.#slider.value);
  }

  get #end(): number {
    return Number(this.#slider.max);
  }

  #go(at: number) {
    this.#slider.value = String(Math.max(0, Math.min(this.#end, Math.round(at))));
    this.#say();
    this.show(this.#at);
  }

  #toggle() {
    if (this.#playing !== undefined) {
      this.#stop();
      return;
    }
    if (this.#at >= this.#end) this.#go(0);
    let then = performance.now();
    this.#playing = window.setInterval(() => {
      const now = performance.now();
      this.#go(this.#at + (now - then) * Number(this.#speed.value));
      then = now;
      if (this.#at >= this.#end) this.#stop();
    }, STEP_MS);
    this.#button.setAttribute('aria-pressed', 'true');
  }

  #stop() {
    clearInterval(this.#playing);
    this.#playing = undefined;
    this.#button.setAttribute('aria-pressed', 'false');
    this.#remember();
  }

  #say() {
    const text = `${clockText(this.#at)} / ${clockText(this.#end)}`;
    this.#clock.textContent = text;
    this.#slider.setAttribute('aria-valuetext', clockText(this.#at));
  }

  /** So that the address can be shared. */
  #remember() {
    const url = new URL(location.href);
    url.searchParams.set('t', String(Math.round(this.#at / 1_000)));
    history.replaceState(null, '', url);
  }
}
