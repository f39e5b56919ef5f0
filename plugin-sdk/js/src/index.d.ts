import type {
  ActionContext,
  CatalogRequest,
  Effect,
  MigrateAnswer,
  MigrateRequest,
  Participant,
  PresetAnswer,
  PresetRequest as PresetRequestOf,
  ProjectAnswer,
  Racer,
  RaceStatus,
  RenderRequest,
  Settings,
  Standing,
  Standings,
  ViewerClass,
} from './protocol.js';

export type * from './protocol.js';

export type PresetRequest = PresetRequestOf<any>;

/** Answers the first text to readers of English and the second to readers of French. */
export type Choose = <T>(en: T, fr: T) => T;

export type CatalogContext = CatalogRequest & { locale: 'en' | 'fr'; t: Choose };

/** What an action may depend on besides the state, and where it leaves words and effects. */
export type UpdateContext = ActionContext & {
  settings: Settings;
  derived?: any;
  /** Says what happened, for the history, in English: "Bow 1 → 2". The last call counts. */
  words(words: string): void;
  /** Asks the host for something once the action is committed. */
  effect(effect: Effect): void;
};

/** Who looks at what, in which language, and whether they may act. */
export type View = Omit<RenderRequest<never, any>, 'state' | 'locale'> & {
  locale: 'en' | 'fr';
  t: Choose;
  /** Name of the overlay, where this is one. */
  overlay?: string;
  /** The participants to draw: everybody, or the one that the address asks for. */
  shown: Participant[];
};

/** What is around a race's state. */
export type Race = {
  participants: Racer[];
  race: RaceStatus;
  now_ms: number;
  settings: Settings;
  derived?: any;
};

/** All hooks are pure: the same request gives the same answer. There is no clock and no chance but what they are given. */
export interface Plugin<State, Action = any> {
  /** What exists, with a `label`. */
  catalog(cx: CatalogContext): { label: string; [part: string]: unknown };
  /** What a session starts as. */
  preset?(request: PresetRequest): State;
  /** Replaces `preset` where there is more to it: derived data, a seed. */
  start?(request: PresetRequest): PresetAnswer<State, any, any>;
  /**
   * One action, a JSON object that may hold anything. Change the state, or answer another one; throw a `Fault` to refuse: then nothing
   * of what was changed stays.
   */
  update(state: State, action: Action, cx: UpdateContext): State | void;
  /** Documents of an older `state_version`. */
  migrate?(request: MigrateRequest<any, any>): MigrateAnswer<State, any>;
}

export interface Tracker<State, Action = any> extends Plugin<State, Action> {
  render(state: State, view: View): Html;
}

export interface RaceMode<State, Shown = State, Action = any> extends Plugin<State, Action> {
  standings(state: State, race: Race): Standings;
  /** All that this class of viewers may see. */
  project(state: State, standings: Standings, viewer: ViewerClass, race: Race): ProjectAnswer<Shown>;
  /** That part of the seed which a projection revealed. */
  reveal?(seed: any, reveal: any, around: { settings: Settings; derived?: any }): unknown;
  render(shown: Shown, view: View): Html;
}

export type Defined<P> = P & { kind: 'tracker' | 'indices' | 'race' };

/** A tracker: what participants have and have done. */
export function defineTracker<State, Action = any>(plugin: Tracker<State, Action>): Defined<Tracker<State, Action>>;
/** A sheet of hints. */
export function defineIndices<State, Action = any>(plugin: Tracker<State, Action>): Defined<Tracker<State, Action>>;
/** The rules of a race. */
export function defineRace<State, Shown = State, Action = any>(
  plugin: RaceMode<State, Shown, Action>,
): Defined<RaceMode<State, Shown, Action>>;

/** Markup that is meant: interpolated into another `html`, it is not escaped again. */
export class Html {
  private constructor(text: string);
  readonly text: string;
  toString(): string;
}

/**
 * What is put in is escaped, lists are joined, `null`, `undefined`, `false` and `true` are nothing, and an object (an action) becomes
 * JSON.
 */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html;

/** ` class="x" title="y"`; those that are null, undefined or false are left out. */
export function attributes(all: Record<string, unknown>): Html;

/** Something that can be clicked, where the person may act; the same picture with the same name where not. */
export function button(
  options: {
    /** What it is and its state: "Bow, 2 of 3". */
    name: string;
    /** Action of a left click, Enter, Space. */
    act?: unknown;
    /** Action of a right click, Backspace, a long press. */
    alt?: unknown;
    title?: string;
    /** Names the element among its siblings; focus follows it. */
    key?: string | number;
    class?: string;
  },
  body: unknown,
): Html;

/** A form, where the person may act, and nothing where not. Its fields reach `update` as `action.fields`, all of them text. */
export function form(options: { act: unknown; key?: string | number; class?: string }, body: unknown): Html;

/** An image of `assets/` that says nothing which the text around it does not say. */
export function icon(path: string): Html;
/** `level` of `max` filled. */
export function pips(level: number, max: number): Html;
/** A number or a word on a plate in the corner of an icon. */
export function plate(text: string | number): Html;
/** A bar that is `value` of `max` full: `width: calc(100% * var(--level))`. */
export function meter(name: string, value: number, max: number): Html;

/** A clean refusal: the action is wrong, not the plugin. */
export class Fault extends Error {
  constructor(code: string, message: string, path?: string);
  code: string;
  path?: string;
  at(path: string): this;
}

/** What an action holds may be anything: each of these answers the value, or refuses the action. */
export const want: {
  integer(value: unknown, path: string, min?: number, max?: number): number;
  text(value: unknown, path: string, max?: number): string;
  oneOf<const K extends string>(value: unknown, all: readonly K[], path: string): K;
  oneOf<T extends object>(value: unknown, all: T, path: string): Extract<keyof T, string>;
  slot(value: unknown, participants: Participant[], path?: string): number;
};

/** One line in the host's log (8 KiB a line, 100 lines a call). */
export function log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;

/** Sorts by `key`, least first, and gives places; who has an equal key shares one. */
export function ranked<S extends Omit<Standing, 'place'>>(standings: S[], key: (standing: S) => number | number[]): Standings;
