import type { Restream } from '$lib/api/types';

/** What a key for one restream opens: its trackers (all panels) and its hint sheet; no surfaces means every surface. */
export function scopeOf(restream: Pick<Restream, 'id' | 'slug'>, overlaysOnly: boolean) {
  return {
    topics: [`tracker/${restream.id}`, `indices/${restream.slug}`],
    surfaces: overlaysOnly ? ['overlay'] : [],
  };
}
