// What the desk of a restream shows, from what the server says of it.

import type { Canvas, LiveCell, Overlay, PanelState, Restream, Role } from '$lib/api/types';

/** The panel key that the hint sheet goes by wherever panels are named. */
export const indicesPanel = 'indices';

export interface DeskPanel extends PanelState {
  /** Slots; none: all. */
  participants: number[];
  shared: boolean;
  /** Columns of 12 on the live page. */
  span: number;
}

/** The panels that show something, in the order of the live page. */
export function deskPanels(restream: Restream): DeskPanel[] {
  const live = liveCells(restream);
  const at = (key: string) => live.findIndex((cell) => cell.panel === key);
  return restream.panels_state
    .filter((panel) => panel.tracker_type !== 'none' || panel.source)
    .map((panel) => {
      const document = restream.panels.find((each) => each.key === panel.key);
      return {
        ...panel,
        participants: document?.participants ?? [],
        shared: document?.shared ?? false,
        span: live[at(panel.key)]?.span ?? 12,
      };
    })
    .sort((a, b) => at(a.key) - at(b.key));
}

/** Where everything stands on the live page; what the layout does not name follows below, over the whole width. */
export function liveCells(restream: Restream): LiveCell[] {
  const there = restream.panels
    .filter((panel) => panel.tracker_type !== 'none' || panel.source)
    .map((each) => each.key);
  if (restream.indices_template !== 'none') there.push(indicesPanel);
  const placed = restream.layout.live.filter((cell) => there.includes(cell.panel));
  const rest = there.filter((key) => !placed.some((cell) => cell.panel === key));
  return [...placed, ...rest.map((panel) => ({ panel, span: 12 }))];
}

export const canvasOf = (restream: Restream): Canvas =>
  restream.layout.overlay ?? { width: 1920, height: 1080, panels: [] };

export interface OverlayGroup {
  panel: string;
  title: string;
  overlays: Overlay[];
  /** The hint sheet has one page; a tracker also one for each of these slots. */
  slots: number[];
}

/** Every browser source of a restream, by panel. */
export function overlayGroups(restream: Restream, panels: readonly DeskPanel[], sheet: string): OverlayGroup[] {
  const all = restream.participants.map((each) => each.slot);
  const groups = panels.map(({ key, title, overlays, participants }) => ({
    panel: key,
    title,
    overlays,
    slots: participants.length === 0 ? all : all.filter((slot) => participants.includes(slot)),
  }));
  const indices = restream.indices.overlays;
  return [...groups, { panel: indicesPanel, title: sheet, overlays: indices, slots: [] }].filter(
    (group) => group.overlays.length > 0,
  );
}

const ranks: Role[] = ['viewer', 'editor', 'restreamer', 'admin'];

/** What the signed-in person may do here: the larger of the role everywhere and the grant on this restream. */
export function roleHere(restream: Pick<Restream, 'my_role'> | undefined, everywhere: Role | undefined): Role {
  return (
    ranks[Math.max(0, ...[restream?.my_role, everywhere].map((role) => (role ? ranks.indexOf(role) : 0)))] ?? 'viewer'
  );
}
