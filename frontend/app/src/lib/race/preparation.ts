// What a player does between joining and the start.

import type { Race, RaceParticipant } from '$lib/api/race-types';
import type { Key } from '$lib/i18n/i18n.svelte';
import { hasPacks } from './phase';

export interface Task {
  step: 'download' | 'unzip' | 'launch' | 'ready';
  title: Key;
  text: Key;
}

const withPack: Task[] = [
  { step: 'download', title: 'app.join.download', text: 'app.join.download.text' },
  { step: 'unzip', title: 'app.join.unzip', text: 'app.join.unzip.text' },
  { step: 'launch', title: 'app.join.launch', text: 'app.join.launch.text' },
  { step: 'ready', title: 'app.join.ready', text: 'app.join.ready.text' },
];
const inBrowser: Task[] = [{ step: 'ready', title: 'app.join.ready', text: 'app.join.ready.browser' }];

/** Players of a race without packs play in the browser. */
export const preparation = (race: Race): Task[] => (hasPacks(race) ? withPack : inBrowser);

/** How many of these tasks are done; what happens on the player's own computer shows when their game connects. */
export function prepared(race: Race, player: Pick<RaceParticipant, 'status' | 'connected'>): number {
  const tasks = preparation(race).length;
  if (player.status !== 'registered') return tasks;
  return hasPacks(race) && player.connected ? tasks - 1 : 0;
}
