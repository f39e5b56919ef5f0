import type { Canvas, LiveCell, Overlay, Placement, Restream } from '$lib/api/types';
import { canvasOf, indicesPanel, liveCells, type DeskPanel } from '$lib/restream/desk';
import { moved, resized } from './grid';
import { snap, type Box, type Snapped } from './snap';

export interface Source {
  key: string;
  title: string;
  overlays: Overlay[];
  slots: number[];
}

/** A placement as it is edited: with a key of its own, for the same view may stand twice. */
export interface Placed extends Placement {
  id: number;
}

export const scales = { least: 0.25, most: 4 } as const;
const unknownSize = { width: 640, height: 360 };

/** What the arrange page holds while a person moves things. */
export class Arrangement {
  live = $state.raw<LiveCell[]>([]);
  width = $state(1920);
  height = $state(1080);
  placed = $state.raw<Placed[]>([]);
  selected = $state<number | undefined>();
  #saved = $state('');
  #lastId = 0;

  /** As the server has it; what was moved and not saved is gone. */
  take(restream: Restream): void {
    const { width, height, panels } = canvasOf(restream);
    this.live = liveCells(restream);
    this.width = width;
    this.height = height;
    this.placed = panels.map((each) => ({ ...each, id: ++this.#lastId }));
    this.selected = this.placed[0]?.id;
    this.#saved = JSON.stringify(this.layout);
  }

  get layout(): { live: LiveCell[]; overlay: Canvas } {
    const panels = this.placed.map(({ panel, view, slot, x, y, scale }) => ({
      panel,
      ...(view ? { view } : {}),
      ...(slot ? { slot } : {}),
      x,
      y,
      scale,
    }));
    return { live: this.live, overlay: { width: this.width, height: this.height, panels } };
  }

  get dirty(): boolean {
    // Nothing was taken yet: there is nothing to lose.
    return this.#saved !== '' && JSON.stringify(this.layout) !== this.#saved;
  }

  get current(): Placed | undefined {
    return this.placed.find((each) => each.id === this.selected);
  }

  moveCell(from: number, to: number): void {
    this.live = moved(this.live, from, to);
  }

  resizeCell(index: number, span: number): void {
    this.live = resized(this.live, index, span);
  }

  add(source: Source): void {
    const id = ++this.#lastId;
    const view = source.overlays[0]?.name;
    this.placed = [...this.placed, { id, panel: source.key, ...(view ? { view } : {}), x: 0, y: 0, scale: 1 }];
    this.selected = id;
  }

  remove(id: number): void {
    this.placed = this.placed.filter((each) => each.id !== id);
    if (this.selected === id) this.selected = this.placed.at(-1)?.id;
  }

  /** Later ones lie above. */
  toFront(id: number): void {
    const found = this.placed.find((each) => each.id === id);
    if (found) this.placed = [...this.placed.filter((each) => each.id !== id), found];
  }

  change(id: number, change: Partial<Placement>): void {
    this.placed = this.placed.map((each) => (each.id === id ? tidy({ ...each, ...change }) : each));
  }

  /** To a place of the canvas, sticking to what is near. */
  drag(id: number, x: number, y: number, tolerance: number, sources: readonly Source[]): Snapped['guides'] {
    const found = this.placed.find((each) => each.id === id);
    if (!found) return {};
    const box = { ...boxOf(found, sources), x, y };
    const others = this.placed.filter((each) => each.id !== id).map((each) => boxOf(each, sources));
    const { guides, ...at } = snap(box, others, this, tolerance);
    this.change(id, at);
    return guides;
  }
}

function tidy(placed: Placed): Placed {
  const whole = (value: number) => (Number.isFinite(value) ? Math.round(value) : 0);
  const scale = Number.isFinite(placed.scale) ? placed.scale : 1;
  return {
    ...placed,
    x: whole(placed.x),
    y: whole(placed.y),
    scale: Math.round(Math.max(scales.least, Math.min(scales.most, scale)) * 1000) / 1000,
  };
}

export function overlayOf(placed: Placement, sources: readonly Source[]): Overlay | undefined {
  const overlays = sources.find((source) => source.key === placed.panel)?.overlays ?? [];
  return overlays.find((each) => each.name === placed.view) ?? overlays[0];
}

/** What a placement covers, in canvas pixels. */
export function boxOf(placed: Placement, sources: readonly Source[]): Box {
  const { width, height } = overlayOf(placed, sources) ?? unknownSize;
  return { x: placed.x, y: placed.y, width: width * placed.scale, height: height * placed.scale };
}

/** What can be put on the canvas: every panel, and the hint sheet where it has an overlay. */
export function sourcesOf(restream: Restream, panels: readonly DeskPanel[], sheet: string): Source[] {
  const all = restream.participants.map((each) => each.slot);
  const trackers = panels.map(({ key, title, overlays, participants }) => ({
    key,
    title,
    overlays,
    slots: participants.length === 0 ? all : all.filter((slot) => participants.includes(slot)),
  }));
  const overlays = restream.indices.overlays;
  return overlays.length === 0 ? trackers : [...trackers, { key: indicesPanel, title: sheet, overlays, slots: [] }];
}
