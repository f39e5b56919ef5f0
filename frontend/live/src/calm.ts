/** Rows change places at most so often: an eye follows one move, not five. */
export const CALM_MS = 1_000;
/** How long a row is under way. */
const MOVE_MS = 250;

/** Shows pictures, but one that reorders keyed rows waits until the last move is a second ago; rows glide to their place. */
export class Calm {
  readonly #moved = new WeakMap<HTMLElement, number>();
  readonly #waiting = new WeakMap<HTMLElement, number>();

  /** `put` writes `html` into `el`. Called later, or not at all where a newer picture came meanwhile. */
  show(el: HTMLElement, html: string, put: () => void) {
    clearTimeout(this.#waiting.get(el));
    if (!reorders(el, html)) {
      put();
      return;
    }
    const wait = (this.#moved.get(el) ?? -Infinity) + CALM_MS - performance.now();
    if (wait > 0) {
      this.#waiting.set(
        el,
        window.setTimeout(() => this.show(el, html, put), wait),
      );
      return;
    }
    this.#moved.set(el, performance.now());
    glide(el, put);
  }
}

/** Whether keys that stand in both stand in another order in `html`. */
function reorders(el: HTMLElement, html: string): boolean {
  const now = [...el.querySelectorAll<HTMLElement>('[data-key]')].map(({ dataset }) => dataset.key!);
  const next = [...html.matchAll(/ data-key="([^"]*)"/g)].map(([, key]) => key!);
  const before = once(now);
  const after = once(next);
  const stay = now.filter((key) => before.has(key) && after.has(key));
  const then = next.filter((key) => before.has(key) && after.has(key));
  return stay.some((key, i) => key !== then[i]);
}

/** Keys that stand for one element only. */
function once(keys: string[]): Set<string> {
  return new Set(keys.filter((key) => keys.indexOf(key) === keys.lastIndexOf(key)));
}

function glide(el: HTMLElement, put: () => void) {
  const before = places(el);
  put();
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const moves = new Map<Element, [number, number]>();
  for (const [row, [left, top]] of places(el)) {
    const old = before.get(row);
    // What a row holds moves with it.
    const carried = moves.get(row.parentElement!.closest('[data-key]')!) ?? [0, 0];
    const move: [number, number] = old ? [old[0] - left, old[1] - top] : carried;
    moves.set(row, move);
    const [x, y] = [move[0] - carried[0], move[1] - carried[1]];
    if (x || y)
      row.animate([{ transform: `translate(${x}px,${y}px)` }, { transform: 'none' }], {
        duration: MOVE_MS,
        easing: 'ease-in-out',
      });
  }
}

/** Where keyed rows stand in the block, in its own pixels; shapes of a drawing place themselves. */
function places(el: HTMLElement): Map<HTMLElement, [number, number]> {
  const rows = el.querySelectorAll<HTMLElement>('[data-key]');
  return new Map(
    [...rows]
      .filter((row) => row instanceof HTMLElement)
      .map((row) => {
        let [left, top] = [row.offsetLeft, row.offsetTop];
        for (
          let up = row.offsetParent;
          up instanceof HTMLElement && up !== el && el.contains(up);
          up = up.offsetParent
        ) {
          left += up.offsetLeft;
          top += up.offsetTop;
        }
        return [row, [left, top]];
      }),
  );
}
