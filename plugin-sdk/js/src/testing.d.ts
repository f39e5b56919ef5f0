import type { ActionResult, Fault, Participant, ProjectAnswer, RaceStatus, Settings, Standings, ViewerClass } from './protocol.js';

export interface Options {
  /** Labels, in the order of their slots from 1; one, Alice, where it is absent. */
  participants?: string[];
  locale?: string;
  settings?: Settings;
  canEdit?: boolean;
  /** Look at this participant only. */
  slot?: number;
  /** Slot of who acts, where that is one of the participants. */
  actor?: number;
  seed?: unknown;
}

/** Starts a session of a plugin. Throws the plugin's `Fault` where it refuses to start. */
export function kit(plugin: object, options?: Options): Kit;

export interface Kit {
  /** The document, as JSON. */
  state: any;
  derived: any;
  participants: Participant[];
  settings: Settings;
  locale: string;
  canEdit: boolean;
  slot?: number;
  /** Slot of who acts, where that is one of the participants. */
  actor?: number;
  /** What time it is; each action takes a second. */
  nowMs: number;
  /** Of participants of a race, by slot; `playing` where there is none. */
  statuses: Record<number, string>;
  race: RaceStatus;
  /** For whom a race is projected. */
  viewer: ViewerClass;

  catalog(): any;
  /** One action; its result, refused or not. */
  act(action: unknown): ActionResult;
  /** A batch, applied in one call. */
  actAll(actions: unknown[]): ActionResult[];
  /** An action that must be accepted and change something. */
  change(action: unknown): ActionResult;
  /** An action that must be refused; the fault. */
  refusal(action: unknown): Fault;
  html(surface: string): string;
  /** What `render` answers, read and checked against what the host lets pass. */
  page(surface: string): Page;
  /** Clicks the one button of that accessible name. */
  click(surface: string, name: string): ActionResult;
  /** The same with the other button of the mouse. */
  clickAlt(surface: string, name: string): ActionResult;
  standings(): Standings;
  project(): ProjectAnswer<any>;
  /** Throws actions at `update` that nobody should send, made from `examples`. */
  assertTotal(examples: unknown[], rounds?: number): void;
}

export interface Element {
  tag: string;
  attributes: Record<string, string>;
  text: string;
  parent?: Element;
  /** What a screen reader says. */
  readonly name: string;
  hasClass(name: string): boolean;
  action(attribute: 'data-do' | 'data-do-alt'): any;
}

export class Page {
  constructor(html: string);
  readonly elements: Element[];
  readonly buttons: Element[];
  readonly text: string;
  button(name: string): Element;
  named(name: string): Element[];
}
