// The one live link of the app: it shows whether the server is there, and says when something changed.
// Reconnects with full jitter (0.5 s doubling to 15 s); a link that is silent for too long counts as broken.

import { untrack } from 'svelte';
import { uuidv7 } from './uuid';

export type LinkState = 'off' | 'connecting' | 'up' | 'down';

export interface Surroundings {
  open(): WebSocket;
  random(): number;
  after(ms: number, run: () => void): () => void;
}

export type TopicListener = (state: unknown) => void;

export const backoff = { first: 500, most: 15_000 } as const;
export const beatEvery = 10_000;
export const silence = 30_000;
const changes = 'app/changes';

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
  #build = '';
  #asked = () => {};
  // Nothing is drawn from it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #listeners = new Set<() => void>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #topics = new Map<string, Set<TopicListener>>();

  constructor(around: Surroundings = browser) {
    this.#around = around;
  }

  /** Runs `listener` when the server says that something changed, and when a broken link is back (it may have missed that). */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `listener` with a topic's state: now and after every change, for as long as it is not taken off again. */
  follow(topic: string, listener: TopicListener): () => void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    const listeners = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, listeners.add(listener));
    // Asked for again where others follow it already: who comes later wants the present state too.
    this.#say({ subscribe: [{ topic, as: 'state' }] });
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#topics.get(topic) !== listeners) return;
      this.#topics.delete(topic);
      this.#say({ unsubscribe: [topic] });
    };
  }

  /** Sends an action; false where the link is down. It is not sent again: only for what does not matter a moment later. */
  act(topic: string, action: Record<string, unknown>): boolean {
    return this.#say({ do: { topic, key: uuidv7(), action } });
  }

  #say(frame: object): boolean {
    // Who follows a topic in an effect does not want to run again when the link comes and goes: the link asks again itself.
    if (untrack(() => this.state) !== 'up' || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** `listener` runs when an operator asks this page to load itself again. */
  onReload(listener: () => void): void {
    this.#asked = listener;
  }

  /** `build` names this page's code to operators. */
  start(build = this.#build): void {
    this.#build = build;
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
      const topics = [changes, ...this.#topics.keys()];
      const subscribe = topics.map((topic) => ({ topic, as: 'state' }));
      socket.send(JSON.stringify({ hello: { page: '/app/', build: this.#build }, subscribe }));
      this.#watch();
      this.#beat();
      if (again) this.#announce();
    };
    socket.onmessage = (event) => {
      this.#watch();
      const frame = readFrame(event.data);
      if (frame?.['reload'] === true) this.#asked();
      const picture = frame && pictureOf(frame);
      if (!picture) return;
      for (const listener of this.#topics.get(picture.topic) ?? []) listener(picture.state);
      if (picture.topic !== changes) return;
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

function readFrame(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A topic's state; nothing where the frame is another (a refusal, an answer, an unchanged topic). */
function pictureOf(frame: Record<string, unknown>): { topic: string; state: unknown } | undefined {
  const { topic } = frame;
  return typeof topic === 'string' && 'state' in frame ? { topic, state: frame['state'] } : undefined;
}

export const link = new Link();
