import type { Want } from './protocol';

/** A place on the page that shows one variant of one topic. The only source of topics: what is inside is not asked. */
export interface Block {
  readonly el: HTMLElement;
  readonly topic: string;
  readonly surface: string;
  /** 1-based participant; `null`: all. */
  readonly slot: number | null;
  readonly locale: string | null;
  /** Seconds the picture is held back. */
  readonly delay: number | null;
  readonly plugin: string | null;
  etag: string | null;
  version: number | null;
}

export interface Page {
  readonly blocks: readonly Block[];
  /** The key an OBS link came with. */
  readonly key: string | null;
  readonly words: Readonly<Record<string, string>>;
  /** All of `#rg-page`. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Reads `#rg-page` and the blocks, once, at start. A block inside a block is markup of a plugin and is not one: neither
 * now nor when it arrives later.
 */
export function readPage(doc: Document): Page {
  const config = readData(doc);
  const text = (value: unknown) => (typeof value === 'string' && value ? value : null);
  const locale = text(config.locale);
  const blocks = [...doc.querySelectorAll<HTMLElement>('[data-rg-topic]')]
    .filter((el) => !el.parentElement?.closest('[data-rg-topic]'))
    .map((el): Block => {
      const data = el.dataset;
      return {
        el,
        topic: data.rgTopic ?? '',
        surface: text(data.rgSurface) ?? 'live',
        slot: number(data.rgSlot),
        locale: text(data.rgLocale) ?? locale,
        delay: number(data.rgDelay),
        plugin: text(data.plugin),
        etag: text(data.rgEtag),
        version: number(data.rgVersion),
      };
    });
  return { blocks, key: text(config.key), words: (config.words ?? {}) as Record<string, string>, data: config };
}

/** The wants of all blocks; two blocks that show the same thing are asked for once. */
export function wants({ blocks, key }: Page): Want[] {
  const seen = new Map<string, Want>();
  for (const { topic, surface, slot, locale, delay, etag } of blocks) {
    const want: Want = { topic, as: 'html', surface };
    if (slot !== null) want.slot = slot;
    if (locale !== null) want.locale = locale;
    if (key !== null) want.key = key;
    if (delay !== null) want.delay = delay;
    const id = JSON.stringify(want);
    if (etag !== null) want.etag = etag;
    seen.set(id, want);
  }
  return [...seen.values()];
}

function number(value: string | undefined): number | null {
  return value && Number.isFinite(+value) ? +value : null;
}

export function readData(doc: Document): Record<string, unknown> {
  try {
    const config: unknown = JSON.parse(doc.querySelector('script#rg-page')?.textContent ?? '{}');
    return typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
