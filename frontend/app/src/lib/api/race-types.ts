// What the server says of races. Times are RFC 3339 in UTC, fields in `_ms` milliseconds.

import type { HistoryItem } from './types';

export type RaceStatus = 'draft' | 'open' | 'countdown' | 'running' | 'finished' | 'cancelled';
export type ParticipantStatus = 'registered' | 'ready' | 'playing' | 'finished' | 'abandoned' | 'disqualified';

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
  | 'reveal'
  | 'disqualify'
  | 'undo'
  | 'join'
  | 'leave'
  | 'ready'
  | 'begin'
  | 'abandon'
  | 'hud';

export interface RaceConfig {
  show_finished_names: boolean;
  countdown_seconds: number;
  max_participants: number;
  /** After the start; absent: nobody joins then. */
  late_join_minutes?: number | null;
  time_limit_minutes?: number | null;
  start: 'together' | 'async';
  visibility: 'public' | 'unlisted';
  public_view: 'live' | 'delayed' | 'none';
  dialect: 'source' | 'public';
}

export interface RaceParticipant {
  id: string;
  user_id: string;
  name: string;
  avatar_url?: string | null;
  status: ParticipantStatus;
  slot: number;
  colour: number;
  connected: boolean;
  place?: number | null;
  /** In steps of the mode, out of the race's `total`. */
  progress?: number | null;
  /** In-game time. */
  igt_ms?: number | null;
  gap_ms?: number | null;
  death_count?: number | null;
  finished_at?: string | null;
  /** Told to the organizer and to that player once packs are released. */
  pack?: string | null;
}

export interface RacePerson {
  id: string;
  name: string;
}

export interface RaceInvite {
  token: string;
  url: string;
  /** Whom it was made for; empty: anybody. */
  name: string;
  created_at: string;
}

export interface RaceOverlay {
  name: string;
  title: string;
  width: number;
  height: number;
  /** Drawn over a picture of the whole seed. */
  base: boolean;
  url: string;
}

export interface Race {
  id: string;
  name: string;
  mode: string;
  mode_name: string;
  organizer: RacePerson;
  /** Absent: the mode made the seed itself. */
  pool?: string | null;
  seed?: { number: number | string } | null;
  status: RaceStatus;
  config: RaceConfig;
  scheduled_start?: string | null;
  created_at: string;
  seeds_released_at?: string | null;
  /** In the future while the countdown runs. */
  started_at?: string | null;
  finished_at?: string | null;
  version: number;
  server_time_ms: number;
  participants: RaceParticipant[];
  /** The largest `progress` there is. */
  total?: number | null;
  casters?: RacePerson[];
  invites?: RaceInvite[];
  /** Who had the seed shown before the start; all are told. */
  revealed_to?: { user_id: string; name: string; at: string }[];
  me: { class: string; participant_id?: string | null; organizer: boolean; caster: boolean; can: RaceAct[] };
  overlays?: RaceOverlay[];
  spectators?: number;
}

/** A race in a list: who and when, not how they stand. */
export interface RaceItem extends Pick<
  Race,
  'id' | 'name' | 'mode' | 'mode_name' | 'organizer' | 'status' | 'scheduled_start' | 'created_at' | 'finished_at'
> {
  max_participants: number;
  participants: Pick<RaceParticipant, 'id' | 'name' | 'status'>[];
  me: Omit<Race['me'], 'class' | 'can'>;
}

export interface NewRace {
  name: string;
  mode: string;
  pool?: string | null;
  config: RaceConfig;
  scheduled_start?: string | null;
}

export interface RacePatch {
  name?: string;
  /** What is absent stays. */
  config?: Partial<RaceConfig>;
  scheduled_start?: string | null;
  pool?: string | null;
}

export interface RaceMode {
  id: string;
  name: string;
  description?: string | null;
  /** Makes a seed by itself: such a race needs no pool. */
  generates: boolean;
}

export interface RaceEntry {
  version: number;
  at: string;
  actor?: { id?: string; name: string } | null;
  words?: string | null;
  kind: HistoryItem['kind'];
}

/** What an invitation to a race says to those who have it. */
export interface RaceInvitation {
  kind: 'race';
  race: { id: string; name: string };
  /** Whom it was made for; empty: anybody. */
  name?: string;
}

export interface Pool {
  name: string;
  display_name: string;
  description: string;
  /** Of its seeds; unknown while it has none. */
  mode?: string | null;
  dialect: RaceConfig['dialect'];
  /** The text of its `config.toml`. */
  settings?: string | null;
  available: number;
  consumed: number;
  discarded: number;
  /** Admins are told. */
  problems?: { folder: string; message: string }[];
  /** By what more seeds can be made here. */
  can_generate?: 'command' | 'mode' | null;
  running?: PoolJob | null;
}

/** Seeds that are being made. */
export interface PoolJob {
  job: string;
  pool: string;
  done: number;
  count: number;
  failed: number;
  /** Why attempts failed, the last ones. */
  errors: string[];
  state: 'running' | 'done' | 'failed' | 'cancelled';
}

export interface PoolScan {
  added: number;
  removed: number;
  refused: { pool: string; folder: string; reason: string }[];
}

export interface Profile {
  name: string;
  avatar_url?: string | null;
  twitch_name?: string | null;
  races: ProfileRace[];
  /** Cursor of older ones. */
  next?: string | null;
  totals: { races: number; finished: number; abandoned: number; disqualified: number };
}

export interface ProfileRace {
  id: string;
  name: string;
  mode: string;
  status: RaceStatus;
  finished_at?: string | null;
  place?: number | null;
  /** How many took part. */
  of?: number | null;
  igt_ms?: number | null;
  /** How it ended for this person. */
  status_of?: ParticipantStatus | null;
}
