import { api, ok } from './client';
import type { NewRace, Race, RacePatch } from './race-types';

// Of bodies the document asks for fields that the server has a default for, and it cannot name what a mode adds to an answer:
// hence the casts.

const of = (id: string) => ({ params: { path: { id } } });
const ofOne = (id: string, pid: string) => ({ params: { path: { id, pid } } });
const page = (after?: string) => ({ limit: 100, ...(after !== undefined && { after }) });

export const listRaces = (after?: string) => ok(api.GET('/api/races', { params: { query: page(after) } }));
export const getRace = async (id: string) => (await ok(api.GET('/api/races/{id}', of(id)))) as unknown as Race;
export const createRace = (body: NewRace) => ok(api.POST('/api/races', { body }));
export const patchRace = (id: string, { config, ...body }: RacePatch) =>
  ok(api.PATCH('/api/races/{id}', { ...of(id), body: { ...body, ...(config && { config: config as never }) } }));
export const deleteRace = (id: string) => ok(api.DELETE('/api/races/{id}', of(id)));

export type RaceVerb =
  | 'open'
  | 'reset'
  | 'finish'
  | 'cancel'
  | 'reroll-seed'
  | 'generate-zips'
  | 'reveal'
  | 'join'
  | 'leave'
  | 'ready'
  | 'begin';
export const tellRace = (id: string, verb: RaceVerb): Promise<unknown> =>
  ok(api.POST(`/api/races/{id}/${verb}`, of(id)));
/** `force`: also while not everybody is ready, which is otherwise refused with `not_ready`. */
export const startRace = (id: string, force: boolean) =>
  ok(api.POST('/api/races/{id}/start', { ...of(id), body: { force } as never }));

/** Who has no account yet is not added: the answer is an invitation for them. */
export const addParticipant = (id: string, name: string) =>
  ok(api.POST('/api/races/{id}/participants', { ...of(id), body: { name } }));
export const removeParticipant = (id: string, participant: string) =>
  ok(api.DELETE('/api/races/{id}/participants/{pid}', ofOne(id, participant)));
/** `new-token`: packs that were handed out no longer open the race. */
export const tellParticipant = (
  id: string,
  participant: string,
  verb: 'abandon' | 'disqualify' | 'undo' | 'new-token',
) => ok(api.POST(`/api/races/{id}/participants/{pid}/${verb}`, ofOne(id, participant)));

/** For anybody who has the link. */
export const createRaceInvite = (id: string) =>
  ok(api.POST('/api/races/{id}/invites', { ...of(id), body: {} as never }));
export const revokeRaceInvite = (id: string, token: string) =>
  ok(api.DELETE('/api/races/{id}/invites/{token}', { params: { path: { id, token } } }));
export const addCaster = (id: string, name: string) =>
  ok(api.POST('/api/races/{id}/casters', { ...of(id), body: { name } }));
export const removeCaster = (id: string, user: string) =>
  ok(api.DELETE('/api/races/{id}/casters/{user}', { params: { path: { id, user } } }));

/** In place of the session it was tied to. */
export const tieRace = (id: string, session_id: string) =>
  ok(api.PUT('/api/races/{id}/lobby', { ...of(id), body: { session_id } }));
export const untieRace = (id: string) => ok(api.DELETE('/api/races/{id}/lobby', of(id)));
/** Who has no account yet is invited; who takes part already stays as they are. */
export const takeIntoRace = (id: string) => ok(api.POST('/api/races/{id}/lobby/take', of(id)));

/** The address of one's own in-game display for OBS; the one made before stops working. */
export const hudKey = (id: string) => ok(api.POST('/api/races/{id}/hud-key', of(id)));
/** The address of an overlay as casters see it. */
export const overlayKey = (id: string, overlay: string) =>
  ok(api.POST('/api/races/{id}/overlay-key', { ...of(id), body: { overlay } }));

export const raceHistory = (id: string, after?: number) =>
  ok(
    api.GET('/api/races/{id}/history', {
      params: { path: { id }, query: { limit: 50, ...(after !== undefined && { after }) } },
    }),
  );
export const raceModes = async () => (await ok(api.GET('/api/race-modes'))).items;
export const getProfile = (name: string, after?: string) =>
  ok(api.GET('/api/users/{name}', { params: { path: { name }, query: page(after) } }));
