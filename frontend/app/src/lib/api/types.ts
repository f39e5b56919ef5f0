// Types of what the server says, named by the paths of its OpenAPI document, so that a renamed schema breaks nothing here.
import type { paths } from './schema';

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never;
type Answer<O, S extends number> = O extends { responses: infer R } ? (S extends keyof R ? Json<R[S]> : never) : never;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer T } } } ? T : never;
type Item<T> = T extends readonly (infer U)[] ? U : T extends { items: readonly (infer U)[] } ? U : never;

export type User = Answer<paths['/api/auth/login']['post'], 200>;
export type Role = User['role'];
export type Choice = Item<Answer<paths['/api/trackers']['get'], 200>>;
export type Restream = Answer<paths['/api/restreams/{slug}']['get'], 200>;
export type Participant = Restream['participants'][number];
export type Overlay = Restream['tracker']['overlays'][number];
export type NewRestream = Body<paths['/api/restreams']['post']>;
export type RestreamPatch = Body<paths['/api/restreams/{slug}']['patch']>;
export type ObsKey = Item<Answer<paths['/api/keys']['get'], 200>>;
export type Token = Item<Answer<paths['/api/tokens']['get'], 200>>;
export type AdminState = Answer<paths['/api/admin/state']['get'], 200>;

/** The server's document leaves plugins open: what it reports of them grows with the runtime. */
export interface Plugin {
  id: string;
  name: string;
  /** Absent where no manifest could be read. */
  kind?: string | null;
  version?: string | null;
  state: 'ready' | 'stale' | 'failed' | 'disabled';
  /** Why what lies in the folder is not on the air. */
  error?: string | null;
  warnings?: string[];
  generation: number;
  timings?: unknown;
}
