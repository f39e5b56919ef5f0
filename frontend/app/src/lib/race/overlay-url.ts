import type { RaceOverlay } from '$lib/api/race-types';
import { overlayUrl, plainOptions, type OverlayOptions } from '$lib/overlays/overlay-url';

/** By how much a picture may be late, in seconds: against players who watch their own race. */
export const delays = [0, 30, 60, 120] as const;

export interface RaceOverlayOptions extends OverlayOptions {
  delay: number;
  /** Shows the part of the way where the leaders are, instead of all of it. */
  follow: boolean;
  /** How many steps of the way are in sight then; 0: as the overlay is designed. */
  steps: number;
}

export const plainRaceOptions: RaceOverlayOptions = { ...plainOptions, delay: 0, follow: false, steps: 0 };

/** The address for a browser source. `opened`: the address with a key, where one was made. */
export function raceOverlayUrl(
  overlay: RaceOverlay,
  options: RaceOverlayOptions,
  origin: string,
  opened: string = overlay.url,
): string {
  const url = new URL(overlayUrl({ ...overlay, url: opened }, undefined, options, origin));
  if (options.delay > 0) url.searchParams.set('delay', String(options.delay));
  if (overlay.base && options.follow) {
    url.searchParams.set('follow', 'true');
    if (options.steps > 0) url.searchParams.set('maxLayers', String(options.steps));
  }
  return url.href;
}
