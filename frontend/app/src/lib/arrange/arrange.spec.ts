import { describe, expect, it } from 'vitest';
import type { Restream } from '$lib/api/types';
import { Arrangement, boxOf, type Source } from './arrangement.svelte';
import { moved, resized } from './grid';
import { snap } from './snap';

const cells = ['a', 'b', 'c'].map((panel) => ({ panel, span: 6 }));
const keys = (list: { panel: string }[]) => list.map((each) => each.panel).join('');

it.each([
  [0, 2, 'bca'],
  [2, 0, 'cab'],
  [1, 9, 'acb'],
  [1, -9, 'bac'],
  [7, 0, 'abc'],
])('moves cell %d to %d: %s', (from, to, order) => {
  expect(keys(moved(cells, from, to))).toBe(order);
});

it.each([
  [0, 2],
  [7.6, 8],
  [99, 12],
])('keeps a span of %d within the columns: %d', (span, kept) => {
  expect(resized(cells, 1, span).map((cell) => cell.span)).toEqual([6, kept, 6]);
});

describe('a dragged box', () => {
  const canvas = { width: 1920, height: 1080 };
  const box = (x: number, y: number) => ({ x, y, width: 100, height: 50 });

  it('sticks to the canvas and its middle', () => {
    expect(snap(box(6, 1027), [], canvas, 8)).toEqual({ x: 0, y: 1030, guides: { x: 0, y: 1080 } });
    expect(snap(box(913, 300), [], canvas, 8)).toEqual({ x: 910, y: 300, guides: { x: 960 } });
  });

  it('sticks to other boxes, to the nearest line, and to nothing that is far', () => {
    expect(snap(box(405, 300), [{ x: 300, y: 0, width: 100, height: 10 }], canvas, 8).x).toBe(400);
    expect(snap(box(420, 300), [{ x: 300, y: 0, width: 100, height: 10 }], canvas, 8)).toEqual({
      x: 420,
      y: 300,
      guides: {},
    });
  });
});

describe('an arrangement', () => {
  const sources: Source[] = [
    {
      key: 'main',
      title: 'Main',
      overlays: [{ name: 'default', title: 'Inventory', width: 400, height: 200, url: '/a/overlay?view=default' }],
      slots: [1],
    },
  ];
  const restream = {
    layout: { live: [] },
    indices: { state: 'none', overlays: [] },
    indices_template: 'none',
    panels: [{ key: 'main', tracker_type: 'one', participants: [] }],
    participants: [],
  } as unknown as Restream;
  const taken = () => {
    const arrangement = new Arrangement();
    arrangement.take(restream);
    return arrangement;
  };

  it('is changed once something moved, and not when it is back', () => {
    expect(new Arrangement().dirty).toBe(false);
    const arrangement = taken();
    expect(arrangement.dirty).toBe(false);
    arrangement.resizeCell(0, 6);
    expect(arrangement.dirty).toBe(true);
    arrangement.resizeCell(0, 12);
    expect(arrangement.dirty).toBe(false);
  });

  it('places, drags and scales within bounds, and says only what was set', () => {
    const arrangement = taken();
    arrangement.add(sources[0]!);
    const id = arrangement.selected!;
    arrangement.change(id, { scale: 0.5, slot: 1 });
    arrangement.drag(id, 1716.4, 300.2, 8, sources);
    expect(arrangement.layout.overlay.panels).toEqual([
      { panel: 'main', view: 'default', slot: 1, x: 1720, y: 300, scale: 0.5 },
    ]);
    expect(boxOf(arrangement.current!, sources)).toEqual({ x: 1720, y: 300, width: 200, height: 100 });
    arrangement.change(id, { scale: 99, x: Number.NaN });
    expect(arrangement.current).toMatchObject({ scale: 4, x: 0 });
  });

  it('puts one in front of the others, and selects another where it is removed', () => {
    const arrangement = taken();
    arrangement.add(sources[0]!);
    const first = arrangement.selected!;
    arrangement.add(sources[0]!);
    arrangement.toFront(first);
    expect(arrangement.placed.at(-1)?.id).toBe(first);
    arrangement.selected = first;
    arrangement.remove(first);
    expect(arrangement.placed).toHaveLength(1);
    expect(arrangement.current).toBeDefined();
  });
});
