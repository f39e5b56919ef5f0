import { acceptInvite, readInvite } from '$lib/api/people';
import type { RaceInvitation } from '$lib/api/race-types';
import type { Account, Role } from '$lib/api/types';

/**
 * What an invitation is to: a restream, with a role there, or a race, as a player. One to a race that is for nobody in
 * particular makes no accounts.
 */
export type Invitation =
  { kind: 'restream'; title: string; role: Role } | { kind: 'race'; title: string; race: string; personal: boolean };

/** The document leaves open what another room says of its invitations. */
type Said = { role: Role; title?: string } | RaceInvitation;

export async function openInvitation(token: string): Promise<Invitation> {
  const said = (await readInvite(token)) as Said;
  if ('kind' in said) return { kind: 'race', title: said.race.name, race: said.race.id, personal: Boolean(said.name) };
  return { kind: 'restream', title: said.title ?? '', role: said.role };
}

/** Accepts, and says where to go then; `account`: of whoever has none yet. */
export async function accept(token: string, invitation: Invitation, account: Account): Promise<string | undefined> {
  const accepted = await acceptInvite(token, account);
  if (invitation.kind === 'race') return `/app/races/${invitation.race}/join`;
  return 'url' in accepted ? (accepted.url ?? undefined) : undefined;
}
