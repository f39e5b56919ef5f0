import type { Restream } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';
import type { LampTone } from '$lib/ui/Lamp.svelte';

type TrackerState = Restream['tracker']['state'];

export const trackerWords: Record<TrackerState, Key> = {
  ready: 'app.tracker.ready',
  stale: 'app.tracker.stale',
  failed: 'app.tracker.failed',
  none: 'app.tracker.none',
};

export const trackerTones: Record<TrackerState, LampTone> = {
  ready: 'on',
  stale: 'wait',
  failed: 'broken',
  none: 'off',
};
