// What a session's row says, and what may be done with it. No I/O.

import type { Member, Session, SessionState } from '$lib/api/lobby-types';
import type { Key } from '$lib/i18n/i18n.svelte';
import { find } from '$lib/shell/find';
import type { LampTone } from '$lib/ui/Lamp.svelte';

/** From when on a session without a heartbeat counts as silent; one comes every 5 s. */
export const silentAfter = 10_000;

/** Who this browser's person is in lobbies: by themselves, and by the game they said is theirs. */
export interface Me {
  instance: string | undefined;
  game: string | undefined;
}

export type Tie = 'instance' | 'game';

/** How this person is in the session; as themselves comes before their game. */
export function tieOf(session: Session, me: Me): Tie | undefined {
  const has = (id: string | undefined) => id !== undefined && session.members.some((each) => each.client_id === id);
  if (has(me.instance)) return 'instance';
  return has(me.game) ? 'game' : undefined;
}

/** The one they joined as themselves, which is at most one. */
export const ownOf = (sessions: readonly Session[], me: Me): Session | undefined =>
  sessions.find((each) => tieOf(each, me) === 'instance');

export const isCreator = (session: Session, me: Me): boolean =>
  me.instance !== undefined && session.creator_client_id === me.instance;

export const isOpen = (session: Session): boolean => session.state === 'open';
export const isLimited = ({ num_players_max }: Session): boolean => num_players_max > 0;
export const isFull = (session: Session): boolean =>
  isLimited(session) && session.members.length >= session.num_players_max;
/** How many more have to join before it can start. */
export const missing = (session: Session): number => Math.max(0, session.num_players_min - session.members.length);

/** "2–4"; one number where both are the same. */
export const range = ({ num_players_min: min, num_players_max: max }: Session): string =>
  min === max ? String(min) : `${min}–${max}`;

/** Since the creator's last heartbeat; never negative, for two clocks differ. Nothing where it cannot be read. */
export function heartbeatAge(session: Session, now: number): number | undefined {
  const at = Date.parse(session.last_heartbeat);
  return Number.isNaN(at) ? undefined : Math.max(0, now - at);
}

export const isSilent = (age: number | undefined): boolean => age === undefined || age >= silentAfter;

/** "4 s", "2 min", "3 h": one unit, so that the column keeps its width. */
export function ageText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** Enough of a client id to tell it from others: those that were made at the same time begin alike. */
export const shortId = (id: string): string => (id.length <= 12 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`);
export const memberName = ({ name, client_id }: Member): string => name || shortId(client_id);
export const creatorName = (session: Session): string => session.creator_name || shortId(session.creator_client_id);

/** Open ones first, then those that are played; each in the order they were made, so that rows keep their place. */
export function sorted(sessions: readonly Session[]): Session[] {
  return [...sessions].sort(
    (a, b) =>
      Number(isOpen(b)) - Number(isOpen(a)) ||
      a.created_at.localeCompare(b.created_at) ||
      a.session_id.localeCompare(b.session_id),
  );
}

/** By model, creator, members and id. */
export function matching(sessions: readonly Session[], question: string): Session[] {
  if (question.trim() === '') return [...sessions];
  const rows = sessions.map((each) => ({
    id: each.session_id,
    label: each.model_name,
    detail: [creatorName(each), ...each.members.map(memberName), each.session_id].join(' '),
    run: () => {},
  }));
  const found = new Set(find(rows, question).map((row) => row.id));
  return sessions.filter((each) => found.has(each.session_id));
}

/** The list with what an answer said of one session, unless something newer is known of it already. */
export function withAnswer(sessions: readonly Session[], said: Session): Session[] {
  const held = sessions.find((each) => each.session_id === said.session_id);
  if (held && held.version > said.version) return [...sessions];
  const others = sessions.filter((each) => each !== held);
  return said.state === 'closed' ? others : [...others, said];
}

/** What the person hears when the sessions they are in became others: joined ones, then left ones. */
export function tieChanges(before: readonly Session[], now: readonly Session[]): { joined: string[]; left: string[] } {
  const missingIn = (some: readonly Session[], all: readonly Session[]) =>
    some.filter((each) => !all.some((other) => other.session_id === each.session_id)).map((each) => each.model_name);
  return { joined: missingIn(now, before), left: missingIn(before, now) };
}

const words: Record<SessionState, Key> = {
  open: 'app.lobby.state.open',
  starting: 'app.lobby.state.starting',
  started: 'app.lobby.state.started',
  in_progress: 'app.lobby.state.in-progress',
  closed: 'app.lobby.state.closed',
};
const tones: Record<SessionState, LampTone> = {
  open: 'wait',
  starting: 'wait',
  started: 'on',
  in_progress: 'on',
  closed: 'off',
};
export const stateWord = (state: SessionState): Key => words[state];
export const stateTone = (state: SessionState): LampTone => tones[state];
