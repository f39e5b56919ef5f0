/** How a page introduces itself, and what it does when it is told to load again. */

/** The longest page the server takes. */
const PAGE = 512;
/** Overlays of one server do not all come back in the same moment. */
const RELOAD_MS = 1_000;

/** Path and query without the key, which is nobody's business; and the script's name, which says how new the page is. */
export function hello({ pathname, search }: Location): { page: string; build: string } {
  const query = search
    .slice(1)
    .split('&')
    .filter((part) => part && !/^key(=|$)/i.test(part))
    .join('&');
  const page = (query ? `${pathname}?${query}` : pathname).slice(0, PAGE);
  return { page, build: new URL(import.meta.url).pathname.split('/').pop()!.slice(0, 64) };
}

/** Nobody is there to ask. */
export function reload() {
  setTimeout(() => location.reload(), Math.random() * RELOAD_MS);
}
