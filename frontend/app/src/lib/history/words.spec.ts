import { expect, it } from 'vitest';
import type { HistoryItem } from '$lib/api/types';
import { kindKey, lossOf } from './words';

const item = (version: number, name: string, more: Partial<HistoryItem> = {}): HistoryItem => ({
  version,
  at: '2026-01-01T00:00:00Z',
  kind: 'action',
  actor: { id: name, name, role: 'editor' },
  undone: false,
  undoable: true,
  detail: {},
  ...more,
});

it('counts what was done after a version and still stands, and names its people once', () => {
  const items = [item(5, 'Nour'), item(4, 'Sam', { undone: true }), item(3, 'Nour'), item(2, 'Théo')];
  expect(lossOf(items, 2)).toEqual({ entries: 2, people: ['Nour'] });
  expect(lossOf(items, 5)).toEqual({ entries: 0, people: [] });
});

it('has words for the kinds it knows', () => {
  expect([kindKey('reset'), kindKey('of a newer server')]).toEqual(['app.history.reset', undefined]);
});
