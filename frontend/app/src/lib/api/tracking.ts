// What counts by itself: programs with a token of their own, and rooms of a multiworld.
import { api, ok } from './client';
import type { NewFeed } from './types';

const of = (slug: string) => ({ params: { path: { slug } } });

export const createAutoToken = (slug: string, name: string) =>
  ok(api.POST('/api/restreams/{slug}/auto-tokens', { ...of(slug), body: { name } }));
export const listArchipelago = async (slug: string) =>
  (await ok(api.GET('/api/restreams/{slug}/archipelago', of(slug)))).items;
export const putArchipelago = (slug: string, body: NewFeed) =>
  ok(api.PUT('/api/restreams/{slug}/archipelago', { ...of(slug), body }));
export const deleteArchipelago = (slug: string, panel: string, slot: number) =>
  ok(api.DELETE('/api/restreams/{slug}/archipelago', { params: { path: { slug }, query: { panel, slot } } }));
