import { asProblem, type Problem } from '$lib/api/problem';

type Cursor = number;
interface List<T> {
  items: T[];
  next?: Cursor | null;
}

/** A list that is read page by page, newest first, and again from its top when something happened. */
export class Pages<T extends { version: number }> {
  items = $state.raw<T[] | undefined>();
  next = $state.raw<Cursor | undefined>();
  problem = $state.raw<Problem | undefined>();
  busy = $state(false);
  #page: (after?: Cursor) => Promise<List<T>>;
  #asked = 0;

  constructor(page: (after?: Cursor) => Promise<List<T>>) {
    this.#page = page;
  }

  /** Newest entries anew; older ones that were read already stay, unless they are of another list. */
  load = async (fresh = false): Promise<void> => {
    const asked = ++this.#asked;
    if (fresh) this.items = this.next = undefined;
    await this.#read(asked, undefined, (page) => {
      const rest = (this.items ?? []).filter((item) => item.version < (page.at(-1)?.version ?? 0));
      // Where the page reaches the end there is nothing older, whatever was read before.
      return { items: [...page, ...rest], keepNext: rest.length > 0 };
    });
  };

  more = async (): Promise<void> => {
    if (this.next === undefined || this.busy) return;
    const before = this.items ?? [];
    await this.#read(++this.#asked, this.next, (page) => ({ items: [...before, ...page], keepNext: false }));
  };

  async #read(asked: number, after: Cursor | undefined, join: (page: T[]) => { items: T[]; keepNext: boolean }) {
    this.busy = true;
    try {
      const answer = await this.#page(after);
      if (asked !== this.#asked) return;
      const { items, keepNext } = join(answer.items);
      this.items = items;
      if (!keepNext) this.next = answer.next ?? undefined;
      this.problem = undefined;
    } catch (thrown) {
      if (asked === this.#asked) this.problem = asProblem(thrown);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
