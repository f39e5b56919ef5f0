// How the lobby's broker stands, in words and as an address that games can use.

import type { LobbyStatus } from '$lib/api/lobby-types';
import type { Key } from '$lib/i18n/i18n.svelte';

export type Trouble = 'off' | 'connecting' | 'away' | 'standby';

/** A broker that is reached at once needs no banner. */
const patience = 2000;

/** What the banner is about; nothing while the lobby works. `now`: by the server's clock. */
export function troubleOf(status: LobbyStatus | undefined, now: number): Trouble | undefined {
  if (!status) return undefined;
  const { broker } = status;
  if (broker.kind === 'off') return 'off';
  if (broker.state === 'connected') return undefined;
  return broker.state === 'connecting' && now - Date.parse(broker.since) < patience ? undefined : broker.state;
}

export const troubleTitle: Record<Trouble, Key> = {
  off: 'app.lobby.off',
  connecting: 'app.lobby.connecting',
  away: 'app.lobby.away',
  standby: 'app.lobby.standby',
};
export const troubleText: Record<Trouble, Key> = {
  off: 'app.lobby.off.text',
  connecting: 'app.lobby.connecting.text',
  away: 'app.lobby.away.text',
  standby: 'app.lobby.standby.text',
};

/** One that listens on every address is reached by the one this page came from. */
export function reachable(address: string, hostname: string): string {
  return address.replace(/^(mqtts?:\/\/)(?:0\.0\.0\.0|\[::\])(?=[:/]|$)/, `$1${hostname}`);
}
