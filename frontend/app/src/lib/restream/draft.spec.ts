import { describe, expect, it } from 'vitest';
import type { Restream } from '$lib/api/types';
import { Draft } from './draft.svelte';

const restream: Restream = {
  id: 1,
  slug: 'demi-a',
  description: '',
  title: 'Demi A',
  enabled: true,
  tracker_type: 'one',
  indices_template: 'none',
  panels: [
    { key: 'main', tracker_type: 'one', participants: [] },
    { key: 'second', tracker_type: 'two', title: 'Second', participants: [2], source: 'demi-b/main', shared: true },
  ],
  participants: [
    { slot: 1, label: 'Alice', team: null, final_time: '1:02:03', show_final_time: true },
    { slot: 2, label: 'Bob', team: 'Red', show_final_time: false },
  ],
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  tracker: { state: 'none', overlays: [] },
  layout: { live: [] },
  panels_state: [],
  indices: { state: 'none', overlays: [] },
  my_role: 'restreamer',
  urls: { page: '/demi-a', live: '/demi-a/live', overlay: '/demi-a/overlay', composed: '/demi-a/overlay?panel=all' },
};

const labels = (draft: Draft) => draft.participants.map((row) => row.label);

describe('a draft', () => {
  it('suggests the address from the title until a person writes one', () => {
    const draft = Draft.blank();
    draft.retitle('Été 1');
    expect(draft.slug).toBe('ete-1');
    draft.slug = 'mine';
    draft.slugTouched = true;
    draft.retitle('Été 2');
    expect(draft.slug).toBe('mine');
  });

  it('keeps the address of a restream that exists, unless a person writes another', () => {
    const draft = Draft.of(restream);
    draft.retitle('Another');
    expect('slug' in draft.toPatch()).toBe(false);
    draft.slug = 'demi-b';
    expect(draft.toPatch().slug).toBe('demi-b');
  });

  it('sends back what it was given', () => {
    expect(Draft.of(restream).toPatch().participants).toEqual([
      { label: 'Alice', final_time: '1:02:03', show_final_time: true },
      { label: 'Bob', team: 'Red', show_final_time: false },
    ]);
  });

  it('sends back the panels it was given', () => {
    expect(Draft.of(restream).toPatch().panels).toEqual(restream.panels);
  });

  it('keeps main as the first panel, and never loses it', () => {
    const draft = Draft.of(restream);
    draft.addPanel();
    draft.movePanel(1, -1);
    draft.movePanel(2, -1);
    draft.removePanel(0);
    expect(draft.panels.map((panel) => panel.key)).toEqual(['main', '', 'second']);
    draft.removePanel(2);
    expect(draft.panels).toHaveLength(2);
  });

  it('asks for a preset only where one was chosen', () => {
    const draft = Draft.blank();
    expect('preset' in draft.toNew()).toBe(false);
    draft.preset = 'bingo';
    expect(draft.toNew().preset).toBe('bingo');
  });

  it('moves rows and stays put at the ends', () => {
    const draft = Draft.of(restream);
    draft.move(0, 1);
    expect(labels(draft)).toEqual(['Bob', 'Alice']);
    draft.move(1, 1);
    draft.move(0, -1);
    expect(labels(draft)).toEqual(['Bob', 'Alice']);
  });

  it('names the fields it shows, and no row it does not have', () => {
    const draft = Draft.of(restream);
    expect(['slug', 'participants', 'participants.1.label', 'panels.1.source'].filter(draft.hasField)).toHaveLength(4);
    expect(['participants.2.label', 'participants.0', 'panels.2.title', 'id'].filter(draft.hasField)).toHaveLength(0);
  });
});
