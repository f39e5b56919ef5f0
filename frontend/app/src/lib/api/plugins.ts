import { api, ok } from './client';
import type { LogLine, Plugin, SettingValue } from './types';

// The document leaves plugins open: `types.ts` says what the app reads of them.
const one = (id: string) => ({ params: { path: { id } } });

export const getPlugin = (id: string) =>
  ok(api.GET('/api/plugins/{id}', one(id))) as Promise<unknown> as Promise<Plugin>;
export const tellPlugin = (id: string, what: 'enable' | 'disable' | 'reload'): Promise<unknown> => {
  const paths = {
    enable: '/api/plugins/{id}/enable',
    disable: '/api/plugins/{id}/disable',
    reload: '/api/plugins/{id}/reload',
  } as const;
  return ok(api.POST(paths[what], one(id)));
};
/** Answers where the packages are kept. */
export const removePlugin = (id: string) => ok(api.DELETE('/api/plugins/{id}', one(id)));
export const putSettings = (id: string, values: Record<string, SettingValue>) =>
  ok(api.PUT('/api/plugins/{id}/settings', { ...one(id), body: { values } }));
export const putGrants = (id: string, allow_scripts: boolean) =>
  ok(api.PUT('/api/plugins/{id}/grants', { ...one(id), body: { allow_scripts } }));
export const pluginLogs = async (id: string) =>
  (await ok(api.GET('/api/plugins/{id}/logs', one(id)))).items as LogLine[];
