import type { Block } from '../page';
import type { Do, DoneFrame, Json } from '../protocol';
import { uuid7 } from './uuid';

/** Older than this an action is not sent again: what it meant may no longer be what it does. */
export const RESEND_MS = 30_000;

/** An action without its answer. */
export interface Pending {
  readonly block: Block;
  /** What was clicked, by name (names.ts): the element itself may be replaced. */
  readonly name: string;
  readonly el: HTMLElement;
  readonly at: number;
  readonly frame: { do: Do };
}

export interface ActionEvents {
  send(frame: { do: Do }): boolean;
  /** Answered; `error` where it was refused. */
  settled(pending: Pending, done: DoneFrame): void;
  /** Given up after 30 s: nobody knows whether it was done. */
  dropped(pending: Pending): void;
}

/** Actions in the order of their clicks, kept until each is answered; the key makes sending again harmless. */
export class Actions {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly events: ActionEvents) {}

  act(block: Block, el: HTMLElement, name: string, action: Json): string {
    const key = uuid7();
    const message: Do = { topic: block.topic, key, action };
    if (block.version !== null) message.base_version = block.version;
    const pending = { block, el, name, at: Date.now(), frame: { do: message } };
    this.#pending.set(key, pending);
    this.events.send(pending.frame);
    setTimeout(() => this.#expire(key), RESEND_MS);
    return key;
  }

  answer(done: DoneFrame) {
    const pending = this.#pending.get(done.done);
    if (!pending) return;
    this.#pending.delete(done.done);
    this.events.settled(pending, done);
  }

  /** After a reconnect: everything unanswered again, oldest first, under its own key. */
  resend() {
    for (const [key, { at, frame }] of this.#pending) {
      // Timers sleep with the machine: look at the clock, too.
      if (Date.now() - at >= RESEND_MS) this.#expire(key);
      else this.events.send(frame);
    }
  }

  of(block: Block): Pending[] {
    return [...this.#pending.values()].filter((pending) => pending.block === block);
  }

  #expire(key: string) {
    const pending = this.#pending.get(key);
    if (!pending) return;
    this.#pending.delete(key);
    this.events.dropped(pending);
  }
}
