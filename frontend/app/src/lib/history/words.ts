import type { HistoryItem } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';

const kinds: Record<string, Key> = {
  action: 'app.history.action',
  create: 'app.history.create',
  reset: 'app.history.reset',
  preset: 'app.history.preset',
  hand_edit: 'app.history.hand-edit',
  migration: 'app.history.migration',
  undo: 'app.history.undo',
  redo: 'app.history.redo',
  restore: 'app.history.restore',
  delete: 'app.history.delete',
  labels: 'app.history.labels',
};

/** The kind of an entry in words; of a kind that a newer server knows, its name. */
export const kindKey = (kind: string): Key | undefined => kinds[kind];

/** Kinds after which a session is another one, so that "as it was before" is worth a button of its own. */
export const breaks = new Set(['reset', 'preset', 'restore', 'delete', 'create', 'hand_edit']);

export interface Loss {
  /** Entries that stand after the version, newest first. */
  entries: number;
  /** Whose they are. */
  people: string[];
}

/** What bringing back `version` takes away: everything that was done after it and still stands. */
export function lossOf(items: readonly HistoryItem[], version: number): Loss {
  const later = items.filter((item) => item.version > version && !item.undone && item.kind !== 'labels');
  return { entries: later.length, people: [...new Set(later.map((item) => item.actor.name).filter(Boolean))] };
}
