import { Board } from './board';
import { hello, reload } from './hello';
import { Link, liveUrl, type LinkState } from './link';
import { wants, type Block, type Page } from './page';
import type { DoneFrame, Fault, Frame, TopicFrame } from './protocol';

/** What a page adds to showing pictures; an overlay adds nothing. */
export interface Extras {
  opened?(): void;
  state?(state: LinkState): void;
  topic?(frame: TopicFrame): void;
  done?(frame: DoneFrame): void;
  error?(fault: Fault): void;
  /** The page is to be loaded again; an overlay simply does. */
  reload?(): void;
}

/** Links the page: subscribes all blocks, shows what comes, and keeps `html[data-link]`. */
export function start(page: Page, show: (block: Block, html: string) => void, extras: Extras = {}): Link {
  const board = new Board(page.blocks, show);
  const link = new Link(liveUrl(location), {
    opened() {
      const subscribe = wants(page);
      if (subscribe.length) link.send({ subscribe });
      link.send({ hello: hello(location) });
      extras.opened?.();
    },
    message(data) {
      const frame = parse(data);
      if (!frame) return;
      if ('topic' in frame) {
        board.take(frame);
        extras.topic?.(frame);
      } else if ('done' in frame) extras.done?.(frame);
      else if ('reload' in frame) (extras.reload ?? reload)();
      else if ('error' in frame) extras.error?.(frame.error);
    },
    state(state) {
      document.documentElement.dataset.link = state;
      extras.state?.(state);
    },
  });
  link.start();
  return link;
}

/** A message that is no object is dropped: the next picture is whole anyway. */
function parse(data: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
