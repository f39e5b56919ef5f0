import { all, api, ok } from './client';

export const listLinks = () =>
  all((after: string | undefined) => ok(api.GET('/api/links', { params: { query: { limit: 200, after } } })));
/** One, those whose page begins so, or every overlay. */
export const reloadLinks = (which: { id?: number; page_prefix?: string } = {}) =>
  ok(api.POST('/api/links/reload', { body: which }));
