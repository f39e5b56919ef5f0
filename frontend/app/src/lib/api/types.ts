// Types of what the server says, named by the paths of its OpenAPI document, so that a renamed schema breaks nothing here.
import type { paths } from './schema';

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never;
export type Answer<O, S extends number> = O extends { responses: infer R }
  ? S extends keyof R
    ? Json<R[S]>
    : never
  : never;
export type Body<O> = O extends { requestBody: { content: { 'application/json': infer T } } } ? T : never;
export type Item<T> = T extends readonly (infer U)[] ? U : T extends { items: readonly (infer U)[] } ? U : never;

/** What a form may leave out, an answer always says. */
type Said<T, K extends keyof T> = Omit<T, K> & Required<Pick<T, K>>;
type Restreams = paths['/api/restreams'];
type One = paths['/api/restreams/{slug}'];
type View = Answer<One['get'], 200>;
type Laid = NonNullable<View['layout']['overlay']>;

export type User = Answer<paths['/api/auth/login']['post'], 200>;
export type Role = User['role'];
export type Choice = Item<Answer<paths['/api/trackers']['get'], 200>>;

export type Panel = Said<View['panels'][number], 'participants'>;
export type PanelState = View['panels_state'][number];
export type Participant = View['participants'][number];
export type Overlay = View['tracker']['overlays'][number];
export type LiveCell = Item<NonNullable<View['layout']['live']>>;
export type Placement = Said<Item<NonNullable<Laid['panels']>>, 'scale'>;
export interface Canvas {
  width: number;
  height: number;
  /** In painting order. */
  panels: Placement[];
}
/** Where the panels stand, on the live page and on the composed overlay. */
export interface Layout {
  live: LiveCell[];
  /** Absent while nobody has arranged it. */
  overlay?: Canvas | null;
}
export type Restream = Omit<View, 'panels' | 'layout'> & { panels: Panel[]; layout: Layout };
export type NewRestream = Body<Restreams['post']>;
export type RestreamPatch = Body<One['patch']>;

export type HistoryItem = Item<Answer<paths['/api/restreams/{slug}/history']['get'], 200>>;
export type Done = Answer<paths['/api/restreams/{slug}/restore']['post'], 200>;
export type Undone = Answer<paths['/api/restreams/{slug}/undo']['post'], 200>;

export type Preset = Answer<paths['/api/trackers/{type}/presets/{slug}']['get'], 200>;
export type NewPreset = Body<paths['/api/trackers/{type}/presets']['post']>;
export type PresetPatch = Body<paths['/api/trackers/{type}/presets/{slug}']['patch']>;
export type PresetVersion = Item<Answer<paths['/api/trackers/{type}/presets/{slug}/versions']['get'], 200>>;

export type CrewRole = Extract<Role, 'editor' | 'restreamer'>;
export type Grant = Omit<Item<Answer<paths['/api/restreams/{slug}/roles']['get'], 200>>, 'role'> & { role: CrewRole };
export type GrantForm = Item<Body<paths['/api/restreams/{slug}/roles']['put']>>;
export type Invite = Item<Answer<paths['/api/restreams/{slug}/invites']['get'], 200>>;
export type NewInvite = Body<paths['/api/restreams/{slug}/invites']['post']>;
export type Account = Body<paths['/api/invites/{token}']['post']>;

export type Feed = Item<Answer<paths['/api/restreams/{slug}/archipelago']['get'], 200>>;
export type NewFeed = Body<paths['/api/restreams/{slug}/archipelago']['put']>;

export type OpenPage = Item<Answer<paths['/api/links']['get'], 200>>;
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
  hash?: string | null;
  /** Name in the plugin folder. */
  path?: string | null;
  /** RFC 3339: until when calls are refused after repeated failures. */
  resting_until?: string | null;
  enabled: boolean;
  grants: { allow_scripts: boolean; wants_scripts: boolean };
  /** Paths of its assets that the operator's files stand for. */
  overrides: string[];
  /** Admins see it. */
  settings?: { values: Record<string, SettingValue>; fields: SettingField[]; faults?: string[] };
}
export type SettingValue = string | number | boolean;
export interface SettingField {
  key: string;
  type: 'bool' | 'int' | 'text' | 'choice';
  default: SettingValue;
  title?: string;
  choices?: string[];
}
export interface LogLine {
  at_ms: number;
  level: string;
  hook?: string;
  message: string;
}
