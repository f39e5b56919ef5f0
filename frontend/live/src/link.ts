/**
 * The one WebSocket of a page, for ever: it reconnects with full jitter, notices a silent link, and says how it is.
 * What goes over it is not its business, except the beat.
 */
export type LinkState = 'connecting' | 'open' | 'lost';

export interface LinkEvents {
  /** A link has opened: subscribe, then send again what was not answered. */
  opened(): void;
  message(data: string): void;
  /** `connecting` once, at start; then `open` and `lost` in turn. */
  state(state: LinkState): void;
}

export const FIRST_RETRY_MS = 500;
export const LAST_RETRY_MS = 15_000;
/** A link that lived this long starts again at the first step of the schedule. */
export const STABLE_MS = 10_000;
export const BEAT_MS = 10_000;
export const SILENCE_MS = 25_000;

export class Link {
  #socket: WebSocket | undefined;
  #retry: number | undefined;
  #watch: number | undefined;
  #beat: number | undefined;
  #beats = 0;
  #failures = 0;
  #openedAt = 0;
  #seenAt = 0;

  constructor(
    private readonly url: string,
    private readonly events: LinkEvents,
  ) {}

  start() {
    this.events.state('connecting');
    addEventListener('online', () => this.#nudge());
    addEventListener('pageshow', () => this.#nudge());
    document.addEventListener('visibilitychange', () => document.hidden || this.#nudge());
    this.#connect();
  }

  get open(): boolean {
    return this.#socket?.readyState === 1;
  }

  /** False where the link is down: nothing was sent. */
  send(frame: object): boolean {
    if (!this.open) return false;
    this.#socket!.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#openedAt = 0;
    this.#seenAt = Date.now();
    const socket = (this.#socket = new WebSocket(this.url));
    socket.onopen = () => {
      this.#openedAt = this.#seenAt = Date.now();
      this.events.opened();
      this.#beat = window.setInterval(() => this.send({ beat: ++this.#beats }), BEAT_MS);
      this.events.state('open');
    };
    socket.onmessage = ({ data }) => {
      this.#seenAt = Date.now();
      this.events.message(String(data));
    };
    socket.onclose = () => this.#drop();
    this.#guard();
  }

  /** One timer that is set again when it fires early, so that a frame costs no timer. Covers a connect that hangs, too. */
  #guard() {
    this.#watch = window.setTimeout(
      () => (Date.now() - this.#seenAt < SILENCE_MS ? this.#guard() : this.#drop()),
      Math.max(this.#seenAt + SILENCE_MS - Date.now(), 0),
    );
  }

  #drop() {
    const socket = this.#socket!;
    // A dead peer makes `close` take minutes: do not wait for its event.
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = undefined;
    clearInterval(this.#beat);
    clearTimeout(this.#watch);
    if (this.#openedAt && Date.now() - this.#openedAt >= STABLE_MS) this.#failures = 0;
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    this.#retry = window.setTimeout(() => this.#connect(), Math.random() * ceiling);
    this.events.state('lost');
  }

  /** The network or the page is back: do not sit out the wait, nor trust a link that slept. */
  #nudge() {
    if (this.#retry !== undefined) this.#connect();
    else if (Date.now() - this.#seenAt >= SILENCE_MS) this.#drop();
  }
}

/** `/live` on the page's own origin. */
export function liveUrl(location: Location): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`;
}
