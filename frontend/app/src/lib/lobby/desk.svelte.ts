import { getContext, setContext, untrack } from 'svelte';
import { getLobby, joinSession, listSessions, tellSession } from '$lib/api/lobby';
import type { LobbyPicture, LobbyStatus, Session } from '$lib/api/lobby-types';
import { fastClock } from '$lib/state/clock.svelte';
import { link } from '$lib/state/link.svelte';
import { resource, type Resource } from '$lib/state/resource.svelte';
import { session as person } from '$lib/state/session.svelte';
import { Skew } from '$lib/race/time';
import { toasts } from '$lib/state/toasts.svelte';
import { Work } from '$lib/state/work.svelte';
import { t } from '$lib/i18n/i18n.svelte';
import { troubleOf } from './broker';
import { game } from './game.svelte';
import { refusalText } from './refusal';
import { ownOf, sorted, withAnswer, type Me } from './session';
import { stay, stayNoLonger, topic } from './stay';

const key = Symbol('lobby');
/** Where the live link is silent. */
const pollEvery = 5000;

/** A smaller difference of two clocks is none: the server tells its own to the second. */
const noSkew = 1500;

/** The lobby as this page shows it: the list over HTTP first, then as the live link tells it. */
export class LobbyDesk {
  status: Resource<LobbyStatus>;
  list: Resource<Session[]>;
  work = new Work();
  /** What is held, from whichever source spoke last. */
  #sessions = $state.raw<Session[] | undefined>();
  // Nothing is drawn from them.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  #gone = new Set<string>();
  #live = false;
  #skew = new Skew();
  #ahead = $state(0);

  constructor() {
    this.status = resource(() => this.#ask());
    this.list = resource(() => this.#read());
    $effect(() => untrack(() => fastClock.watch()));
    $effect(() => link.follow(topic, (state) => this.#hear(state as LobbyPicture)));
    $effect(() => {
      if (link.state !== 'up') this.#live = false;
    });
    $effect(() => every(pollEvery, () => document.hidden || link.state === 'up' || this.#load()));
    $effect(() => {
      stayNoLonger();
      return () => untrack(() => this.own && stay(this.me));
    });
    $effect(() => game.start(person.user?.id ?? ''));
  }

  get sessions(): Session[] | undefined {
    return this.#sessions;
  }

  get me(): Me {
    return { instance: this.status.value?.instance_id, game: game.id };
  }

  /** The one this person is in as themselves. */
  get own(): Session | undefined {
    return ownOf(this.#sessions ?? [], this.me);
  }

  /** By the server's clock, milliseconds since 1970. */
  get now(): number {
    return fastClock.now + this.#ahead;
  }

  get trouble() {
    return troubleOf(this.status.value, this.now);
  }

  /** What is sent now would not arrive, or be refused: another host decides. */
  get shut(): boolean {
    return link.state === 'down' || this.trouble === 'standby' || this.trouble === 'off';
  }

  join = (session: Session): Promise<boolean> => {
    const leaving = this.own !== undefined && this.own.session_id !== session.session_id;
    return this.act(session, () => joinSession(session.session_id, leaving));
  };
  tell = (session: Session, verb: 'leave' | 'start' | 'close'): Promise<boolean> =>
    this.act(session, () => tellSession(session.session_id, verb));

  /** Runs `job` for a session. A refusal is told with the state that came with it, and that state is shown. */
  act = async (session: Session, job: () => Promise<Session>): Promise<boolean> => {
    const done = await this.work.run(session.session_id, async () => this.take(await job()));
    const problem = this.work.problem;
    if (done || problem === undefined) return done;
    const state = problem.state as Session | undefined;
    if (state?.session_id !== undefined) this.take(state);
    toasts.broken(refusalText(problem, state ?? session, t));
    if (problem.status === 404) this.#load();
    return false;
  };

  /** Shows what an answer said, at once. */
  take = (said: Session): void => {
    if (this.#gone.has(said.session_id)) return;
    this.#sessions = sorted(withAnswer(this.#sessions ?? [], said));
  };

  #load() {
    void this.list.load();
    void this.status.load();
  }

  async #ask(): Promise<LobbyStatus> {
    const asked = Date.now();
    const { status, serverTime } = await getLobby();
    if (!Number.isNaN(serverTime)) {
      this.#skew.hear(serverTime + 500, asked, Date.now());
      this.#ahead = Math.abs(this.#skew.ms) < noSkew ? 0 : this.#skew.ms;
    }
    return status;
  }

  async #read(): Promise<Session[]> {
    const items = await listSessions();
    // What the link told meanwhile is newer than this answer.
    if (!this.#live) this.#show(items);
    return items;
  }

  #hear(picture: LobbyPicture) {
    this.#live = true;
    this.#show(picture.items);
    if (picture.broker.state !== this.status.value?.broker.state) void this.status.load();
  }

  #show(items: Session[]) {
    for (const { session_id: id } of this.#sessions ?? [])
      if (!items.some((each) => each.session_id === id)) this.#gone.add(id);
    this.#sessions = sorted(items.filter((each) => each.state !== 'closed'));
  }
}

function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}

export const provideLobby = (): LobbyDesk => setContext(key, new LobbyDesk());
export const useLobby = (): LobbyDesk => getContext<LobbyDesk>(key);
