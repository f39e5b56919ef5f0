import { api, ok } from './client';
import type { Account, Grant, GrantForm, NewInvite } from './types';

const of = (slug: string) => ({ params: { path: { slug } } });
const by = (token: string) => ({ params: { path: { token } } });

/** Nothing else is granted on one restream than the roles of a crew. */
export const listRoles = async (slug: string) =>
  (await ok(api.GET('/api/restreams/{slug}/roles', of(slug)))).items as Grant[];
/** Replaces all of them. */
export const putRoles = (slug: string, items: GrantForm[]) =>
  ok(api.PUT('/api/restreams/{slug}/roles', { ...of(slug), body: { items } }));
export const listInvites = async (slug: string) => (await ok(api.GET('/api/restreams/{slug}/invites', of(slug)))).items;
export const createInvite = (slug: string, body: NewInvite) =>
  ok(api.POST('/api/restreams/{slug}/invites', { ...of(slug), body }));
export const revokeInvite = (slug: string, id: string) =>
  ok(api.DELETE('/api/restreams/{slug}/invites/{id}', { params: { path: { slug, id } } }));
export const readInvite = (token: string) => ok(api.GET('/api/invites/{token}', by(token)));
/** Those who are not signed in give the name and password of the account that is made. */
export const acceptInvite = (token: string, account: Account = {}) =>
  ok(api.POST('/api/invites/{token}', { ...by(token), body: account }));
