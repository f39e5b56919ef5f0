import { getContext, setContext, untrack } from 'svelte';
import { getRace } from '$lib/api/races';
import type { Race } from '$lib/api/race-types';
import { fastClock } from '$lib/state/clock.svelte';
import { link } from '$lib/state/link.svelte';
import { resource, type Resource } from '$lib/state/resource.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { Work } from '$lib/state/work.svelte';
import { paced } from './paced';
import { Skew } from './time';

const key = Symbol('race');
/** A room tells running clocks several times a second; a desk reads them once. */
const pace = 1000;
/** Where the live link is silent about a race. */
const pollEvery = 5000;

/** The race of the address, shared by the pages below `/races/<id>`. */
export class RaceDesk {
  held: Resource<Race>;
  /** What a button of these pages began: one thing at a time. */
  work = new Work();
  skew = $state(0);
  #skew = new Skew();
  #id: () => string;

  constructor(id: () => string) {
    this.#id = id;
    this.held = resource(() => this.#read());
    $effect(() => untrack(() => fastClock.watch()));
    $effect(() => this.#follow(this.topic));
    $effect(() => {
      const timer = setInterval(() => document.hidden || link.state === 'up' || void this.held.load(), pollEvery);
      return () => clearInterval(timer);
    });
  }

  get id(): string {
    return this.#id();
  }

  /** Of this address only: after a move to another race the one before is not shown as it. */
  get race(): Race | undefined {
    return this.held.value?.id === this.id ? this.held.value : undefined;
  }

  /** What this person may follow; it changes with the role they have in the race. */
  get topic(): string | undefined {
    return this.race && `race/${this.race.id}/${this.race.me.class}`;
  }

  /** By the server's clock, milliseconds since 1970. */
  get now(): number {
    return fastClock.now + this.skew;
  }

  /** How long until the start that is decided or planned; nothing where there is none ahead. */
  get untilStart(): number | undefined {
    const race = this.race;
    const at = race?.status === 'countdown' ? race.started_at : race?.status === 'open' ? race.scheduled_start : null;
    const ms = Date.parse(at ?? '') - this.now;
    return Number.isNaN(ms) || (ms < 0 && race?.status !== 'countdown') ? undefined : ms;
  }

  /** How long it has been running, or ran. */
  get elapsed(): number | undefined {
    const race = this.race;
    if (!race?.started_at || race.status === 'countdown') return undefined;
    const end = race.finished_at ? Date.parse(race.finished_at) : this.now;
    return end - Date.parse(race.started_at);
  }

  /** Runs `job`, then reads the race anew; `done` says what was reached. */
  act = (name: string, job: () => Promise<unknown>, done?: string): Promise<boolean> =>
    this.work.run(name, async () => {
      await job();
      await this.held.load();
      if (done !== undefined) toasts.done(done);
    });

  get busy(): boolean {
    return this.work.busy !== undefined;
  }

  async #read(): Promise<Race> {
    const asked = Date.now();
    const race = await getRace(this.id);
    this.#skew.hear(race.server_time_ms, asked, Date.now());
    this.skew = this.#skew.ms;
    return race;
  }

  #follow(topic: string | undefined) {
    if (topic === undefined) return undefined;
    const load = paced(() => void this.held.load(), pace);
    // The first picture is how things are: the race was read with it.
    let first = true;
    const leave = link.follow(topic, () => {
      if (!first) load.run();
      first = false;
    });
    return () => {
      leave();
      load.stop();
    };
  }
}

export const provideRace = (id: () => string): RaceDesk => setContext(key, new RaceDesk(id));
export const useRace = (): RaceDesk => getContext<RaceDesk>(key);
