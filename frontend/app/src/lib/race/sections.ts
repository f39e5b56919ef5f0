import type { Race, RaceStatus } from '$lib/api/race-types';
import { find } from '$lib/shell/find';

export const sections = ['own', 'running', 'coming', 'past'] as const;
export type Section = (typeof sections)[number];

/** Each race once: one's own that is not over stands apart from everybody's. */
export function sectionOf(race: Race): Section {
  if (race.status === 'finished' || race.status === 'cancelled') return 'past';
  if (race.me.organizer || race.me.caster || race.me.participant_id) return 'own';
  return race.status === 'countdown' || race.status === 'running' ? 'running' : 'coming';
}

export interface RaceGroup {
  section: Section;
  races: Race[];
}

/** What matches, by section: the next start first, of those that are over the last one. */
export function groupRaces(races: readonly Race[], question: string, status: RaceStatus | 'all'): RaceGroup[] {
  const shown = matching(races, question).filter((race) => status === 'all' || race.status === status);
  return sections
    .map((section) => ({ section, races: shown.filter((race) => sectionOf(race) === section).sort(order[section]) }))
    .filter((group) => group.races.length > 0);
}

/** By name, mode, organizer and players. */
function matching(races: readonly Race[], question: string): Race[] {
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

const newest = (a: Race, b: Race) => b.created_at.localeCompare(a.created_at);
/** Those that run, then by their planned start; what has none comes last, the newest first. */
const soonest = (a: Race, b: Race) =>
  Number(b.status === 'running') - Number(a.status === 'running') ||
  (a.scheduled_start ?? '9').localeCompare(b.scheduled_start ?? '9') ||
  newest(a, b);
const latest = (a: Race, b: Race) => (b.finished_at ?? b.created_at).localeCompare(a.finished_at ?? a.created_at);
const order: Record<Section, (a: Race, b: Race) => number> = {
  own: soonest,
  running: soonest,
  coming: soonest,
  past: latest,
};
