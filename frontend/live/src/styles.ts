/** A stylesheet that never answers must not hold the picture back for ever. */
export const CSS_WAIT_MS = 5_000;

/** The stylesheets of plugins, as `<link data-rg-css="<plugin>">` in the head. */
export class Styles {
  readonly #loading = new Map<string, { urls: string; done: Promise<void> }>();

  /**
   * Makes `urls` the stylesheets of `plugin`: the new ones load beside the old ones, which go once all are there. One
   * that does not load is left out and the old ones stay. Without `urls`: as they are. `undefined`: nothing to wait for.
   */
  use(plugin: string, urls?: readonly string[]): Promise<void> | undefined {
    const id = JSON.stringify(urls);
    const loading = this.#loading.get(plugin);
    if (!urls) return loading?.done;
    if (loading) {
      if (loading.urls === id) return loading.done;
      // A second replacement during the first: one after the other.
      return loading.done.then(() => this.use(plugin, urls));
    }
    const old = links(plugin);
    if (id === JSON.stringify(old.map(href))) return undefined;
    const done = swap(plugin, old, urls).finally(() => this.#loading.delete(plugin));
    this.#loading.set(plugin, { urls: id, done });
    return done;
  }
}

async function swap(plugin: string, old: HTMLLinkElement[], urls: readonly string[]) {
  const kept = new Set(urls);
  const fresh: HTMLLinkElement[] = [];
  let after: Element | undefined = old.at(-1);
  const loads = urls
    .filter((url) => !old.some((link) => href(link) === url))
    .map((url) => {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.dataset.rgCss = plugin;
      link.setAttribute('href', url);
      fresh.push(link);
      const loaded = new Promise<boolean>((resolve) => {
        link.onload = () => resolve(true);
        link.onerror = () => resolve(false);
        setTimeout(() => resolve(false), CSS_WAIT_MS);
      });
      if (after) after.after(link);
      else document.head.append(link);
      after = link;
      return loaded;
    });
  const complete = (await Promise.all(loads)).every(Boolean);
  const drop = complete ? old.filter((link) => !kept.has(href(link))) : fresh;
  for (const link of drop) link.remove();
}

const href = (link: Element) => link.getAttribute('href') ?? '';

const links = (plugin: string) =>
  [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')].filter(
    (link) => link.dataset.rgCss === plugin,
  );
