import type { Plugin } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';
import type { LampTone } from '$lib/ui/Lamp.svelte';

export const stateWords: Record<Plugin['state'], Key> = {
  ready: 'app.plugin.ready',
  stale: 'app.plugin.stale',
  failed: 'app.plugin.failed',
  disabled: 'app.plugin.disabled',
};

export const stateTones: Record<Plugin['state'], LampTone> = {
  ready: 'on',
  stale: 'wait',
  failed: 'broken',
  disabled: 'off',
};

const kinds: Record<string, Key> = {
  tracker: 'app.plugin.kind.tracker',
  indices: 'app.plugin.kind.indices',
  race: 'app.plugin.kind.race',
};

export const kindWord = (kind: string | null | undefined): Key | undefined => kinds[kind ?? ''];
