import { getContext, setContext } from 'svelte';
import { getRestream } from '$lib/api/restreams';
import type { Choice, Restream } from '$lib/api/types';
import { api, ok } from '$lib/api/client';
import { deskPanels, roleHere } from '$lib/restream/desk';
import { resource, type Resource } from '$lib/state/resource.svelte';
import { atLeast, session } from '$lib/state/session.svelte';

const key = Symbol('desk');

/** The restream of the address, shared by the pages below `/restreams/<slug>`. */
export class Desk {
  held: Resource<Restream>;
  trackers: Resource<Choice[]>;
  templates: Resource<Choice[]>;
  #slug: () => string;

  constructor(slug: () => string) {
    this.#slug = slug;
    this.held = resource(() => getRestream(slug()));
    this.trackers = resource(() => ok(api.GET('/api/trackers')));
    this.templates = resource(() => ok(api.GET('/api/indices/templates')));
  }

  get slug(): string {
    return this.#slug();
  }

  /** Of this address only: after a move to another restream the one before is not shown as it. */
  get restream(): Restream | undefined {
    return this.held.value?.slug === this.slug ? this.held.value : undefined;
  }

  get panels() {
    return this.restream ? deskPanels(this.restream) : [];
  }

  get role() {
    return roleHere(this.restream, session.user?.role);
  }

  get edits(): boolean {
    return atLeast(this.role, 'editor');
  }

  get runs(): boolean {
    return atLeast(this.role, 'restreamer');
  }

  tracker(type: string): string {
    return this.trackers.value?.find((each) => each.key === type)?.label ?? type;
  }

  template(key: string): string {
    return this.templates.value?.find((each) => each.key === key)?.label ?? key;
  }
}

export const provideDesk = (slug: () => string): Desk => setContext(key, new Desk(slug));
export const useDesk = (): Desk => getContext<Desk>(key);
