import { api, ok } from './client';
import type { NewPreset, PresetPatch } from './types';

const of = (type: string) => ({ params: { path: { type } } });
const one = (type: string, slug: string) => ({ params: { path: { type, slug } } });

/** A tracker has few: one answer holds them all. */
export const listPresets = async (type: string) => (await ok(api.GET('/api/trackers/{type}/presets', of(type)))).items;
export const createPreset = (type: string, body: NewPreset) =>
  ok(api.POST('/api/trackers/{type}/presets', { ...of(type), body }));
/** Takes a file as it was exported. */
export const importPreset = (type: string, body: unknown) =>
  ok(api.POST('/api/trackers/{type}/presets/import', { ...of(type), body }));
export const getPreset = (type: string, slug: string) =>
  ok(api.GET('/api/trackers/{type}/presets/{slug}', one(type, slug)));
export const patchPreset = (type: string, slug: string, body: PresetPatch) =>
  ok(api.PATCH('/api/trackers/{type}/presets/{slug}', { ...one(type, slug), body }));
export const deletePreset = (type: string, slug: string) =>
  ok(api.DELETE('/api/trackers/{type}/presets/{slug}', one(type, slug)));
export const presetVersions = (type: string, slug: string, after?: number) =>
  ok(
    api.GET('/api/trackers/{type}/presets/{slug}/versions', {
      params: { path: { type, slug }, query: { limit: 50, after } },
    }),
  );
export const presetAt = (type: string, slug: string, version: number) =>
  ok(api.GET('/api/trackers/{type}/presets/{slug}/versions/{version}', { params: { path: { type, slug, version } } }));
export const restorePreset = (type: string, slug: string, version: number) =>
  ok(api.POST('/api/trackers/{type}/presets/{slug}/restore', { ...one(type, slug), body: { version } }));
export const exportPreset = (type: string, slug: string) =>
  ok(api.GET('/api/trackers/{type}/presets/{slug}/export', one(type, slug)));
/** An attachment: the browser saves it. */
export const presetExport = (type: string, slug: string) =>
  `/api/trackers/${encodeURIComponent(type)}/presets/${encodeURIComponent(slug)}/export`;
