// What a new session needs, said before the server has to.

import type { NewSession } from '$lib/api/lobby-types';
import type { Key } from '$lib/i18n/i18n.svelte';

export const nameAtMost = 100;
export const playersAtMost = 1000;

export interface SessionForm {
  model_name: string;
  min: number | null;
  /** Empty: no limit. */
  max: number | null;
}

export type Faults = Partial<Record<keyof NewSession, Key>>;

const isCount = (n: number, least: number) => Number.isInteger(n) && n >= least && n <= playersAtMost;

/** As the server checks it. */
export function faultsOf({ model_name, min, max }: SessionForm): Faults {
  const faults: Faults = {};
  const name = model_name.trim();
  if (name === '') faults.model_name = 'app.lobby.new.name.empty';
  else if (Array.from(name).length > nameAtMost) faults.model_name = 'app.lobby.new.name.long';
  if (min === null || !isCount(min, 0)) faults.num_players_min = 'app.lobby.new.min.bounds';
  if (max === null) return faults;
  if (!isCount(max, 1)) faults.num_players_max = 'app.lobby.new.max.bounds';
  else if (min !== null && max < min) faults.num_players_max = 'app.lobby.new.max.below';
  return faults;
}

export const bodyOf = ({ model_name, min, max }: SessionForm): NewSession => ({
  model_name: model_name.trim(),
  num_players_min: min ?? 0,
  num_players_max: max ?? 0,
});
