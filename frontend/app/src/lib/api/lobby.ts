import { all, api, ok } from './client';
import type { LobbyStatus, NewSession } from './lobby-types';
import { uuidv7 } from '$lib/state/uuid';

const of = (id: string) => ({ params: { path: { id } } });

/** Also the server's clock, to the second, where it tells it. */
export async function getLobby(): Promise<{ status: LobbyStatus; serverTime: number }> {
  const reply = await api.GET('/api/lobby');
  const status = await ok(Promise.resolve(reply));
  return { status, serverTime: Date.parse(reply.response.headers.get('date') ?? '') };
}
export const listSessions = () =>
  all((after: string | undefined) =>
    ok(api.GET('/api/lobby/sessions', { params: { query: { limit: 200, ...(after !== undefined && { after }) } } })),
  );
export const createSession = (body: NewSession, key = uuidv7()) =>
  ok(api.POST('/api/lobby/sessions', { params: { header: { 'Idempotency-Key': key } }, body }));
/** `leaving`: the session one is in, if any, is left for it. */
export const joinSession = (id: string, leaving: boolean) =>
  ok(api.POST('/api/lobby/sessions/{id}/join', { ...of(id), body: { switch: leaving } }));
export const tellSession = (id: string, verb: 'leave' | 'start' | 'close') =>
  ok(api.POST(`/api/lobby/sessions/{id}/${verb}`, of(id)));
