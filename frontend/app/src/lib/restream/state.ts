import type { Key } from '$lib/i18n/i18n.svelte';
import type { LampTone } from '$lib/ui/Lamp.svelte';

const words: Record<string, Key> = {
  ready: 'app.tracker.ready',
  stale: 'app.tracker.stale',
  failed: 'app.tracker.failed',
  none: 'app.tracker.none',
};

const tones: Record<string, LampTone> = {
  ready: 'on',
  stale: 'wait',
  failed: 'broken',
  none: 'off',
};

/** A state of a newer server reads as no tracker, rather than as a broken page. */
export const trackerWord = (state: string): Key => words[state] ?? 'app.tracker.none';

export const trackerTone = (state: string): LampTone => tones[state] ?? 'off';
