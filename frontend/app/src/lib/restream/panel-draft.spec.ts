import { expect, it } from 'vitest';
import type { Restream } from '$lib/api/types';
import { panelDocs, sourceChoices, type DraftPanel } from './panel-draft';

const panel = (more: Partial<DraftPanel>): DraftPanel => ({
  id: 1,
  key: '',
  title: '',
  tracker: 'one',
  source: '',
  shared: false,
  slots: [],
  ...more,
});

it('makes a key from the title, which no other panel and no word of the server is', () => {
  const drafts = [
    panel({ key: 'main' }),
    panel({ title: 'Été' }),
    panel({ title: 'été' }),
    panel({ title: 'All' }),
    panel({}),
  ];
  expect(panelDocs(drafts, 2).map((doc) => doc.key)).toEqual(['main', 'ete', 'ete-2', 'all-2', 'panel']);
});

it('keeps the key of a panel that exists, whatever it is called now', () => {
  expect(panelDocs([panel({ key: 'second', title: 'Other' })], 1)).toEqual([
    { key: 'second', tracker_type: 'one', participants: [], title: 'Other' },
  ]);
});

it('says no slots where all are shown, and none that is gone', () => {
  const slots = (chosen: number[], count: number) => panelDocs([panel({ slots: chosen })], count)[0]?.participants;
  expect([slots([2, 1], 2), slots([2], 3), slots([5, 1], 3)]).toEqual([[], [2], [1]]);
});

it('offers the sessions of others, and none that is shown from elsewhere', () => {
  const restreams = [
    { slug: 'a', title: 'A', panels: [{ key: 'main', tracker_type: 'one', participants: [] }] },
    {
      slug: 'b',
      title: 'B',
      panels: [
        { key: 'main', tracker_type: 'none', participants: [] },
        { key: 'two', tracker_type: 'two', participants: [], title: 'Second' },
        { key: 'mirror', tracker_type: 'one', participants: [], source: 'a/main' },
      ],
    },
  ] as unknown as Restream[];
  for (const restream of restreams) restream.panels_state = [];
  expect(sourceChoices(restreams, 'a')).toEqual([{ value: 'b/two', label: 'B', tracker: 'two' }]);
});

it('tells the sessions of one restream apart by what they show', () => {
  const panels = [
    { key: 'main', tracker_type: 'one' },
    { key: 'two', tracker_type: 'two' },
  ];
  const panels_state = [
    { key: 'main', title: 'First quest' },
    { key: 'two', title: 'Second' },
  ];
  const restreams = [{ slug: 'b', title: 'B', panels, panels_state }] as unknown as Restream[];
  expect(sourceChoices(restreams, 'a').map((choice) => choice.label)).toEqual(['B – First quest', 'B – Second']);
});
