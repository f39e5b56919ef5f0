// Who follows the lobby's topic is there. It is followed on while another page of the app is open: who looks at a race for a
// moment does not want to lose their place.

import type { LobbyPicture } from '$lib/api/lobby-types';
import { link } from '$lib/state/link.svelte';
import { ownOf, type Me } from './session';

export const topic = 'lobby';
let leave: (() => void) | undefined;

/** Until one is in no session any more. */
export function stay(me: Me): void {
  leave?.();
  leave = link.follow(topic, (state) => {
    if (!ownOf((state as LobbyPicture).items, me)) stayNoLonger();
  });
}

export function stayNoLonger(): void {
  leave?.();
  leave = undefined;
}
