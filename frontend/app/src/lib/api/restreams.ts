import { all, api, ok } from './client';
import type { NewRestream, Restream, RestreamPatch } from './types';

// What the document lets a form leave out is there in an answer, hence the casts.
const one = (slug: string) => ({ params: { path: { slug } } });

export const getRestream = (slug: string) => ok(api.GET('/api/restreams/{slug}', one(slug))) as Promise<Restream>;
export const createRestream = (body: NewRestream) => ok(api.POST('/api/restreams', { body })) as Promise<Restream>;
export const patchRestream = (slug: string, body: RestreamPatch) =>
  ok(api.PATCH('/api/restreams/{slug}', { ...one(slug), body })) as Promise<Restream>;
export const listRestreams = () =>
  all((after: number | undefined) =>
    ok(api.GET('/api/restreams', { params: { query: { limit: 200, after } } })),
  ) as Promise<Restream[]>;

/** In place of the session it was tied to. */
export const tieRestream = (slug: string, session_id: string) =>
  ok(api.PUT('/api/restreams/{slug}/lobby', { ...one(slug), body: { session_id } }));
export const untieRestream = (slug: string) => ok(api.DELETE('/api/restreams/{slug}/lobby', one(slug)));
/** After those who are there; a name that is there stays. */
export const takeIntoRestream = (slug: string) => ok(api.POST('/api/restreams/{slug}/lobby/take', one(slug)));
