import { afterEach, beforeEach, vi } from 'vitest';
import { startLive } from '../src/live/controller';
import { startOverlay } from '../src/canvas';
import { readPage } from '../src/page';

/** The server's end of a link, in the test's hands. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }

  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close() {
    this.readyState = 3;
  }

  accept() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** A frame arrives and, unless told otherwise, the screen is drawn. */
  push(frame: unknown, draw = true) {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    if (draw) vi.advanceTimersByTime(20);
  }

  fail() {
    this.readyState = 3;
    this.onclose?.();
  }

  get dos(): { topic: string; key: string; base_version?: number; action: unknown }[] {
    return this.sent.flatMap((frame) => ('do' in frame ? [frame.do as never] : []));
  }

  get subscribed(): Record<string, unknown>[] {
    return this.sent.flatMap((frame) => ('subscribe' in frame ? (frame.subscribe as never[]) : []));
  }
}

const listeners: [EventTarget, ...Parameters<EventTarget['addEventListener']>][] = [];

/** Call once in a test file: fake sockets and timers, and a document without another test's listeners. */
export function stage() {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    vi.stubGlobal('WebSocket', FakeSocket);
    vi.stubGlobal('matchMedia', () => ({ matches: true }));
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    for (const target of [document, window] as EventTarget[]) {
      const add = target.addEventListener.bind(target);
      vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
        listeners.push([target, type, listener, options]);
        add(type, listener, options);
      });
    }
  });
  afterEach(() => {
    for (const [target, ...listener] of listeners.splice(0)) target.removeEventListener(...listener);
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.head.replaceChildren();
    document.body.replaceChildren();
  });
}

export interface BlockMarkup {
  topic?: string;
  surface?: string;
  slot?: number;
  plugin?: string;
  etag?: string;
  version?: number;
  delay?: number;
}

export function blockMarkup(html: string, options: BlockMarkup = {}): string {
  const {
    topic = 'tracker/12/main',
    surface = 'live',
    slot,
    plugin = 'p',
    etag = 'l-3-v',
    version = 3,
    delay,
  } = options;
  return `<div class="rg-block" data-plugin="${plugin}" data-rg-topic="${topic}" data-rg-surface="${surface}"
    data-rg-slot="${slot ?? ''}" ${delay ? `data-rg-delay="${delay}"` : ''} data-rg-etag="${etag}" data-rg-version="${version}">${html}</div>`;
}

export function write(blocks: string, config: object = { key: null, locale: 'fr', words: { lost: 'Perdu' } }) {
  document.body.innerHTML = `<p class="rg-link" role="status" hidden></p><main>${blocks}</main>
    <script type="application/json" id="rg-page">${JSON.stringify(config)}</script>`;
}

/** A live page with its link open. */
export function live(blocks: string, config?: object): FakeSocket {
  write(blocks, config);
  startLive(readPage(document));
  FakeSocket.last.accept();
  return FakeSocket.last;
}

/** What overlay.ts does. */
export function overlay(blocks: string, config?: object): FakeSocket {
  write(blocks, config);
  startOverlay(readPage(document));
  FakeSocket.last.accept();
  return FakeSocket.last;
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as querySelector itself
export const $ = <E extends HTMLElement = HTMLButtonElement>(selector: string): E =>
  document.querySelector<E>(selector)!;

/** A frame for the default block. */
export const picture = (html: string, version = 4, more: object = {}) => ({
  topic: 'tracker/12/main',
  surface: 'live',
  etag: `l-${version}-v`,
  version,
  html,
  ...more,
});
