import { link } from '$lib/state/link.svelte';

export interface Person {
  id: string;
  name?: string;
  role?: string;
  panel?: string | null;
  slot?: number | null;
  since?: string;
}
export interface Source {
  source: string;
  panel: string;
  slot: number;
  at: string;
}

/** How often a page says that its person is still there. */
export const hereEvery = 20_000;

/** Who has the live pages of a restream open, and which programs track for it. */
export class Presence {
  /** Names are for the crew: a viewer gets the count alone. */
  people = $state.raw<Person[]>([]);
  sources = $state.raw<Source[]>([]);
  count = $state(0);
  /** Nothing is shown before the first answer: "nobody" would be wrong. */
  known = $state(false);

  take(said: unknown): void {
    if (typeof said !== 'object' || said === null) return;
    const { people, sources, count } = said as { people?: Person[]; sources?: Source[]; count?: number };
    this.people = people ?? [];
    this.sources = sources ?? [];
    this.count = count ?? this.people.length;
    this.known = true;
  }
}

/** The presence of the calling component's restream. `says`: whether this page counts as a person at work. */
export function presence(slug: () => string, says: () => boolean): Presence {
  const held = new Presence();
  $effect(() => link.follow(`presence/${slug()}`, (state) => held.take(state)));
  $effect(() => {
    // Also depends on the link: who comes back says so at once.
    if (!says() || link.state !== 'up') return;
    const topic = `presence/${slug()}`;
    const here = () => link.act(topic, { type: 'here' });
    const gone = () => link.act(topic, { type: 'gone' });
    here();
    const timer = setInterval(here, hereEvery);
    window.addEventListener('pagehide', gone);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pagehide', gone);
      gone();
    };
  });
  return held;
}
