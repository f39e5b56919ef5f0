// What the server says of races, named by the paths of its OpenAPI document. Times are RFC 3339 in UTC, fields in `_ms`
// milliseconds.

import type { paths } from './schema';
import type { Answer, Body, Item } from './types';

type Races = paths['/api/races'];
type One = paths['/api/races/{id}'];

/** What the signed-in person may do with a race now. */
export type RaceAct =
  | 'edit'
  | 'delete'
  | 'open'
  | 'start'
  | 'cancel'
  | 'reset'
  | 'finish'
  | 'reroll'
  | 'generate_zips'
  | 'invite'
  | 'add'
  | 'remove'
  | 'casters'
  | 'lobby'
  | 'reveal'
  | 'disqualify'
  | 'undo'
  | 'join'
  | 'leave'
  | 'ready'
  | 'begin'
  | 'abandon'
  | 'hud';

/** Without what a mode says besides, under names of its own. */
type Named<T> = T extends Record<string, never> & infer U ? U : T;
type View = Answer<One['get'], 200>;

export type RaceParticipant = Named<View['participants'][number]>;
export interface Race extends Omit<View, 'participants' | 'me'> {
  participants: RaceParticipant[];
  me: Omit<View['me'], 'can'> & { can: RaceAct[] };
}
export type RaceStatus = Race['status'];
export type RaceConfig = Race['config'];
export type ParticipantStatus = RaceParticipant['status'];
export type RacePerson = Race['organizer'];
export type RaceInvite = NonNullable<Race['invites']>[number];
export type RaceOverlay = Race['overlays'][number];

/** A race in a list: who and when, not how they stand. */
export type RaceItem = Item<Answer<Races['get'], 200>>;
export type NewRace = Body<Races['post']> & { config: RaceConfig };
/** What is absent stays, in the settings too, which the document does not say. */
export type RacePatch = Omit<Body<One['patch']>, 'config'> & { config?: Partial<RaceConfig> };
export type RaceMode = Item<Answer<paths['/api/race-modes']['get'], 200>>;
export type RaceEntry = Item<Answer<paths['/api/races/{id}/history']['get'], 200>>;

/** What an invitation to a race says to those who have it: the document leaves it to the room that keeps it. */
export interface RaceInvitation {
  kind: 'race';
  race: { id: string; name: string };
  /** Whom it was made for; empty: anybody. */
  name: string;
}

export type Pool = Item<Answer<paths['/api/pools']['get'], 200>>;
/** Seeds that are being made, or were. */
export type PoolJob = Item<Answer<paths['/api/admin/pools/jobs']['get'], 200>>;
export interface PoolScan extends Omit<Answer<paths['/api/admin/seeds/scan']['post'], 200>, 'refused'> {
  refused: { pool: string; folder: string; reason: string }[];
}

export type Profile = Answer<paths['/api/users/{name}']['get'], 200>;
