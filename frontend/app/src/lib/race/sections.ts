import type { RaceItem, RaceStatus } from '$lib/api/race-types';
import { find } from '$lib/shell/find';

export const sections = ['own', 'running', 'coming', 'past'] as const;
export type Section = (typeof sections)[number];

/** Each race once: one's own that is not over stands apart from everybody's. */
export function sectionOf(race: RaceItem): Section {
  if (race.status === 'finished' || race.status === 'cancelled') return 'past';
  if (race.me.organizer || race.me.caster || race.me.participant_id) return 'own';
  return isOn(race) ? 'running' : 'coming';
}

export interface RaceGroup {
  section: Section;
  races: RaceItem[];
}

/** What matches, by section: the next start first, of those that are over the last one. */
export function groupRaces(races: readonly RaceItem[], question: string, status: RaceStatus | 'all'): RaceGroup[] {
  const shown = matching(races, question).filter((race) => status === 'all' || race.status === status);
  return sections
    .map((section) => ({ section, races: shown.filter((race) => sectionOf(race) === section).sort(order[section]) }))
    .filter((group) => group.races.length > 0);
}

/** By name, mode, organizer and players. */
function matching(races: readonly RaceItem[], question: string): RaceItem[] {
  if (question.trim() === '') return [...races];
  const rows = races.map((race) => ({
    id: race.id,
    label: race.name,
    detail: [race.mode_name, race.organizer.name, ...race.participants.map((each) => each.name)].join(' '),
    run: () => {},
  }));
  const found = new Set(find(rows, question).map((row) => row.id));
  return races.filter((race) => found.has(race.id));
}

const isOn = ({ status }: RaceItem) => status === 'running' || status === 'countdown';
const newest = (a: RaceItem, b: RaceItem) => b.created_at.localeCompare(a.created_at);
/** Those that run, then by their planned start; what has none comes last, the newest first. */
const soonest = (a: RaceItem, b: RaceItem) =>
  Number(isOn(b)) - Number(isOn(a)) ||
  (a.scheduled_start ?? '9').localeCompare(b.scheduled_start ?? '9') ||
  newest(a, b);
const latest = (a: RaceItem, b: RaceItem) =>
  (b.finished_at ?? b.created_at).localeCompare(a.finished_at ?? a.created_at);
const order: Record<Section, (a: RaceItem, b: RaceItem) => number> = {
  own: soonest,
  running: soonest,
  coming: soonest,
  past: latest,
};
