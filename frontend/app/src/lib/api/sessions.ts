// A session is named by its restream and the panel it stands on; `indices` is the hint sheet.
import { api, ok } from './client';

const of = (slug: string) => ({ params: { path: { slug } } });

export const history = (slug: string, panel: string, after?: number, mine = false) =>
  ok(
    api.GET('/api/restreams/{slug}/history', {
      params: { path: { slug }, query: { panel, limit: 50, after, ...(mine && { mine }) } },
    }),
  );
/** Without a version: one's own newest. */
export const undo = (slug: string, panel: string, version?: number) =>
  ok(api.POST('/api/restreams/{slug}/undo', { ...of(slug), body: { panel, version } }));
export const redo = (slug: string, panel: string, version?: number) =>
  ok(api.POST('/api/restreams/{slug}/redo', { ...of(slug), body: { panel, version } }));
export const restore = (slug: string, panel: string, version: number) =>
  ok(api.POST('/api/restreams/{slug}/restore', { ...of(slug), body: { panel, version } }));
export const resetTracker = (slug: string, panel: string, preset_slug?: string) =>
  ok(api.POST('/api/restreams/{slug}/tracker/reset', { ...of(slug), body: { panel, preset_slug } }));
export const applyPreset = (slug: string, panel: string, preset_slug: string) =>
  ok(api.POST('/api/restreams/{slug}/presets/apply', { ...of(slug), body: { preset_slug, panel } }));
export const resetIndices = (slug: string) => ok(api.POST('/api/restreams/{slug}/indices/reset-all', of(slug)));
