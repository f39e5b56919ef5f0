import type { ProfileRace } from '$lib/api/race-types';

export interface Summary {
  races: number;
  finished: number;
  won: number;
}

/** What a person's results come to; a place counts once its race is over. */
export function summary(races: readonly ProfileRace[]): Summary {
  return {
    races: races.length,
    finished: races.filter((race) => race.status_of === 'finished').length,
    won: races.filter((race) => race.status === 'finished' && race.status_of === 'finished' && race.place === 1).length,
  };
}
