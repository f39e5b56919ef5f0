// The one live link of the app: it shows whether the server is there, and says when something changed.
// Reconnects with full jitter (0.5 s doubling to 15 s); a link that is silent for too long counts as broken.

export type LinkState = 'off' | 'connecting' | 'up' | 'down';

export interface Surroundings {
  open(): WebSocket;
  random(): number;
  after(ms: number, run: () => void): () => void;
}

export const backoff = { first: 500, most: 15_000 } as const;
export const beatEvery = 10_000;
export const silence = 30_000;

const browser: Surroundings = {
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`),
  random: Math.random,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export class Link {
  state = $state<LinkState>('off');
  #around: Surroundings;
  #socket: WebSocket | undefined;
  #failures = 0;
  #cancelRetry = () => {};
  #cancelWatch = () => {};
  #cancelBeat = () => {};
  // Nothing is drawn from it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #listeners = new Set<() => void>();

  constructor(around: Surroundings = browser) {
    this.#around = around;
  }

  /** Runs `listener` when the server says that something changed, and when a broken link is back (it may have missed that). */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.state === 'off') this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#failures = 0;
    this.state = 'off';
  }

  /** Without waiting for the next attempt: after signing in, or when the device is online again. */
  restart(): void {
    this.stop();
    this.start();
  }

  #connect(): void {
    this.#drop();
    if (this.state !== 'down') this.state = 'connecting';
    const socket = this.#around.open();
    this.#socket = socket;
    // The first picture of a link is how things are, not that they changed.
    let seen = false;
    socket.onopen = () => {
      const again = this.#failures > 0;
      this.#failures = 0;
      this.state = 'up';
      socket.send(JSON.stringify({ subscribe: [{ topic: 'app/changes', as: 'state' }] }));
      this.#watch();
      this.#beat();
      if (again) this.#announce();
    };
    socket.onmessage = (event) => {
      this.#watch();
      if (!isChange(event.data)) return;
      if (seen) this.#announce();
      seen = true;
    };
    socket.onclose = () => this.#retry();
    this.#watch();
  }

  #retry(): void {
    this.#drop();
    this.state = 'down';
    const ceiling = Math.min(backoff.most, backoff.first * 2 ** this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#around.after(this.#around.random() * ceiling, () => this.#connect());
  }

  /** Puts the deadline off: something was heard. */
  #watch(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#around.after(silence, () => this.#retry());
  }

  #beat(): void {
    this.#cancelBeat = this.#around.after(beatEvery, () => {
      this.#socket?.send(JSON.stringify({ beat: Date.now() }));
      this.#beat();
    });
  }

  #drop(): void {
    this.#cancelRetry();
    this.#cancelWatch();
    this.#cancelBeat();
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isChange(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null && 'topic' in frame && 'state' in frame;
  } catch {
    return false;
  }
}

export const link = new Link();
