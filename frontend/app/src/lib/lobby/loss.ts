import type { Session } from '$lib/api/lobby-types';
import { n, t } from '$lib/i18n/i18n.svelte';

/** What leaving a session that one has created costs, and whom. */
export function lossText(left: Session): string {
  const name = left.model_name;
  const others = left.members.length - 1;
  return others > 0 ? n('app.lobby.lost', others, { name }) : t('app.lobby.lost.alone', { name });
}
