import type { Race, RaceItem, RaceParticipant } from '$lib/api/race-types';
import { usualConfig } from './draft.svelte';

/** A race for specs: open, with nobody in it. */
export const sampleRace = (more: Partial<Race> = {}): Race => ({
  id: '0190',
  name: 'Sunday race',
  mode: 'race-probe',
  mode_name: 'Probe',
  organizer: { id: 'u1', name: 'Camille' },
  status: 'open',
  config: { ...usualConfig },
  created_at: '2026-02-04T13:38:00Z',
  version: 1,
  server_time: '2026-02-04T13:38:00Z',
  server_time_ms: 0,
  participants: [],
  casters: [],
  revealed_to: [],
  overlays: [],
  spectators: 0,
  me: { class: 'public', organizer: false, caster: false, can: [] },
  ...more,
});

/** As a list tells it. */
export const sampleItem = (more: Partial<RaceItem> = {}): RaceItem => ({
  ...sampleRace(),
  start: 'together',
  visibility: 'public',
  max_participants: 8,
  me: { organizer: false, caster: false },
  ...more,
});

export const samplePlayer = (slot: number, more: Partial<RaceParticipant> = {}): RaceParticipant => ({
  id: `p${slot}`,
  user_id: `u${slot}`,
  name: `Player ${slot}`,
  status: 'registered',
  slot,
  colour: slot - 1,
  connected: false,
  joined_at: '2026-02-04T13:38:00Z',
  ...more,
});
