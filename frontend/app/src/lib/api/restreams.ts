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
