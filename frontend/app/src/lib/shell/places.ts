import { resolve } from '$app/paths';
import type { Role } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';
import BookmarkCheck from '@lucide/svelte/icons/bookmark-check';
import Dices from '@lucide/svelte/icons/dices';
import Flag from '@lucide/svelte/icons/flag';
import KeyRound from '@lucide/svelte/icons/key-round';
import Layers from '@lucide/svelte/icons/layers';
import MonitorPlay from '@lucide/svelte/icons/monitor-play';
import Network from '@lucide/svelte/icons/network';
import Puzzle from '@lucide/svelte/icons/puzzle';
import Server from '@lucide/svelte/icons/server';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Users from '@lucide/svelte/icons/users';

export interface Place {
  href: string;
  label: Key;
  icon: typeof Server;
  /** Below this role the place is not shown. */
  role: Role;
}

export const places: Place[] = [
  { href: resolve('/restreams'), label: 'app.restreams', icon: MonitorPlay, role: 'viewer' },
  { href: resolve('/races'), label: 'app.races', icon: Flag, role: 'viewer' },
  { href: resolve('/lobby'), label: 'app.lobby', icon: Network, role: 'viewer' },
  { href: resolve('/overlays'), label: 'app.overlays.place', icon: Layers, role: 'restreamer' },
  { href: resolve('/presets'), label: 'app.presets', icon: BookmarkCheck, role: 'restreamer' },
  { href: resolve('/keys'), label: 'app.keys', icon: KeyRound, role: 'restreamer' },
  { href: resolve('/plugins'), label: 'app.plugins', icon: Puzzle, role: 'restreamer' },
  { href: resolve('/pools'), label: 'app.pools', icon: Dices, role: 'admin' },
  { href: resolve('/users'), label: 'app.users', icon: Users, role: 'admin' },
  { href: resolve('/admin'), label: 'app.admin', icon: Server, role: 'admin' },
  { href: resolve('/settings'), label: 'app.settings', icon: SlidersHorizontal, role: 'viewer' },
];

/** As many as a thumb can tell apart at the bottom of a phone; the others are behind “More”. */
export const thumbPlaces = 4;
