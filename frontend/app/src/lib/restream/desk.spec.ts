import { expect, it } from 'vitest';
import type { Overlay, PanelState, Restream } from '$lib/api/types';
import { deskPanels, liveCells, overlayGroups, roleHere } from './desk';

const overlay = { name: 'default', title: 'Inventory', width: 1280, height: 720, url: '/demi-a/overlay?view=default' };
const state = (key: string, tracker_type: string, title: string, overlays: Overlay[] = []): PanelState => {
  return { key, tracker_type, title, state: 'ready', editable: true, overlays };
};
const restream = {
  slug: 'demi-a',
  tracker_type: 'one',
  indices_template: 'season',
  panels: [
    { key: 'main', tracker_type: 'one', participants: [] },
    { key: 'second', tracker_type: 'two', title: 'Second', participants: [2], source: 'demi-b/main' },
    { key: 'empty', tracker_type: 'none', participants: [] },
  ],
  participants: [
    { slot: 1, label: 'Alice' },
    { slot: 2, label: 'Bob' },
  ],
  layout: { live: [] },
  panels_state: [
    state('main', 'one', 'First quest', [overlay]),
    { ...state('second', 'two', 'Theirs'), source: 'demi-b/main', state: 'failed', editable: false },
    state('empty', 'none', ''),
  ],
  indices: { state: 'ready', overlays: [] },
} as unknown as Restream;

it('shows the panels that have something to show, each with its slots and width', () => {
  expect(deskPanels(restream)).toMatchObject([
    { key: 'main', title: 'First quest', state: 'ready', span: 12, participants: [] },
    { key: 'second', title: 'Theirs', state: 'failed', editable: false, span: 12, participants: [2] },
  ]);
});

it('orders panels as the live page does, and puts what no layout names below', () => {
  const layout = {
    live: [
      { panel: 'indices', span: 4 },
      { panel: 'gone', span: 4 },
      { panel: 'second', span: 8 },
    ],
    overlay: { width: 1920, height: 1080, panels: [] },
  };
  const placed = { ...restream, layout };
  expect(liveCells(placed)).toEqual([
    { panel: 'indices', span: 4 },
    { panel: 'second', span: 8 },
    { panel: 'main', span: 12 },
  ]);
  expect(deskPanels(placed).map((panel) => panel.key)).toEqual(['second', 'main']);
});

it('groups overlays by panel, with the slots each can be narrowed to, and leaves out what has none', () => {
  const panels_state = [state('main', 'one', 'M', [overlay]), state('second', 'two', 'S', [overlay])];
  const both: Restream = { ...restream, panels_state, indices: { state: 'ready', overlays: [overlay] } };
  const groups = overlayGroups(both, deskPanels(both), 'Sheet');
  expect(groups.map((group) => [group.panel, group.slots])).toEqual([
    ['main', [1, 2]],
    ['second', [2]],
    ['indices', []],
  ]);
  expect(overlayGroups(restream, deskPanels(restream), 'Sheet').map((group) => group.panel)).toEqual(['main']);
});

it.each([
  [undefined, undefined, 'viewer'],
  ['restreamer', 'viewer', 'restreamer'],
  ['viewer', 'admin', 'admin'],
] as const)('with %s here and %s everywhere one is %s', (here, everywhere, role) => {
  expect(roleHere(here && { my_role: here }, everywhere)).toBe(role);
});
