// Where a race stands, and the one thing its organizer does next.

import type { Race, RaceAct, RaceParticipant } from '$lib/api/race-types';
import type { Key } from '$lib/i18n/i18n.svelte';
import type { LampTone } from '$lib/ui/Lamp.svelte';
import type { ParticipantStatus, RaceStatus } from '$lib/api/race-types';

export const steps = ['open', 'players', 'packs', 'start', 'finish'] as const;
export type Step = (typeof steps)[number];

/** The step that is to be done now; nothing once a race is over. Packs are a step only where there are some. */
export function stepOf(race: Race): Step | undefined {
  if (race.status === 'draft') return 'open';
  if (race.status === 'countdown' || race.status === 'running') return 'finish';
  if (race.status !== 'open') return undefined;
  if (race.participants.length === 0) return 'players';
  return hasPacks(race) && !race.seeds_released_at ? 'packs' : 'start';
}

/** Whether players download something before they start. Those of a race without a pool may play in the browser. */
export const hasPacks = (race: Race): boolean => Boolean(race.pool || race.seeds_released_at);

export const stepsOf = (race: Race): Step[] => steps.filter((step) => step !== 'packs' || hasPacks(race));

export const may = (race: Race, act: RaceAct): boolean => race.me.can.includes(act);

const terminal = new Set<ParticipantStatus>(['finished', 'abandoned', 'disqualified']);
export const hasEnded = (participant: Pick<RaceParticipant, 'status'>): boolean => terminal.has(participant.status);

export const myself = (race: Race): RaceParticipant | undefined =>
  race.participants.find((each) => each.id === race.me.participant_id);

/** By place, then as they joined. */
export const ranked = (race: Race): RaceParticipant[] =>
  [...race.participants].sort((a, b) => (a.place ?? Infinity) - (b.place ?? Infinity) || a.slot - b.slot);

/** "A" for the first slot, "Z", then "A2". */
export const letter = (slot: number): string => {
  const round = Math.floor((slot - 1) / 26);
  return String.fromCharCode(65 + ((slot - 1) % 26)) + (round === 0 ? '' : String(round + 1));
};

const words: Record<RaceStatus, Key> = {
  draft: 'app.race.draft',
  open: 'app.race.open',
  countdown: 'app.race.countdown',
  running: 'app.race.running',
  finished: 'app.race.finished',
  cancelled: 'app.race.cancelled',
};
const tones: Record<RaceStatus, LampTone> = {
  draft: 'off',
  open: 'wait',
  countdown: 'wait',
  running: 'on',
  finished: 'off',
  cancelled: 'off',
};
export const raceStatuses = Object.keys(words) as RaceStatus[];
export const raceWord = (status: RaceStatus): Key => words[status];
export const raceTone = (status: RaceStatus): LampTone => tones[status];

const playerWords: Record<ParticipantStatus, Key> = {
  registered: 'app.runner.registered',
  ready: 'app.runner.ready',
  playing: 'app.runner.playing',
  finished: 'app.runner.finished',
  abandoned: 'app.runner.abandoned',
  disqualified: 'app.runner.disqualified',
};
const playerTones: Record<ParticipantStatus, LampTone> = {
  registered: 'off',
  ready: 'on',
  playing: 'on',
  finished: 'on',
  abandoned: 'off',
  disqualified: 'broken',
};
export const playerWord = (status: ParticipantStatus): Key => playerWords[status];
export const playerTone = (status: ParticipantStatus): LampTone => playerTones[status];
