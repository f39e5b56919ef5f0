// A restream's address. The server has the last word; this only keeps people from typing what it would refuse.

export const slugLength = 40;

// First path segments that are the server's own, and `new`, which is a page of this app.
const reserved = new Set(
  (
    'api app admin auth login logout me live overlay overlays o race races invite video lobby obs ws webhooks hooks ' +
    'billing ingest plugins preset static healthz readyz metrics docs settings users new'
  ).split(' '),
);

const ligatures: Record<string, string> = { œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o', ł: 'l', đ: 'd' };

/** "Demi-finale n°2 : Été" → "demi-finale-n-2-ete". May be empty (a title of other scripts). */
export function slugify(title: string): string {
  return title
    .toLowerCase()
    .replace(/[œæßøłđ]/g, (letter) => ligatures[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, slugLength)
    .replace(/^-+|-+$/g, '');
}

export type SlugFault = 'empty' | 'shape' | 'reserved';

export function slugFault(slug: string): SlugFault | undefined {
  if (slug === '') return 'empty';
  if (!/^[a-z0-9-]{1,40}$/.test(slug)) return 'shape';
  return reserved.has(slug) ? 'reserved' : undefined;
}
