// written from plugin-sdk/src/protocol.rs by `REGIE_WRITE=1 cargo test -p regie-sdk`; do not edit

/** Values of the manifest's `[[setting]]`s. */
export type Settings = Record<string, any>;

/** A participant as plugins see one: its slot, counted from 1, and the label people gave it. */
export type Participant = {
  slot: number;
  label: string;
};

/** Who acted. `participant` is the actor's own slot, where the actor is one of the participants. */
export type ActorContext = {
  id: string;
  name: string;
  /** `viewer`, `editor`, `restreamer`, `admin` or `host`. */
  role: string;
  participant?: number;
};

/** Everything an action may depend on besides the state; stored with it, so that it can be run again. */
export type ActionContext = {
  /** Milliseconds since 1970; never falls within one document. */
  now_ms: number;
  /** 64 hex digits. */
  random: string;
  actor: ActorContext;
  participants: Array<Participant>;
};

/** What a plugin asks the host to do once the action is committed. */
export type Effect = {
  type: "finished";
  participant: number;
} | {
  type: "notify";
  participant: number;
  message: Record<string, any>;
} | {
  type: "announce";
  text: string;
};

/** A clean refusal; `code` is a stable word, `path` points into the request. */
export type Fault = {
  code: string;
  message: string;
  path?: string;
};

export type CatalogRequest = {
  /** `en` or `fr`; a plugin answers its first locale for one that it does not have. */
  locale: string;
  settings: Record<string, any>;
};

export type PresetRequest<Seed> = {
  participants: Array<Participant>;
  settings: Record<string, any>;
  seed?: Seed;
  /** 64 hex digits, drawn once and kept: the same request gives the same answer. */
  random: string;
};

export type PresetAnswer<S, D, Seed> = {
  state: S;
  derived?: D;
  seed?: Seed;
};

export type UpdateRequest<S, D, A> = {
  state: S;
  derived?: D;
  /** In order, 32 at most. */
  actions: Array<ActionEnvelope<A>>;
  settings: Record<string, any>;
};

export type ActionEnvelope<A> = {
  action: A;
  ctx: ActionContext;
};

export type UpdateAnswer<S> = {
  /** The state after all actions; refused ones have left no trace in it. */
  state: S;
  /** One per action, in order. */
  results: Array<ActionResult>;
};

/** What became of one action: accepted (`changed`), or refused (`fault`). */
export type ActionResult = {
  changed: boolean;
  effects?: Array<Effect>;
  /** What happened, for the history: "Bow → Iron Bow". */
  words?: string;
  fault?: Fault;
};

export type RenderRequest<S, D> = {
  /** The state, or what `project` left of it. */
  state: S;
  derived?: D;
  revealed?: any;
  /** `live`, `overlay:<name>`, `overlay:<name>:base`, `editor` or `panel`. */
  surface: string;
  /** Only this participant; all of them where it is absent. */
  slot?: number;
  locale: string;
  can_edit: boolean;
  participants: Array<Participant>;
  settings: Record<string, any>;
  /** Base URL of the plugin's assets, with a slash at its end. */
  assets: string;
};

export type MigrateRequest<S, D> = {
  /** The `state_version` the document was written with. */
  from: number;
  state: S;
  derived?: D;
  settings: Record<string, any>;
};

export type MigrateAnswer<S, D> = {
  state: S;
  derived?: D;
};

/** A participant of a race. */
export type Racer = {
  slot: number;
  label: string;
  /** `registered`, `ready`, `playing`, `finished`, `abandoned` or `disqualified`. */
  status: string;
};

/** Where the race stands. */
export type RaceStatus = {
  /** `draft`, `open`, `countdown`, `running`, `finished` or `cancelled`. */
  status: string;
  /** RFC 3339 in UTC; absent before the start. */
  started_at?: string;
  /** The same in milliseconds since 1970, to count with. */
  started_at_ms?: number;
};

export type StandingsRequest<S, D> = {
  state: S;
  derived?: D;
  participants: Array<Racer>;
  race: RaceStatus;
  /** Milliseconds since 1970. */
  now_ms: number;
  settings: Record<string, any>;
};

/** How everybody stands, best first. What a mode adds besides is kept. */
export type Standings = {
  participants: Array<Standing>;
} & Record<string, any>;

/** How one participant stands. What a mode adds besides is kept. */
export type Standing = {
  /** Its slot. */
  participant: number;
  /** Counted from 1; ties share a place. */
  place: number;
  status: string;
  /** The mode's own measure; more is further. */
  progress: number;
  /** Milliseconds of in-game time. */
  igt_ms?: number;
  /** Milliseconds behind the first. */
  gap_ms?: number;
} & Record<string, any>;

/** A class of viewers: all who may see the same. */
export type ViewerClass = {
  /** `public`, `nobody`, `participant`, `caster` or `organizer`. */
  role: string;
  /** Its slot, where it is one of the participants. */
  participant?: number;
  /** How far that participant's own time is, in milliseconds of in-game time. */
  igt_ms?: number;
};

export type ProjectRequest<S, D> = {
  state: S;
  derived?: D;
  participants: Array<Racer>;
  race: RaceStatus;
  /** Milliseconds since 1970. */
  now_ms: number;
  settings: Record<string, any>;
  standings: Standings;
  viewer: ViewerClass;
};

/** All that a class of viewers may see. Nothing else leaves the host. */
export type ProjectAnswer<V> = {
  /** What `render` gets in place of the state. */
  view: V;
  standings: Standings;
  /** Which part of the seed they may see, 4 KB at most. */
  reveal?: any;
};

/** Asks for the part of the seed that a projection revealed; the answer is the mode's own JSON. */
export type RevealRequest<Seed, D> = {
  seed: Seed;
  derived?: D;
  reveal: any;
  settings: Record<string, any>;
};
