import type { Overlay } from '$lib/api/types';

export const alignments = ['left', 'center', 'right'] as const;

/** What a browser source may ask of an overlay. Defaults are left out of the address, so that it stays short. */
export interface OverlayOptions {
  /** Percent, 100 = the size the plugin's author drew. */
  scale: number;
  align: '' | (typeof alignments)[number];
  labels: boolean;
  plate: boolean;
  /** An OBS key, for what is not open to everyone. */
  key: string;
}

export const plainOptions: OverlayOptions = { scale: 100, align: '', labels: true, plate: true, key: '' };

/** The address for a browser source. `slot` undefined: all participants. */
export function overlayUrl(
  overlay: Overlay,
  slot: number | undefined,
  options: OverlayOptions,
  origin: string,
  panel = 'main',
): string {
  const url = new URL(overlay.url, origin);
  const query = url.searchParams;
  // `main` is what an overlay shows where nothing is said.
  if (panel !== 'main') query.set('panel', panel);
  if (slot !== undefined) query.set('slot', String(slot));
  if (options.scale !== 100) query.set('scale', String(options.scale / 100));
  if (options.align !== '') query.set('align', options.align);
  if (!options.labels) query.set('labels', '0');
  if (!options.plate) query.set('plate', '0');
  if (options.key !== '') query.set('key', options.key);
  return url.href;
}

/** The same picture inside of this app, which does not count as a browser source on the air. */
export function previewUrl(href: string): string {
  return `${href}${href.includes('?') ? '&' : '?'}preview=1`;
}

export const isPreview = (page: string): boolean => /[?&]preview=1(&|$)/.test(page);

/**
 * The same address for dragging into OBS, which reads name and size from `layer-*` and takes them off again
 * (`OBSBasic::AddDropURL`). Spaces as %20: OBS does not read a plus sign as a space.
 */
export function obsDropUrl(href: string, name: string, overlay: Pick<Overlay, 'width' | 'height'>): string {
  const joint = href.includes('?') ? '&' : '?';
  const layer = encodeURIComponent(name);
  return `${href}${joint}layer-name=${layer}&layer-width=${overlay.width}&layer-height=${overlay.height}`;
}
