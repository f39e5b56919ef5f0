import { call, path } from './pending';
import type {
  NewRace,
  Profile,
  Race,
  RaceEntry,
  RaceInvite,
  RaceItem,
  RaceMode,
  RaceParticipant,
  RacePatch,
} from './race-types';

interface List<T, C = string> {
  items: T[];
  next?: C | null;
}

const listed = 100;
const query = (after?: string) => `limit=${listed}${after ? `&after=${encodeURIComponent(after)}` : ''}`;

export const listRaces = (after?: string) => call<List<RaceItem>>('GET', `/api/races?${query(after)}`);
export const getRace = (id: string) => call<Race>('GET', path`/api/races/${id}`);
export const createRace = (body: NewRace) => call<Race>('POST', '/api/races', body);
export const patchRace = (id: string, body: RacePatch) => call<Race>('PATCH', path`/api/races/${id}`, body);
export const deleteRace = (id: string) => call<undefined>('DELETE', path`/api/races/${id}`);

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
export const tellRace = (id: string, verb: RaceVerb) => call<unknown>('POST', path`/api/races/${id}/${verb}`, {});
/** `force`: also while not everybody is ready, which is otherwise refused with `not_ready`. */
export const startRace = (id: string, force: boolean) => call<unknown>('POST', path`/api/races/${id}/start`, { force });

export type Added = { participant: RaceParticipant } | { invite: Pick<RaceInvite, 'token' | 'url'> };
/** Who has no account yet is not added: the answer is an invitation for them. */
export const addParticipant = (id: string, name: string) =>
  call<Added>('POST', path`/api/races/${id}/participants`, { name });
export const removeParticipant = (id: string, participant: string) =>
  call<undefined>('DELETE', path`/api/races/${id}/participants/${participant}`);
/** `new-token`: a new one, so that packs which were handed out no longer open the race. */
export const tellParticipant = (
  id: string,
  participant: string,
  verb: 'abandon' | 'disqualify' | 'undo' | 'new-token',
) => call<unknown>('POST', path`/api/races/${id}/participants/${participant}/${verb}`, {});

export const createRaceInvite = (id: string, name = '') =>
  call<Pick<RaceInvite, 'token' | 'url'>>('POST', path`/api/races/${id}/invites`, { name });
export const revokeRaceInvite = (id: string, token: string) =>
  call<undefined>('DELETE', path`/api/races/${id}/invites/${token}`);
export const addCaster = (id: string, name: string) => call<unknown>('POST', path`/api/races/${id}/casters`, { name });
export const removeCaster = (id: string, user: string) =>
  call<undefined>('DELETE', path`/api/races/${id}/casters/${user}`);

/** The address of one's own in-game display for OBS; the one made before stops working. */
export const hudKey = (id: string) => call<{ url: string }>('POST', path`/api/races/${id}/hud-key`, {});
/** The address of an overlay as casters see it. */
export const overlayKey = (id: string, overlay: string) =>
  call<{ url: string }>('POST', path`/api/races/${id}/overlay-key`, { overlay });

export const raceHistory = (id: string, after?: number) =>
  call<List<RaceEntry, number>>(
    'GET',
    `${path`/api/races/${id}/history`}?limit=50${after === undefined ? '' : `&after=${after}`}`,
  );
export const raceModes = async () => (await call<List<RaceMode>>('GET', '/api/race-modes')).items;
export const getProfile = (name: string, after?: string) =>
  call<Profile>('GET', `${path`/api/users/${name}`}?${query(after)}`);
