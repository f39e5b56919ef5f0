import morphdom from 'morphdom';

/** What the live page keeps through a morph and an overlay has no need of. */
export interface Keep {
  /** `to` is about to be copied onto `from`: carry over what people did. */
  element(from: HTMLElement, to: HTMLElement): void;
  /** False: this element's content is its own (a text being typed). */
  children(from: HTMLElement, to: HTMLElement): boolean;
}

// Pictures and media of a fragment that is only read must not start to load.
const inert = document.implementation.createHTMLDocument('');

/** Makes the children of `block` those of `html` with as few changes as possible; elements are followed by `data-key`. */
export function morph(block: HTMLElement, html: string, keep?: Keep): void {
  const next = inert.createElement('div');
  next.innerHTML = html;
  const keys = new Map([...keyed(block), ...keyed(next)]);
  morphdom(block, next, {
    childrenOnly: true,
    getNodeKey: (node) => keys.get(node),
    onBeforeElUpdated: (from, to) => {
      // Whether it is open belongs to the person who opened it.
      if (from.localName === 'details') to.toggleAttribute('open', from.hasAttribute('open'));
      keep?.element(from, to);
      return true;
    },
    onBeforeElChildrenUpdated: (from, to) => keep?.children(from, to) ?? true,
  });
}

/**
 * A key for every `[data-key]` under `root`, unique there: it names the keyed ancestors too (one key serves several
 * participants), the tag (a span that becomes a button is another element), and counts repetitions.
 */
export function keyed(root: Element): Map<Node, string> {
  const keys = new Map<Node, string>();
  const repeated = new Map<string, number>();
  for (const el of root.querySelectorAll<HTMLElement>('[data-key]')) {
    const parent = el.parentElement!.closest('[data-key]');
    const key = `${(parent && keys.get(parent)) ?? ''}/${el.localName}:${JSON.stringify(el.dataset.key)}`;
    const count = (repeated.get(key) ?? 0) + 1;
    repeated.set(key, count);
    keys.set(el, count > 1 ? `${key}#${count}` : key);
  }
  return keys;
}
