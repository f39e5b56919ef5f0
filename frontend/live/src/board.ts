import type { Block } from './page';
import type { TopicFrame } from './protocol';
import { Styles } from './styles';

/** A frame of the screen: what comes sooner after a picture waits for the next one. */
const FRAME_MS = 16;
/** Longest wait for a frame of the screen: a hidden page has none, but keeps its picture current. */
const HIDDEN_MS = 100;

/** Puts frames into their blocks: at once where nothing was just shown, else the newest of each with the next frame. */
export class Board {
  readonly #waiting = new Map<Block, TopicFrame>();
  /** The last frame of each block, so that one whose stylesheet was slow does not overtake it. */
  readonly #last = new Map<Block, TopicFrame>();
  readonly #styles = new Styles();
  #flush: (() => void) | undefined;
  #flushedAt = 0;

  constructor(
    private readonly blocks: readonly Block[],
    private readonly show: (block: Block, html: string) => void,
  ) {}

  /** A picture, or the news that the one on the page is current. */
  take(frame: TopicFrame) {
    if (frame.html === undefined) return;
    for (const block of this.#find(frame)) {
      this.#last.set(block, frame);
      const styled = block.plugin ? this.#styles.use(block.plugin, frame.css) : undefined;
      // New markup under old styles is a startle: the picture changes with its stylesheet.
      if (styled) void styled.then(() => this.#last.get(block) === frame && this.#put(block, frame));
      else this.#put(block, frame);
    }
  }

  /** Blocks of the frame's topic and variant. What a frame does not name, a lone block of the topic need not match. */
  #find(frame: TopicFrame): Block[] {
    const blocks = this.blocks.filter(({ topic }) => topic === frame.topic);
    if (blocks.length < 2) return blocks;
    return blocks.filter(
      ({ surface, slot, locale, delay }) =>
        (frame.surface ?? surface) === surface &&
        (frame.slot ?? null) === slot &&
        (frame.delay ?? null) === delay &&
        (frame.locale ?? locale) === locale,
    );
  }

  #put(block: Block, frame: TopicFrame) {
    this.#waiting.set(block, frame);
    if (this.#flush) return;
    const flush = (this.#flush = () => {
      // Called by the screen and by the timer, whichever comes first.
      if (this.#flush !== flush) return;
      this.#flush = undefined;
      this.#flushedAt = Date.now();
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const [block, frame] of waiting) this.#apply(block, frame);
    });
    if (Math.abs(Date.now() - this.#flushedAt) > FRAME_MS) {
      flush();
    } else {
      requestAnimationFrame(flush);
      setTimeout(flush, HIDDEN_MS);
    }
  }

  #apply(block: Block, { etag, version, html }: TopicFrame) {
    if (etag && etag === block.etag) return;
    block.etag = etag ?? null;
    block.version = version ?? block.version;
    try {
      this.show(block, html!);
    } catch (error) {
      // Markup that breaks the morph (a field named `attributes` hides its form's) costs its own block its state only.
      console.error(error);
      block.el.innerHTML = html!;
    }
  }
}
