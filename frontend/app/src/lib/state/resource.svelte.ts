import { asProblem, type Problem } from '$lib/api/problem';
import { link } from './link.svelte';

/** Something the server holds and this page shows: loaded once, and again whenever it may have changed. */
export class Resource<T> {
  value = $state.raw<T | undefined>();
  problem = $state.raw<Problem | undefined>();
  #fetch: () => Promise<T>;
  #asked = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** The last answer stays in place while the next is under way, and when that one fails. */
  load = async (): Promise<void> => {
    const asked = ++this.#asked;
    try {
      const value = await this.#fetch();
      if (asked !== this.#asked) return;
      this.value = value;
      this.problem = undefined;
    } catch (thrown) {
      if (asked === this.#asked) this.problem = asProblem(thrown);
    }
  };
}

/** A resource of the calling component: follows the live link, and asks again when the window gets the focus. */
export function resource<T>(fetch: () => Promise<T>): Resource<T> {
  const held = new Resource(fetch);
  $effect(() => {
    const load = () => void held.load();
    load();
    const unlisten = link.onChange(load);
    window.addEventListener('focus', load);
    return () => {
      unlisten();
      window.removeEventListener('focus', load);
    };
  });
  return held;
}
