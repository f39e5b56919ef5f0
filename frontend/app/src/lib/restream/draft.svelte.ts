import type { NewRestream, Restream, RestreamPatch } from '$lib/api/types';
import { slugify } from './slug';

export interface DraftParticipant {
  /** Of this form only, to tell rows apart while they move. */
  key: number;
  label: string;
  team: string;
  finalTime: string;
  showFinalTime: boolean;
}

/** What the form of a restream holds while a person writes in it. */
export class Draft {
  title = $state('');
  slug = $state('');
  /** Once a person has written an address, the title no longer changes it. */
  slugTouched = $state(false);
  description = $state('');
  tracker = $state('none');
  indices = $state('none');
  enabled = $state(true);
  /** In the order of their slots. */
  participants = $state<DraftParticipant[]>([]);
  #was = '';
  #lastKey = 0;

  static blank(): Draft {
    const draft = new Draft();
    draft.add();
    draft.add();
    return draft;
  }

  static of(restream: Restream): Draft {
    const draft = new Draft();
    draft.title = restream.title;
    draft.slug = draft.#was = restream.slug;
    draft.slugTouched = true;
    draft.description = restream.description;
    draft.tracker = restream.tracker_type;
    draft.indices = restream.indices_template;
    draft.enabled = restream.enabled;
    for (const each of restream.participants) {
      const row = draft.add();
      row.label = each.label;
      row.team = each.team ?? '';
      row.finalTime = each.final_time ?? '';
      row.showFinalTime = each.show_final_time ?? false;
    }
    return draft;
  }

  retitle(title: string): void {
    this.title = title;
    if (!this.slugTouched) this.slug = slugify(title);
  }

  add(): DraftParticipant {
    const row = { key: ++this.#lastKey, label: '', team: '', finalTime: '', showFinalTime: false };
    this.participants.push(row);
    return this.participants[this.participants.length - 1] as DraftParticipant;
  }

  remove(index: number): void {
    this.participants.splice(index, 1);
  }

  /** Moves a row up (-1) or down (+1); at an end it stays. */
  move(index: number, by: -1 | 1): void {
    const [row] = this.participants.slice(index, index + 1);
    const to = index + by;
    if (!row || to < 0 || to >= this.participants.length) return;
    this.participants.splice(index, 1);
    this.participants.splice(to, 0, row);
  }

  hasField = (name: string): boolean => {
    const [list, index, field] = name.split('.');
    if (list === 'participants' && index !== undefined) {
      return Number(index) < this.participants.length && ['label', 'team', 'final_time'].includes(field ?? '');
    }
    return ['title', 'slug', 'description', 'tracker_type', 'indices_template', 'participants'].includes(name);
  };

  toNew(): NewRestream {
    return {
      slug: this.slug,
      title: this.title.trim(),
      ...(this.description.trim() === '' ? {} : { description: this.description.trim() }),
      tracker_type: this.tracker,
      indices_template: this.indices,
      enabled: this.enabled,
      participants: this.#rows(),
    };
  }

  toPatch(): RestreamPatch {
    return {
      // Only when it changes: an address is in browser sources and bookmarks.
      ...(this.slug === this.#was ? {} : { slug: this.slug }),
      title: this.title.trim(),
      description: this.description.trim(),
      tracker_type: this.tracker,
      indices_template: this.indices,
      participants: this.#rows(),
    };
  }

  #rows(): NewRestream['participants'] {
    return this.participants.map(({ label, team, finalTime, showFinalTime }) => ({
      label: label.trim(),
      ...(team.trim() === '' ? {} : { team: team.trim() }),
      ...(finalTime.trim() === '' ? {} : { final_time: finalTime.trim() }),
      show_final_time: showFinalTime,
    }));
  }
}
