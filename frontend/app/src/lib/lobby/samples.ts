// Sessions for specs.
import type { Member, Session } from '$lib/api/lobby-types';

export const member = (client_id: string, more: Partial<Member> = {}): Member => ({
  client_id,
  joined_at: '2026-01-01T12:00:00Z',
  suspect: false,
  ready: false,
  ...more,
});

export const session = (id: string, members: string[], more: Partial<Session> = {}): Session => ({
  session_id: id,
  model_name: `Model ${id}`,
  state: 'open',
  creator_client_id: members[0] ?? 'nobody',
  connected_instances: members,
  members: members.map((each) => member(each)),
  num_players_min: 2,
  num_players_max: 4,
  version: 1,
  created_at: '2026-01-01T12:00:00Z',
  last_updated: '2026-01-01T12:00:00Z',
  last_heartbeat: '2026-01-01T12:00:00Z',
  ...more,
});
