import type { Restream } from '$lib/api/types';
import { find } from '$lib/shell/find';

/** By title, address and people; enabled ones first, then the newest. */
export function filterRestreams(restreams: readonly Restream[], question: string): Restream[] {
  const sorted = [...restreams].sort((a, b) => Number(b.enabled) - Number(a.enabled) || b.id - a.id);
  if (question.trim() === '') return sorted;
  const rows = sorted.map((restream) => ({
    id: restream.slug,
    label: restream.title,
    detail: `/${restream.slug} ${restream.participants.map((each) => each.label).join(' ')}`,
    run: () => {},
    restream,
  }));
  const found = new Set(find(rows, question).map((row) => row.id));
  return sorted.filter((restream) => found.has(restream.slug));
}
