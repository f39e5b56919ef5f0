import type { Panel, Restream } from '$lib/api/types';
import { slugify, slugLength } from './slug';

/** A panel while a person writes it. */
export interface DraftPanel {
  /** Of this form only, to tell rows apart while they move. */
  id: number;
  /** Empty until it is saved for the first time: made from the title then. */
  key: string;
  title: string;
  tracker: string;
  /** `<other slug>/<panel>`; empty: it has a session of its own. */
  source: string;
  shared: boolean;
  /** Slots; none: all. */
  slots: number[];
}

/** Names that mean something else wherever panels are named. */
const taken = ['main', 'indices', 'all'];

/** The document of a panel; new ones get a key from their title that none of `keys` is. */
export function panelDocs(drafts: readonly DraftPanel[], slotCount: number): Panel[] {
  const keys = new Set([...taken, ...drafts.map((draft) => draft.key)]);
  return drafts.map((draft) => {
    const key = draft.key === '' ? freshKey(draft.title, keys) : draft.key;
    keys.add(key);
    const slots = draft.slots.filter((slot) => slot <= slotCount).sort((a, b) => a - b);
    return {
      key,
      tracker_type: draft.tracker,
      // All of them is said by none: so that a participant who is added later is on it.
      participants: slots.length === slotCount ? [] : slots,
      ...(draft.title.trim() !== '' && { title: draft.title.trim() }),
      ...(draft.source !== '' && { source: draft.source, shared: draft.shared }),
    };
  });
}

function freshKey(title: string, keys: ReadonlySet<string>): string {
  const base = slugify(title).slice(0, slugLength - 3) || 'panel';
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base}-${n}`;
    if (!keys.has(key)) return key;
  }
}

export interface SourceChoice {
  value: string;
  label: string;
  tracker: string;
}

/** Sessions of other restreams that a panel can show. One that only shows another's is no source itself. */
export function sourceChoices(restreams: readonly Restream[], own: string): SourceChoice[] {
  return restreams
    .filter((restream) => restream.slug !== own)
    .flatMap((restream) => {
      const panels = restream.panels.filter((panel) => panel.tracker_type !== 'none' && !panel.source);
      return panels.map(({ key, tracker_type }) => {
        const title = restream.panels_state.find((state) => state.key === key)?.title ?? key;
        return {
          value: `${restream.slug}/${key}`,
          label: panels.length === 1 ? restream.title : `${restream.title} – ${title}`,
          tracker: tracker_type,
        };
      });
    });
}
