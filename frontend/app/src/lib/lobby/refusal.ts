// A refusal in the words of the lobby, with how the session stands that it is about.

import { sentence } from '$lib/api/fields';
import type { Session } from '$lib/api/lobby-types';
import type { Problem } from '$lib/api/problem';
import type { Key, Values } from '$lib/i18n/i18n.svelte';
import { missing, stateWord } from './session';

type Words = (key: Key, values?: Values) => string;

/** `session`: as the refusal told it. */
export function refusalText(problem: Problem, session: Session, t: Words): string {
  const name = session.model_name;
  switch (problem.code) {
    case 'full':
      return t('app.lobby.refused.full', { name, n: session.members.length, max: session.num_players_max });
    case 'not_open':
      return t('app.lobby.refused.not-open', { name, state: t(stateWord(session.state)) });
    case 'in_another_session':
      return t('app.lobby.refused.elsewhere', { name });
    case 'too_few':
      return t('app.lobby.refused.too-few', { name, n: missing(session) });
    case 'offline':
      return t('app.problem.offline');
    default:
      return `${name}: ${sentence(problem)}`;
  }
}
