// What is said of a session that something is tied to, and of what taking its members led to. No I/O.

import type { Session, SessionState } from '$lib/api/lobby-types';
import type { Key, PluralKey } from '$lib/i18n/i18n.svelte';
import { sorted, stateTone, stateWord } from '$lib/lobby/session';
import type { LampTone } from '$lib/ui/Lamp.svelte';

/** The session something is tied to, as it is now. */
export interface Tie {
  session_id: string;
  title: string;
  /** `false`: it was closed, or is gone. */
  there: boolean;
  state?: string | null;
  members: { client_id: string; name: string; user_id?: string | null }[];
}

interface Named {
  client_id: string;
  name: string;
}

/** Each member in one of the lists; nobody is invited to a restream. */
export interface Taken {
  added: readonly Named[];
  invited?: readonly Named[];
  there: readonly Named[];
  refused: readonly (Named & { message: string })[];
}

/** "3 added, 1 invited, 2 already there"; nothing is said of what did not happen. */
export function takenText(
  taken: Taken,
  n: (key: PluralKey, count: number) => string,
  t: (key: Key) => string,
  list: (parts: string[]) => string,
): string {
  const counts: [PluralKey, number][] = [
    ['app.gather.added', taken.added.length],
    ['app.gather.invited', taken.invited?.length ?? 0],
    ['app.gather.there', taken.there.length],
    ['app.gather.refused', taken.refused.length],
  ];
  const parts = counts.filter(([, count]) => count > 0).map(([key, count]) => n(key, count));
  return parts.length === 0 ? t('app.gather.nobody') : list(parts);
}

/** What may be chosen: the open ones first. One that ended while it was chosen is no choice. */
export const choices = (sessions: readonly Session[], tied: string | undefined): Session[] =>
  sorted(sessions.filter((each) => each.state !== 'closed' && each.session_id !== tied));

/** The chosen one, for as long as it may be chosen; else the first. */
export const chosenOf = (offered: readonly Session[], id: string | undefined): Session | undefined =>
  offered.find((each) => each.session_id === id) ?? offered[0];

// The document of the API says of a tie's state that it is some text; it is what the session says.
const stateOf = ({ there, state }: Pick<Tie, 'there' | 'state'>) =>
  there && state ? (state as SessionState) : undefined;
export function toneOf(tie: Pick<Tie, 'there' | 'state'>): LampTone {
  const state = stateOf(tie);
  return state ? stateTone(state) : 'off';
}
export function wordOf(tie: Pick<Tie, 'there' | 'state'>): Key {
  const state = stateOf(tie);
  return state ? stateWord(state) : 'app.gather.gone';
}
