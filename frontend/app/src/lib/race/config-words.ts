import type { RaceConfig } from '$lib/api/race-types';
import type { Key } from '$lib/i18n/i18n.svelte';

// The choices of a race's settings, as the form offers them and its pages tell them.

export const startWords: Record<RaceConfig['start'], Key> = {
  together: 'app.race.start.together',
  async: 'app.race.start.async',
};
export const visibilityWords: Record<RaceConfig['visibility'], Key> = {
  public: 'app.race.visibility.public',
  unlisted: 'app.race.visibility.unlisted',
};
export const viewWords: Record<RaceConfig['public_view'], Key> = {
  live: 'app.race.view.live',
  delayed: 'app.race.view.delayed',
  none: 'app.race.view.none',
};
export const dialectWords: Record<RaceConfig['dialect'], Key> = {
  source: 'app.race.dialect.source',
  public: 'app.race.dialect.public',
};
